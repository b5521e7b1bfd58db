// Behaviour of every page: drafts, double submits, keys, menus, confirmation, bulk selection, copy, print.
"use strict";
(() => {
  const body = document.body;
  const words = body.dataset;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (type, handler, options) => document.addEventListener(type, handler, options);

  // Drafts: what is typed is kept in this tab until it was recorded. A submitted draft is dropped when the next
  // page of the signed-in frame comes without errors; the sign-in page and pages of trouble keep it.
  const DRAFT = "guantong.draft:";
  const user = words.user || "";
  const skipped = new Set(["password", "file", "submit", "button", "image", "reset"]);

  // Attributes, not properties: a field called "action" or "id" would hide the form's own.
  const posts = (form) => (form.getAttribute("method") || "").toLowerCase() === "post";
  const isDrafted = (form) =>
    posts(form) && form.dataset.draft !== "off" && form.closest("main") !== null &&
    form.querySelector("textarea, select, input:not([type=hidden], [type=checkbox], [type=submit])") !== null;
  const draftKey = (form) =>
    [`${DRAFT}${user}`, form.dataset.draft || form.getAttribute("id") || "",
      new URL(form.getAttribute("action") || "", location.href).pathname].join(":");
  // A hidden field is kept only if it is the idempotency key: so that sent twice still counts once.
  const isKept = (field) => Boolean(field.name) && !skipped.has(field.type) &&
    (field.type !== "hidden" || field.name === "key" || "draftKeep" in field.dataset) &&
    !("draftOff" in field.dataset);
  const isTick = (field) => field.type === "checkbox" || field.type === "radio";
  const kept = (form) => [...form.elements].filter(isKept);

  const readDraft = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      sessionStorage.removeItem(key);
      return null;
    }
  };
  const writeDraft = (key, draft) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(draft));
    } catch (error) {
      console.warn("draft not kept", error);
    }
  };
  const draftKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT));

  const saveDraft = (form, submitted) => {
    const fields = kept(form).map((field, index) => [
      index, field.name, isTick(field) ? field.checked : field.multiple
        ? [...field.selectedOptions].map((option) => option.value) : field.value, isTick(field) ? field.value : "",
    ]);
    writeDraft(draftKey(form), { at: Date.now(), submitted, fields });
  };

  const putBack = (field, value) => {
    if (isTick(field)) {
      field.checked = value;
    } else if (Array.isArray(value)) {
      for (const option of field.options) option.selected = value.includes(option.value);
    } else {
      field.value = value;
    }
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const sayRestored = (form, draft) => {
    const note = document.createElement("div");
    note.className = "gt-note gt-note-warning";
    note.setAttribute("role", "status");
    const text = document.createElement("div");
    const time = new Date(draft.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
    text.textContent = words.draftRestored.replace("{time}", time) +
      (form.querySelector("input[type=file]") ? ` ${words.draftFiles}` : "");
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "btn btn-sm btn-secondary";
    drop.textContent = words.draftDrop;
    drop.addEventListener("click", () => {
      sessionStorage.removeItem(draftKey(form));
      form.reset();
      note.remove();
    });
    note.append(text, drop);
    form.before(note);
  };

  const restoreDraft = (form) => {
    const key = draftKey(form);
    const draft = readDraft(key);
    if (!draft || draft.submitted || "bound" in form.dataset || form.querySelector("[aria-invalid=true]")) return;
    const names = draft.fields.map(([, name]) => name);
    form.dispatchEvent(new CustomEvent("guantong:restore", { bubbles: true, detail: names }));
    const fields = kept(form);
    let changed = false;
    for (const [index, name, value, tick] of draft.fields) {
      const field = fields[index]?.name === name ? fields[index]
        : fields.find((other) => other.name === name && (!isTick(other) || other.value === tick));
      if (!field || (isTick(field) && field.value !== tick)) continue;
      const before = isTick(field) ? field.checked : field.value;
      putBack(field, value);
      changed ||= field.type !== "hidden" && before !== (isTick(field) ? field.checked : field.value);
    }
    if (changed) sayRestored(form, draft);
  };

  const settleDrafts = () => {
    const framed = user !== "" && !("trouble" in words);
    for (const key of draftKeys()) {
      const draft = readDraft(key);
      if (!draft) continue;
      if (framed && !key.startsWith(`${DRAFT}${user}:`)) {
        sessionStorage.removeItem(key);
      } else if (draft.submitted && !framed) {
        writeDraft(key, { ...draft, submitted: false });
      } else if (draft.submitted) {
        const again = all("main form").find((form) => isDrafted(form) && draftKey(form) === key);
        if (!again || !("bound" in again.dataset || again.querySelector("[aria-invalid=true]"))) {
          sessionStorage.removeItem(key);
        }
      }
    }
    if (framed) all("main form").filter(isDrafted).forEach(restoreDraft);
  };

  let waiting;
  on("input", (event) => {
    const form = event.target.form;
    if (!form || !isDrafted(form)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => saveDraft(form, false), 250);
  });

  // Double submits: the second click does nothing; after a while, or when one comes back, it works again.
  const release = (form) => {
    delete form.dataset.sent;
    all("[data-held]", form).forEach((button) => {
      button.disabled = false;
      delete button.dataset.held;
    });
  };
  const hold = (form) => {
    form.dataset.sent = "1";
    const byHtmx = form.matches("[hx-post], [hx-put], [hx-delete]"); // it reads the button later, so leave it alone
    setTimeout(() => {
      if (byHtmx) return;
      for (const button of form.elements) {
        if (button.type === "submit" && !button.disabled) {
          button.disabled = true;
          button.dataset.held = "1";
        }
      }
    });
    setTimeout(() => release(form), "download" in form.dataset ? 3000 : 20000);
  };

  // Confirmation: a submit button with data-confirm asks first, in one dialog of the page.
  const confirmation = document.getElementById("gt-confirm");
  const ask = (button) => {
    confirmation.querySelector("[data-title]").textContent = button.dataset.confirm;
    const detail = confirmation.querySelector("[data-detail]");
    detail.textContent = button.dataset.consequence || "";
    const yes = confirmation.querySelector("[value=yes]");
    yes.textContent = button.dataset.confirmLabel || button.textContent.trim();
    confirmation.returnValue = "";
    confirmation.showModal();
    confirmation.addEventListener("close", () => {
      if (confirmation.returnValue !== "yes") return;
      button.dataset.confirmed = "1";
      const answer = button.form.querySelector("input[type=hidden][name=confirmed]");
      if (answer) answer.value = "1";
      button.form.requestSubmit(button);
      delete button.dataset.confirmed;
    }, { once: true });
  };

  on("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (!posts(form)) return;
    if (button?.dataset.confirm && !button.dataset.confirmed && confirmation) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(button);
      return;
    }
    if (button?.formTarget) return; // a preview into a frame records nothing
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    clearTimeout(waiting);
    if ("clearsDrafts" in form.dataset) draftKeys().forEach((key) => sessionStorage.removeItem(key));
    else if (isDrafted(form)) saveDraft(form, true);
    hold(form);
  }, true);

  on("htmx:finally:request", (event) => {
    const form = event.target.closest?.("form");
    if (!form) return;
    release(form);
    const status = event.detail?.ctx?.response?.status;
    if (isDrafted(form) && !(status >= 200 && status < 300)) saveDraft(form, false);
  });
  // A whole page in answer to a part of one (signed out, refused, a fault) is not put into the part: what it says
  // is said above the form, and what was typed stays.
  on("htmx:before:swap", (event) => {
    const { text, sourceElement: source } = event.detail.ctx;
    if (!/^\s*<!doctype/i.test(text || "")) return;
    event.preventDefault();
    const card = new DOMParser().parseFromString(text, "text/html").querySelector(".gt-plain-card");
    const signedOut = card?.querySelector("[name=password]");
    const said = signedOut || !card ? [words.signedOut] : all("h1, h1 ~ p:not(.gt-quiet, :has(a))", card).map((one) => one.textContent);
    const place = source.closest("form") || source;
    all("[data-htmx-trouble]").forEach((note) => note.remove());
    const note = document.createElement("div");
    note.className = "gt-note gt-note-error";
    note.dataset.htmxTrouble = "";
    note.setAttribute("role", "alert");
    note.textContent = said.join(" ");
    place.before(note);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("form[data-sent]").forEach(release);
    settleDrafts();
  });

  // Bulk selection: a bar appears with the number chosen; Shift chooses a run.
  let lastTick = null;
  const items = (form) => all("input[data-bulk-item]", form);
  const showBulk = (form) => {
    const ticks = items(form);
    const chosen = ticks.filter((tick) => tick.checked).length;
    const bar = form.querySelector(".gt-bulk");
    bar?.toggleAttribute("data-on", chosen > 0);
    all("[data-bulk-count]", form).forEach((place) => { place.textContent = chosen; });
    const head = form.querySelector("[data-bulk-all]");
    if (head) {
      head.checked = chosen > 0 && chosen === ticks.length;
      head.indeterminate = chosen > 0 && chosen < ticks.length;
    }
  };
  on("click", (event) => {
    const tick = event.target.closest("input[data-bulk-item]");
    if (!tick) return;
    const ticks = items(tick.form);
    if (event.shiftKey && lastTick && lastTick.form === tick.form) {
      const [from, to] = [ticks.indexOf(lastTick), ticks.indexOf(tick)].sort((a, b) => a - b);
      ticks.slice(from, to + 1).forEach((other) => { other.checked = tick.checked; });
    }
    lastTick = tick;
  });
  on("change", (event) => {
    const field = event.target;
    if (field.matches("[data-bulk-all]")) items(field.form).forEach((tick) => { tick.checked = field.checked; });
    if (field.matches("[data-bulk-all], [data-bulk-item]")) showBulk(field.form);
    if (field.matches("[data-submits]")) field.form.requestSubmit();
  });

  // Clicks: dialogs, copying, printing, clearing a selection, menus that close.
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    body.append(area);
    area.select();
    const done = document.execCommand("copy"); // the only way where the site is not served over https
    area.remove();
    if (!done) throw new Error("copying refused");
  };
  const say = (text) => {
    const place = document.getElementById("gt-live");
    if (place) place.textContent = text;
  };
  const copied = (button) => copy(button.dataset.copy).then(() => {
    say(words.copied);
    const before = button.title;
    button.title = words.copied;
    button.classList.add("gt-copied");
    setTimeout(() => { button.title = before; button.classList.remove("gt-copied"); }, 1500);
  }, () => say(words.copyFailed));

  on("click", (event) => {
    const target = event.target;
    all("details.gt-menu[open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
    const opener = target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    if (target.closest("[data-closes]")) target.closest("dialog")?.close();
    const filler = target.closest("[data-fill]");
    if (filler) {
      document.querySelector(filler.dataset.fill).value = filler.dataset.fillWith;
      document.querySelector(filler.dataset.fillToo).value = filler.dataset.fillTooWith;
      document.querySelector(filler.dataset.fillToo).form.querySelector("button").focus();
    }
    const copier = target.closest("[data-copy]");
    if (copier) copied(copier);
    if (target.closest("[data-print]")) window.print();
    const clear = target.closest("[data-bulk-clear]");
    if (clear) {
      items(clear.closest("form")).forEach((tick) => { tick.checked = false; });
      showBulk(clear.closest("form"));
    }
  });

  // Keys: / search, g and a letter to go, j and k along the rows, x to choose one, ? for help.
  let going = false;
  const typing = (element) => element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) &&
    element.type !== "checkbox";
  const move = (step) => {
    const rows = all("table[data-rows] tbody tr");
    if (!rows.length) return;
    const here = rows.findIndex((row) => "current" in row.dataset);
    const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
    rows[here]?.removeAttribute("data-current");
    next.dataset.current = "";
    (next.querySelector("a.gt-row-link") || next).focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => document.getElementById("gt-search")?.focus(),
    "?": () => document.getElementById("gt-help")?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    x: () => document.querySelector("tr[data-current] input[data-bulk-item]")?.click(),
    g: () => { going = true; setTimeout(() => { going = false; }, 1200); },
  };
  on("keydown", (event) => {
    if (event.key === "Escape") {
      all("details.gt-menu[open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const place = going && document.querySelector(`.gt-side a[data-key="${CSS.escape(event.key)}"]`);
    const action = keys[event.key];
    if (!place && !action) return;
    event.preventDefault();
    going = false;
    if (place) place.click();
    else action();
  });

  all("form:has([data-bulk-item])").forEach(showBulk);
})();
