// Sheets that came back signed: those nothing is chosen for yet are set to "agreed", to be looked through and recorded.
"use strict";
(() => {
  document.querySelector("[data-agree-rest]")?.addEventListener("click", () => {
    for (const one of document.querySelectorAll("select[name^=decision-]")) one.value ||= "approve";
  });
})();
