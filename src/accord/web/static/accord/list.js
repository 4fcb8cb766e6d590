// The list: choosing several rows, and asking for all of them in a dialog.
"use strict";
(() => {
  const form = document.querySelector("[data-together]");
  if (!form) return;
  const boxes = [...document.querySelectorAll('input[name=id][form="together"]')]; // form.id would be these boxes
  const all = document.querySelector("[data-choose-all]");
  const count = form.querySelector("[data-chosen]");

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    form.hidden = chosen === 0;
    count.hidden = false;
    count.textContent = chosen;
    if (all) { all.checked = chosen === boxes.length && chosen > 0; all.indeterminate = chosen > 0 && chosen < boxes.length; }
  };
  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });
  }
  for (const box of boxes) box.addEventListener("change", tell);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const ids = new URLSearchParams(boxes.filter((box) => box.checked).map((box) => ["id", box.value]));
    accord.open(`${event.submitter.getAttribute("formaction")}?${ids}`);
  });
  tell();
})();
