// A meeting typed from the keyboard: Alt and arrows between the parts, digits in a choice, Ctrl and Enter saves.
"use strict";
(() => {
  const root = document.querySelector("[data-places]");
  if (!root) return;
  const places = () => [...root.querySelectorAll(".gt-place")];
  const first = (place) =>
    place.querySelector(".gt-new-decision textarea, details:not([open]) summary, select") || place;

  const go = (from, step) => {
    const all = places();
    const next = all[(from ? all.indexOf(from) : -step) + step];
    if (!next) return;
    first(next).focus();
    next.scrollIntoView({ block: "nearest" });
  };

  root.addEventListener("keydown", (event) => {
    const place = event.target.closest(".gt-place");
    if (!place) return;
    if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      go(place, event.key === "ArrowDown" ? 1 : -1);
    } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit();
    } else if (/^[1-9]$/.test(event.key) && event.target.matches("select") && !event.altKey && !event.ctrlKey) {
      const at = [...event.target.options].findIndex((option) => option.text.startsWith(`${event.key} `));
      if (at < 0) return;
      event.preventDefault();
      event.target.selectedIndex = at;
    }
  });

  // A saved part is replaced by its new self: typing goes on where it was saved, in the next row of a table.
  document.addEventListener("submit", (event) => {
    const place = event.target.closest?.(".gt-place");
    if (!place) return;
    const id = place.id;
    const watch = new MutationObserver(() => {
      const fresh = document.getElementById(id);
      if (!fresh || fresh === place) return;
      watch.disconnect();
      if (fresh.querySelector("[role=alert]")) first(fresh).focus();
      else if (fresh.tagName === "TBODY") go(fresh, 1);
      else first(fresh).focus();
    });
    watch.observe(root, { childList: true, subtree: true });
  });
})();
