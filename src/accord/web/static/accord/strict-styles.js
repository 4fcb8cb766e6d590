// Pages allow no style attributes in markup. The Gantt library writes some into the markup that it makes: here they
// are set through the style object instead, which the policy allows. Load it before the library.
"use strict";
(() => {
  const markup = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  const set = function (html) {
    const text = String(html);
    if (!/\sstyle=/.test(text)) { markup.set.call(this, text); return; }
    markup.set.call(this, text.replace(/(\s)style=/g, "$1data-laid-out="));
    for (const element of this.querySelectorAll("[data-laid-out]")) {
      element.style.cssText = element.dataset.laidOut;
      element.removeAttribute("data-laid-out");
    }
  };
  Object.defineProperty(Element.prototype, "innerHTML", { ...markup, set });
})();
