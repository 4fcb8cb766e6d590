// Recording what was said, from any page: choosing the engagement by typing, and the page's news after the answer was read.
"use strict";
(() => {
  const dialog = document.getElementById("dialog");

  // After something was recorded the page behind the dialog is old: it is loaded anew when the answer is closed.
  dialog.addEventListener("close", () => { if (dialog.querySelector("[data-reload-on-close]")) location.reload(); });
  document.addEventListener("accord:loaded", (event) => {
    if (event.detail === dialog) dialog.querySelector("[data-reload-on-close] [autofocus]")?.focus();
    prepare(event.detail);
  });

  function prepare(root) {
    for (const box of root.querySelectorAll("[data-combobox]:not([data-ready])")) combobox(box);
  }

  function combobox(box) {
    box.dataset.ready = "";
    const field = box.querySelector("input[type=text]"), chosen = box.querySelector("input[type=hidden]");
    const list = box.querySelector("[role=listbox]");
    const options = () => [...list.querySelectorAll("[role=option]")];
    const now = () => options().findIndex((one) => one.getAttribute("aria-selected") === "true");
    let asked = 0;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("autocomplete", "off");

    const open = (isOpen) => {
      list.hidden = !isOpen;
      field.setAttribute("aria-expanded", isOpen);
      if (!isOpen) field.removeAttribute("aria-activedescendant");
    };
    const point = (index) => {
      const all = options();
      if (!all.length) return;
      const at = (index + all.length) % all.length;
      all.forEach((one, k) => one.setAttribute("aria-selected", k === at));
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    };
    const ask = async () => {
      const mine = ++asked;
      const answer = await fetch(`${box.dataset.combobox}?q=${encodeURIComponent(field.value)}`, { headers: { "HX-Request": "true" } });
      if (mine !== asked || !answer.ok) return;
      list.innerHTML = await answer.text();
      open(true);
      point(0);
    };
    const take = (option) => {
      if (!option) return;
      chosen.value = option.dataset.value;
      field.value = option.dataset.name;
      open(false);
      htmx.ajax("GET", option.dataset.people, { target: "#said-contact", swap: "innerHTML" });
    };

    open(false);
    field.addEventListener("focus", () => field.select());
    field.addEventListener("input", () => { chosen.value = ""; ask(); });
    field.addEventListener("blur", () => { if (!list.hidden) take(field.value && options()[now()]); asked++; open(false); });
    list.addEventListener("mousedown", (event) => { event.preventDefault(); take(event.target.closest("[role=option]")); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask(); else point(now() + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        take(options()[now()]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        open(false);
      }
    });
  }

  prepare(document);
})();
