// Forms of acts: rows that can be added and removed, rows that a kept draft needs.
"use strict";
(() => {
  const MOST = 100;
  const rowsOf = (box) => [...box.querySelectorAll("tbody tr")];
  const numberOf = (row) => Number(row.querySelector("[name]")?.name.match(/-(\d+)-/)?.[1] ?? -1);

  // Persons of one letter are mostly of one unit: a new row takes over what its form says may be taken over.
  const carry = (from, to) => {
    const before = from ? [...from.querySelectorAll("[data-carry]")] : [];
    [...to.querySelectorAll("[data-carry]")].forEach((field, place) => { field.value = before[place]?.value || ""; });
  };

  const addRow = (box, wanted) => {
    const rows = rowsOf(box);
    if (rows.length >= MOST) return null;
    const number = wanted ?? Math.max(-1, ...rows.map(numberOf)) + 1;
    const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const { name, value } of [...element.attributes]) {
        if (value.includes("__row__")) element.setAttribute(name, value.replace("__row__", number));
      }
    }
    carry(rows.at(-1), row);
    box.querySelector("tbody").append(row);
    return row;
  };

  const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

  const removeRow = (box, row) => {
    const rows = rowsOf(box);
    if (rows.length === 1) {
      row.querySelectorAll("input, textarea, select").forEach((field) => { field.value = ""; });
      row.querySelector("input, textarea, select")?.focus();
    } else {
      const next = rows[rows.indexOf(row) + 1] || rows[rows.indexOf(row) - 1];
      row.remove();
      next.querySelector("input, textarea, select")?.focus();
    }
    changed(box.querySelector("input, textarea, select") || box);
  };

  // Lines copied from a spreadsheet fill the cells to the right and below; rows they need are made.
  const cellsOf = (row) => [...row.querySelectorAll("input:not([type=hidden]), textarea, select")];
  const linesOf = (text) => {
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    return lines.map((line) => line.split("\t").map((cell) => cell.trim()));
  };
  const choose = (select, text) => {
    const options = [...select.options];
    const found = options.find((one) => one.value === text || one.text.trim() === text) ||
      options.find((one) => text !== "" && (one.text.includes(text) || text.includes(one.text.trim())));
    select.value = found ? found.value : "";
  };
  const fill = (cell, text) => {
    if (cell.tagName === "SELECT") choose(cell, text);
    else cell.value = text;
  };

  document.addEventListener("paste", (event) => {
    const box = event.target.closest?.(".gt-rows");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!box || !/\t|\n[^\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const start = rowsOf(box).indexOf(event.target.closest("tr"));
    const column = cellsOf(event.target.closest("tr")).indexOf(event.target);
    linesOf(text).forEach((cells, down) => {
      const row = rowsOf(box)[start + down] || addRow(box);
      if (row) cells.forEach((cell, right) => { const at = cellsOf(row)[column + right]; if (at) fill(at, cell); });
    });
    changed(event.target);
  });

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".gt-rows");
    if (!box) return;
    if (event.target.closest("[data-row-add]")) addRow(box)?.querySelector("input, textarea, select")?.focus();
    const remover = event.target.closest("[data-row-remove]");
    if (remover) removeRow(box, remover.closest("tr"));
  });

  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".gt-rows");
    if (!box || event.key !== "Enter" || !event.altKey) return;
    event.preventDefault();
    addRow(box)?.querySelector("input, textarea, select")?.focus();
  });

  // A sum is said again with its thousands parted, so that a nought too many is seen.
  const saySum = (field) => {
    const text = field.value.replace(/[\s,，元]/g, "");
    const yuan = text.endsWith("万") ? Number(text.slice(0, -1)) * 10000 : Number(text);
    let place = field.nextElementSibling;
    if (!place?.matches(".gt-sum")) {
      place = document.createElement("div");
      place.className = "gt-help gt-sum";
      place.setAttribute("aria-live", "polite");
      field.after(place);
    }
    const said = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 6 });
    place.textContent = !text || Number.isNaN(yuan) ? ""
      : yuan < 10000 || document.documentElement.lang === "en" ? `¥ ${said.format(yuan)}`
        : `${said.format(yuan)} 元 ＝ ${said.format(yuan / 10000)} 万元`;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-says-sum]")) saySum(event.target);
  });
  document.querySelectorAll("main [data-says-sum]").forEach((field) => { if (field.value) saySum(field); });

  // The preview of a paper shows itself once when its page opens.
  window.addEventListener("pageshow", () => {
    const preview = document.querySelector("button[data-preview-now]");
    if (preview) preview.form.requestSubmit(preview);
  });

  // A draft that is put back says which fields it holds; rows it needs are made first.
  document.addEventListener("guantong:restore", (event) => {
    for (const name of event.detail) {
      const [, prefix, number] = name.match(/^(.+)-(\d+)-[a-z_]+$/) || [];
      if (!prefix || event.target.elements[name]) continue;
      const box = event.target.querySelector(`.gt-rows[data-rows-name="${CSS.escape(prefix)}"]`);
      if (box) addRow(box, Number(number));
    }
  });
})();
