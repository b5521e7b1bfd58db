// Text fields with suggestions: a field with a <datalist> gets a list of its own, which finds 城投 in 城市建设投资集团.
"use strict";
(() => {
  const MOST = 12;
  let field = null;
  let current = -1;
  let typed = "";

  const list = document.createElement("ul");
  list.className = "gt-suggestions";
  list.id = "gt-suggestions";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  document.querySelector("main").append(list);

  const namesOf = (input) =>
    [...(document.getElementById(input.dataset.list)?.options || [])].map((option) => option.value);

  // Names that hold the text as it stands come first, then those that hold its characters in this order.
  const inOrder = (text, name) => {
    let from = 0;
    for (const letter of text) {
      from = name.indexOf(letter, from) + 1;
      if (!from) return false;
    }
    return true;
  };
  const found = (text, names) => {
    if (!text) return names;
    const whole = names.filter((name) => name.includes(text));
    return [...whole, ...names.filter((name) => !whole.includes(name) && inOrder(text, name))];
  };

  const close = () => {
    list.hidden = true;
    current = -1;
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
  };

  const show = (step) => {
    const options = [...list.children];
    current = (current + step + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === current)));
    options[current].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[current].id);
  };

  const open = () => {
    const names = found(field.value.trim(), namesOf(field)).slice(0, MOST);
    if (!names.length || (names.length === 1 && names[0] === field.value)) return close();
    list.replaceChildren(...names.map((name, place) => {
      const option = document.createElement("li");
      option.id = `gt-suggestion-${place}`;
      option.textContent = name;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      return option;
    }));
    current = -1;
    const box = field.getBoundingClientRect();
    list.style.left = `${box.left + window.scrollX}px`;
    list.style.top = `${box.bottom + window.scrollY + 2}px`;
    list.style.minWidth = `${box.width}px`;
    list.hidden = false;
    list.setAttribute("aria-label", field.labels?.[0]?.textContent.trim() || "");
    field.setAttribute("aria-expanded", "true");
  };

  const choose = (option) => {
    field.value = option.textContent;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  };

  // The browser's own list would lie over this one, so the field gives up its attribute.
  const dress = (input) => {
    input.dataset.list = input.getAttribute("list");
    input.removeAttribute("list");
    const said = { role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(said)) input.setAttribute(name, value);
  };
  const dressAll = () => document.querySelectorAll("input[list]").forEach(dress);
  const isOurs = (target) => target.matches?.("input[data-list]");

  const enter = (target) => {
    if (target.matches?.("input[list]")) dress(target); // a row that was added
    if (!isOurs(target)) return;
    field = target;
    typed = field.value;
  };
  document.addEventListener("focusin", (event) => enter(event.target));
  document.addEventListener("focusout", (event) => {
    if (event.target === field) close();
  });
  document.addEventListener("input", (event) => {
    if (event.target !== field || field.value === typed) return;
    typed = field.value;
    if (document.activeElement === field) open();
  });
  document.addEventListener("click", (event) => {
    if (event.target === field && list.hidden) open();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target !== field || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      if (!list.hidden) show(event.key === "ArrowDown" ? 1 : current < 0 ? 0 : -1);
    } else if ((event.key === "Enter" || event.key === "Tab") && current >= 0) {
      if (event.key === "Enter") event.preventDefault();
      choose(list.children[current]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      close();
    }
  }, true);

  // What a chosen name settles by itself: the source that goes with a sender, and whether it is listed at all.
  const settle = (input) => {
    const source = document.getElementById(input.dataset.list || input.getAttribute("list"));
    const option = [...(source?.options || [])].find((one) => one.value === input.value.trim());
    const place = input.parentElement.querySelector("[data-listed]");
    if (place) {
      place.textContent = !input.value.trim() ? "" : option ? place.dataset.listedYes : place.dataset.listedNo;
    }
    const target = input.dataset.sets && input.form.elements[input.dataset.sets];
    if (target && option?.dataset.sets) target.value = option.dataset.sets;
  };
  document.addEventListener("change", (event) => {
    if (isOurs(event.target)) settle(event.target);
  });

  dressAll();
  enter(document.activeElement); // focused before this was read
  document.querySelectorAll("input[data-list]").forEach((input) => {
    if (input.value && input.parentElement.querySelector("[data-listed]")) settle(input);
  });
})();
