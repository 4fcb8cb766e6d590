// What every page can do: the theme, dialogs, the palette, the keyboard. Everything else works without it.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog, .tabulator");
  const announce = (text) => { document.getElementById("announce").textContent = text; };

  // Light or dark: kept for a year.
  for (const button of all("[data-theme-switch]")) {
    button.addEventListener("click", () => {
      const theme = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
      document.documentElement.dataset.bsTheme = theme;
      document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
      document.dispatchEvent(new CustomEvent("accord:theme"));
    });
  }

  // Dialogs: an element with data-dialog="ADDRESS" loads a page's form into the one dialog.
  const dialog = document.getElementById("dialog");
  const open = async (address) => {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) { location.assign(address); return; }
    dialog.innerHTML = await answer.text();
    htmx.process(dialog);
    if (!dialog.open) dialog.showModal(); // a dialog may lead to another one
    (dialog.querySelector("[autofocus]") || dialog.querySelector("input:not([type=hidden]), select, textarea"))?.focus();
    document.dispatchEvent(new CustomEvent("accord:loaded", { detail: dialog }));
  };
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener && dialog && !event.ctrlKey && !event.metaKey) { event.preventDefault(); open(opener.dataset.dialog); }
    if (event.target.closest("[data-close]") || event.target === dialog) dialog?.close();
  });
  // The desk comes in parts: each line goes to its place in its group, what is due first at the top.
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const lines = event.detail.target; // the event itself comes from what asked
    if (!lines.matches("[data-desk-lines]")) return;
    const due = (line) => line.dataset.until || "9999";
    [...lines.children].sort((a, b) => due(a).localeCompare(due(b))).forEach((line) => lines.append(line));
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    document.dispatchEvent(new CustomEvent("accord:loaded", { detail: event.target }));
  });

  // Fields that belong to one choice only: data-shown-for="FIELD:VALUE VALUE".
  const show = (root) => {
    for (const part of all("[data-shown-for]", root)) {
      const [name, values] = part.dataset.shownFor.split(":");
      const form = part.closest("form");
      const chosen = form.querySelector(`[name="${name}"]:checked`) || form.querySelector(`select[name="${name}"]`);
      part.hidden = !values.split(" ").includes(chosen?.value ?? "");
    }
  };
  document.addEventListener("change", (event) => { const form = event.target.closest("form"); if (form) show(form); });
  document.addEventListener("accord:loaded", (event) => show(event.detail));
  show(document);

  // Where tabs are wider than the screen, the one that is shown is in sight.
  for (const tab of all(".tabs [aria-current]")) {
    const strip = tab.closest(".tabs");
    strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }

  // A filter that changes asks again at once.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change] select, [data-submit-on-change] input[type=checkbox]")) event.target.form.requestSubmit();
  });

  // Questions before what cannot be undone.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
  });

  // The palette.
  const palette = document.getElementById("palette");
  if (palette) {
    const field = palette.querySelector("input"), found = document.getElementById("palette-found");
    const options = () => all("[role=option]", found);
    const choose = (index) => {
      const rows = options();
      if (!rows.length) return;
      const at = (index + rows.length) % rows.length;
      rows.forEach((row, k) => row.setAttribute("aria-selected", k === at));
      field.setAttribute("aria-activedescendant", rows[at].id);
      rows[at].scrollIntoView({ block: "nearest" });
    };
    const chosen = () => options().findIndex((row) => row.getAttribute("aria-selected") === "true");
    let asked = 0;
    const ask = async () => {
      const mine = ++asked;
      const answer = await fetch(`${field.dataset.address}?q=${encodeURIComponent(field.value)}`, { headers: { "HX-Request": "true" } });
      if (answer.status === 401) { location.reload(); return; }
      if (mine === asked && answer.ok) { found.innerHTML = await answer.text(); choose(0); }
    };
    const show = () => { field.value = ""; palette.showModal(); field.focus(); ask(); };
    all("[data-palette]").forEach((button) => button.addEventListener("click", show));
    field.addEventListener("input", ask);
    palette.addEventListener("click", (event) => { if (event.target === palette || event.target.closest("[data-dialog]")) palette.close(); });
    palette.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.preventDefault(); palette.close(); } // a search field would only be emptied
      if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen() + 1); }
      if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen() - 1); }
      if (event.key === "Enter") {
        event.preventDefault();
        const row = options()[chosen()];
        if (!row) return;
        palette.close();
        if (row.dataset.dialog) open(row.dataset.dialog); else location.assign(row.href);
      }
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); show(); }
    });
  }

  // Single keys outside of fields: data-key="e" is pressed like a click.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button) { event.preventDefault(); button.click(); }
  });

  window.accord = { announce, open, csrf: () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
})();
