// Tells in words, beside the button, why a passkey was not given. The library's own scripts do the rest.
"use strict";
document.addEventListener("allauth.error", (event) => {
  const problem = document.querySelector("[data-passkey-problem]");
  if (!problem) return;
  event.preventDefault();
  const cancelled = event.detail.exception?.name === "NotAllowedError";
  problem.textContent = document.querySelector(`[data-passkey-word="${cancelled ? "cancelled" : "unable"}"]`).textContent;
  problem.hidden = false;
});
