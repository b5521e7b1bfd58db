// Going through a stack of approval sheets from the keyboard: A or Enter approves, R sends back, arrows turn over.
"use strict";
(() => {
  const approve = document.querySelector("[data-approve]");
  if (!approve) return;
  const back = document.querySelector("[data-back]");
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const pressing = (event) => event.key === "Enter" && event.target.closest("button, a, summary");

  // The page's own question stands on "no"; who goes through a stack has said yes once already.
  const lean = () => document.querySelector("#gt-confirm[open] [value=yes]")?.focus();
  approve.addEventListener("click", () => setTimeout(lean));
  const agree = () => {
    approve.click();
    lean();
  };

  const keys = {
    a: agree,
    Enter: agree,
    r: () => {
      back.open = true;
      back.querySelector("textarea, input:not([type=hidden])")?.focus();
    },
    ArrowRight: () => document.querySelector("[data-later]")?.click(),
    ArrowLeft: () => document.querySelector("[data-before]")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (document.querySelector("dialog[open]") || typing(event.target) || pressing(event)) return;
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
})();
