// Before the first paint: the person's choice, which the server wrote on the page, or the browser's.
"use strict";
(() => {
  const root = document.documentElement;
  if (root.hasAttribute("data-theme-chosen")) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  dark.addEventListener("change", follow);
  follow();
})();
