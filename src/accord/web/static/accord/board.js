// The board: dragging a card asks for the move; what a rule forbids is told at the column, and the card goes back.
"use strict";
(() => {
  const board = document.querySelector("[data-board]");

  const prepare = () => {
    for (const cards of board.querySelectorAll(".board-cards")) {
      Sortable.create(cards, {
        group: "board", draggable: ".board-card", filter: "a, button, form", preventOnFilter: false, animation: 120,
        delay: 150, delayOnTouchOnly: true, forceFallback: true, fallbackTolerance: 4,
        onStart: () => board.classList.add("dragging"),
        onEnd: (event) => {
          board.classList.remove("dragging");
          const stage = event.to.closest("[data-stage]").dataset.stage;
          if (event.to !== event.from) move(event.item, stage, () => event.from.insertBefore(event.item, event.from.children[event.oldDraggableIndex] ?? null));
        },
      });
    }
  };

  const move = async (card, stage, undo) => {
    const body = new URLSearchParams({ stage });
    const answer = await fetch(card.dataset.move, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": accord.csrf() } });
    if (answer.ok) { await renew(); accord.announce(`${card.dataset.name}: ${heading(stage)}`); return; }
    undo();
    const slot = board.querySelector(`[data-stage="${CSS.escape(stage)}"] .board-refusal`) ?? card.closest("[data-stage]").querySelector(".board-refusal");
    for (const other of board.querySelectorAll(".board-refusal")) other.replaceChildren();
    if (answer.status === 409) slot.innerHTML = await answer.text(); else slot.textContent = document.getElementById("board").dataset.failed;
    slot.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  const heading = (stage) => board.querySelector(`#stage-${CSS.escape(stage)} span`)?.textContent ?? "";

  const renew = async () => {
    const scrolled = board.firstElementChild.scrollLeft;
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) { location.reload(); return; }
    board.innerHTML = await answer.text();
    board.firstElementChild.scrollLeft = scrolled;
    prepare();
  };

  board.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-move-form]");
    if (!form) return;
    event.preventDefault();
    move(form.closest(".board-card"), event.submitter.value, () => {});
  });
  board.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismiss-refusal]")) event.target.closest(".board-refusal").replaceChildren();
  });
  prepare();
})();
