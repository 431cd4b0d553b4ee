"use strict";
// The speaker's window, which reveal.js writes: our fonts in it, and sliders that move in its views as they do here.
const deckSpeaker = (() => {
  const isView = /\breceiver\b/.test(location.search);  // one of its two views of the slides
  let speaker;

  const sliders = () => [...document.querySelectorAll(".slider input")];
  const tell = (message) => {
    const others = isView ? [parent.opener] : Array.from({ length: speaker?.length ?? 0 }, (_, index) => speaker[index]);
    others.forEach((one) => one?.postMessage(message, "*"));
  };
  const tellSliders = () => tell({ sliders: sliders().map((input) => input.value) });
  const tellAll = () => {
    tellSliders();
    document.dispatchEvent(new Event("viewsmet"));
  };
  const take = (values) => {
    sliders().forEach((input, index) => {
      if (input.value === (values[index] ?? input.value)) return;
      input.value = values[index];
      input.dispatchEvent(new Event("input"));  // does not bubble, so that nobody is told again
    });
  };

  const furnish = (popup) => {
    const page = popup.document;
    page.documentElement.lang = document.documentElement.lang;
    const [fonts, dress] = ["deck-fonts", "deck-speaker"].map((id) => document.getElementById(id));
    page.head.append(fonts.cloneNode(true), dress.content.cloneNode(true));
    popup.Date.prototype.toLocaleTimeString = function () { return this.toTimeString().slice(0, 5); };  // its clock: 14:05
  };

  const meet = (popup) => {
    if (popup === speaker) return;
    speaker = popup;
    try { furnish(popup); } catch { /* a file that was loaded again may not touch its window, which is furnished already */ }
    tellAll();
  };

  document.addEventListener("input", tellSliders);
  addEventListener("message", ({ data, source }) => {
    if (data?.hello) tellAll();
    else if (data?.sliders) {
      take(data.sliders);
      if (!isView) tellSliders();
    } else if (!isView && String(data).includes('"reveal-notes"')) meet(source);
  });
  if (isView) Reveal.on("ready", () => tell({ hello: true }));  // and is told what it has missed

  return { isView, tell, isOpen: () => Boolean(speaker && !speaker.closed) };
})();
