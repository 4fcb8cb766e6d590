// A price that is taken from a rate card gets its name and its rate at once; without this, they are filled in by saving.
"use strict";
document.addEventListener("change", (event) => {
  const choice = event.target.closest("select[name^='prices-'][name$='-card']");
  const line = choice?.selectedOptions[0];
  if (!line?.dataset.rate) return;
  const field = (name) => document.getElementsByName(choice.name.replace(/card$/, name))[0];
  field("name").value = field("name").value || line.dataset.name;
  field("rate").value = line.dataset.rate;
  if (field("kind").value === "fixed") field("kind").value = "time";
  if (field("quantity").value === "") field("quantity").focus();
});
