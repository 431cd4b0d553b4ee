"use strict";
// Figures of Plotly: each is drawn when it comes into view, and again when the colours of the page change.
(() => {
  const colours = (text) => {
    const style = getComputedStyle(document.body);
    return text.replaceAll(/var\(--([\w-]+)\)/g, (_, role) => style.getPropertyValue(`--${role}`).trim());
  };
  const data = new WeakMap();
  const draw = (box) => {
    const { data: traces, layout } = JSON.parse(colours(data.get(box)));
    layout.width = Math.min(layout.width, box.clientWidth || layout.width);
    const config = { displayModeBar: false, displaylogo: false, staticPlot: matchMedia("print").matches };
    if (!box.querySelector(".main-svg")) box.replaceChildren();
    Plotly.react(box, traces, layout, config);
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting && !target.querySelector(".main-svg")) draw(target);
  });
  const find = () => {
    for (const box of document.querySelectorAll(".plotly-figure")) {
      if (data.has(box)) continue;
      data.set(box, box.querySelector("script").textContent);
      seen.observe(box);
    }
  };
  find();
  new MutationObserver(find).observe(document.querySelector(".slides"), { childList: true, subtree: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const box of document.querySelectorAll(".plotly-figure:has(.main-svg)")) draw(box);
  });
})();
