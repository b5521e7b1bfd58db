// The calendar of deadlines from the keyboard: left and right turn the sheet, t goes to today.
"use strict";
(() => {
  const turns = { ArrowLeft: "before", ArrowRight: "after", t: "now" };
  const typing = (target) => target.matches("input, textarea, select") || target.isContentEditable;
  document.addEventListener("keydown", (event) => {
    const link = turns[event.key] && document.querySelector(`a[data-sheet="${turns[event.key]}"][href]`);
    if (!link || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    event.preventDefault();
    link.click();
  });
})();
