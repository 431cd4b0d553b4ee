"use strict";
// The speaker's window, which reveal.js writes: our words and fonts in it, and sliders that move in its views as they do here.
(() => {
  const isView = /\breceiver\b/.test(location.search);  // one of its two views of the slides
  const dress = document.getElementById("deck-speaker");
  let speaker;

  const sliders = () => [...document.querySelectorAll(".slider input")];
  const tell = (values) => {
    const others = isView ? [parent.opener] : Array.from({ length: speaker?.length ?? 0 }, (_, index) => speaker[index]);
    others.forEach((one) => one?.postMessage({ sliders: values }, "*"));
  };
  const tellAll = () => tell(sliders().map((input) => input.value));
  const take = (values) => {
    sliders().forEach((input, index) => {
      if (input.value === (values[index] ?? input.value)) return;
      input.value = values[index];
      input.dispatchEvent(new Event("input"));  // does not bubble, so that nobody is told again
    });
  };

  const furnish = (popup) => {
    const page = popup.document;
    const words = JSON.parse(dress.dataset.words);
    const texts = page.createTreeWalker(page, NodeFilter.SHOW_TEXT);
    page.documentElement.lang = document.documentElement.lang;
    page.head.append(document.getElementById("deck-fonts").cloneNode(true), dress.content.cloneNode(true));
    while (texts.nextNode()) texts.currentNode.data = words[texts.currentNode.data.trim()] ?? texts.currentNode.data;
    popup.Date.prototype.toLocaleTimeString = function () { return this.toTimeString().slice(0, 5); };  // its clock: 14:05
  };

  const meet = (popup) => {
    if (popup === speaker) return;
    speaker = popup;
    try { furnish(popup); } catch { /* a file that was loaded again may not touch its window, which is furnished already */ }
    tellAll();
  };

  document.addEventListener("input", tellAll);
  addEventListener("message", ({ data, source }) => {
    if (data?.sliders) {
      take(data.sliders);
      if (!isView) tellAll();
    } else if (!isView && String(data).includes('"reveal-notes"')) meet(source);
  });
  if (isView) Reveal.on("ready", () => tell([]));  // and is told where the sliders are
})();
