// Deciding item by item from the keyboard: up and down between items, digits for the decision, Enter saves.
"use strict";
(() => {
  const table = document.querySelector("[data-keys]");
  if (!table) return;
  const bodies = () => [...table.tBodies];
  const typing = (target) => target.matches("input, textarea") || target.isContentEditable;

  const go = (from, step) => {
    const all = bodies();
    const next = all[(from ? all.indexOf(from) : -step) + step];
    if (!next) return;
    (next.querySelector("details:not([open]) summary") || next.querySelector("select[name=decision]") || next).focus();
    next.scrollIntoView({ block: "nearest" });
  };

  table.addEventListener("keydown", (event) => {
    const body = event.target.closest("tbody");
    if (!body || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(body, event.key === "ArrowDown" ? 1 : -1);
    } else if (/^[1-6]$/.test(event.key) && !typing(event.target)) {
      const choice = body.querySelector("select[name=decision]");
      if (!choice) return;
      event.preventDefault();
      choice.selectedIndex = Number(event.key);
      choice.focus();
    } else if (event.key === "Enter" && event.target.matches("select[name=decision]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });

  // A saved item is replaced by its new rows: the keys go on with the next that is undecided.
  document.addEventListener("submit", (event) => {
    const body = event.target.closest?.("#sitting tbody");
    if (!body) return;
    const id = body.id;
    const watch = new MutationObserver(() => {
      const fresh = document.getElementById(id);
      if (!fresh || fresh === body) return;
      watch.disconnect();
      if (fresh.querySelector("[role=alert]")) fresh.querySelector("select[name=decision]").focus();
      else go(fresh, 1);
    });
    watch.observe(table, { childList: true });
  });
})();
