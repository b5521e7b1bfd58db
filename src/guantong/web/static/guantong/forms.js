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

  // Lines are numbered as on the paper; one without a number follows the line before it.
  const renumber = (box) => {
    let before = 0;
    for (const field of box.querySelectorAll("tbody [data-numbers]")) {
      if (!field.value) field.value = before + 1;
      before = Number(field.value);
    }
  };

  const firstOf = (row) => row?.querySelector("input:not([data-numbers]), textarea, select");

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
    row.dataset.fresh = "";
    box.querySelector("tbody").append(row);
    renumber(box);
    return row;
  };

  const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

  const removeRow = (box, row) => {
    const rows = rowsOf(box);
    if (rows.length === 1) {
      row.querySelectorAll("input, textarea, select").forEach((field) => { field.value = ""; });
      renumber(box);
      firstOf(row)?.focus();
    } else {
      const next = rows[rows.indexOf(row) + 1] || rows[rows.indexOf(row) - 1];
      row.remove();
      firstOf(next)?.focus();
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

  // A list is copied with its heading, and with its numbers, which stand before the first column that is typed.
  const withoutHeading = (box, lines) => {
    const labels = [...box.querySelectorAll("th")].map((one) => one.firstChild.textContent.trim());
    return lines[0].filter((cell) => labels.includes(cell)).length > 1 ? lines.slice(1) : lines;
  };
  const withNumbers = (lines) => lines.every((cells) => cells.length > 2 && /^\d{1,4}$/.test(cells[0]));

  document.addEventListener("paste", (event) => {
    const box = event.target.closest?.(".gt-rows");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!box || !/\t|\n[^\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const start = rowsOf(box).indexOf(event.target.closest("tr"));
    const lines = withoutHeading(box, linesOf(text));
    const at = cellsOf(event.target.closest("tr")).indexOf(event.target);
    const numbered = cellsOf(event.target.closest("tr"))[at - 1]?.matches("[data-numbers]") && withNumbers(lines);
    const column = numbered ? at - 1 : at;
    lines.forEach((cells, down) => {
      const row = rowsOf(box)[start + down] || addRow(box);
      if (row) delete row.dataset.fresh;
      if (row) cells.forEach((cell, right) => { const at = cellsOf(row)[column + right]; if (at) fill(at, cell); });
    });
    changed(event.target);
  });

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".gt-rows");
    if (!box) return;
    if (event.target.closest("[data-row-add]")) firstOf(addRow(box))?.focus();
    const remover = event.target.closest("[data-row-remove]");
    if (remover) removeRow(box, remover.closest("tr"));
  });

  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".gt-rows");
    if (!box || event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    const row = event.target.closest("tr");
    if (!event.altKey && (!row || event.target.matches("textarea, button"))) return;
    event.preventDefault(); // a line that is finished must not send the whole form
    const next = event.altKey ? null : row.nextElementSibling;
    firstOf(next || addRow(box))?.focus();
  });

  // A row that was made and never touched says nothing, whatever it took over from the row above.
  document.addEventListener("input", (event) => {
    const row = event.target.closest?.(".gt-rows tr[data-fresh]");
    if (row) delete row.dataset.fresh;
  });
  document.addEventListener("submit", (event) => {
    event.target.querySelectorAll(".gt-rows tr[data-fresh]").forEach((row) => row.remove());
  }, true);

  // Who is named twice with one unit is perhaps one person reported twice: said as soon as it is typed.
  const saySame = (place) => {
    const lines = new Map();
    place.closest("form").querySelectorAll(".gt-rows tbody tr").forEach((row) => {
      const [no, names, unit] = cellsOf(row).map((cell) => cell.value.trim());
      for (const name of names.split(/[、,，;；\s]+/).filter(Boolean)) {
        lines.set(`${name} ${unit}`, [...(lines.get(`${name} ${unit}`) || []), no]);
      }
    });
    const comma = document.documentElement.lang === "en" ? ", " : "、";
    const twice = [...lines].filter(([, numbers]) => numbers.length > 1);
    const said = twice.map(([who, numbers]) => `${place.dataset.same.replace("{numbers}", numbers.join(comma))} (${who})`);
    if (place.textContent !== said.join(" ")) place.textContent = said.join(" ");
    place.hidden = !said.length;
  };
  const place = document.querySelector("[data-same]");
  if (place) {
    for (const kind of ["input", "click"]) document.addEventListener(kind, () => saySame(place));
    window.addEventListener("pageshow", () => saySame(place));
  }

  // What is typed as a list, one a line, is suggested in the rows too.
  document.addEventListener("change", (event) => {
    const list = document.getElementById(event.target.dataset?.feeds || "");
    if (!list) return;
    const known = new Set([...list.options].map((one) => one.value));
    const named = event.target.value.split("\n").map((one) => one.trim()).filter((one) => one && !known.has(one));
    list.prepend(...named.map((name) => new Option("", name)));
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
      const row = box && addRow(box, Number(number));
      if (row) delete row.dataset.fresh;
    }
  });

  document.querySelectorAll(".gt-rows").forEach(renumber);
})();
