"use strict";
// Starts reveal.js and adds what it lacks: hidden slides out of reach, a title that follows, code in steps, sliders.
(() => {
  // The speaker window shares this page's origin; commands from any other are not for us. (A file has no origin to compare.)
  addEventListener("message", (event) => {
    if (event.origin !== self.origin && location.protocol !== "file:") event.stopImmediatePropagation();
  }, true);

  const title = document.title;
  // The speaker view counts slides from 0 in the addresses of its two previews.
  const isPreview = /\breceiver\b/.test(location.search);

  // "1-3 | 5, 8-9" → [[[1, 3]], [[5, 5], [8, 9]]]
  const readSteps = (text) => text.split("|").map((step) => step.split(",").map((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return [first, last];
  }));

  // Each step of a listing is a fragment without content, so that it advances together with the slide's others.
  const addSteps = (figure) => {
    for (const _ of readSteps(figure.dataset.steps)) {
      const mark = document.createElement("span");
      mark.className = "fragment step";
      mark.ariaHidden = "true";
      figure.append(mark);
    }
  };

  const dimLines = () => {
    for (const figure of document.querySelectorAll(".code[data-steps]")) {
      const step = readSteps(figure.dataset.steps)[figure.querySelectorAll(".step.visible").length - 1];
      const shown = (number) => !step || step.some(([first, last]) => first <= number && number <= last);
      figure.querySelectorAll(".line").forEach((line, index) => line.classList.toggle("dim", !shown(index + 1)));
    }
  };

  const settle = () => {
    const current = Reveal.getCurrentSlide();
    const overview = Reveal.isOverview();
    for (const slide of Reveal.getSlides()) slide.inert = !overview && slide !== current;
    document.title = Reveal.isFirstSlide() ? title : `${current.ariaLabel} – ${title}`;
    dimLines();
  };

  const startSlider = (figure) => {
    const frames = [...figure.querySelectorAll(".frame")];
    const input = figure.querySelector("input");
    const output = figure.querySelector("output");
    const show = () => {
      frames.forEach((frame, index) => { frame.hidden = index !== input.valueAsNumber; });
      output.value = frames[input.valueAsNumber].dataset.value;
      input.ariaValueText = `${figure.dataset.name} = ${output.value}`;
    };
    // Arrow keys move a slider that has the focus; the keys of a remote control go on turning slides.
    const turn = { PageDown: () => Reveal.next(), PageUp: () => Reveal.prev(), " ": () => Reveal.next(), Escape: () => input.blur() };
    input.addEventListener("input", show);
    input.addEventListener("pointerup", () => input.blur());
    input.addEventListener("keydown", (event) => {
      if (!(event.key in turn)) return;
      event.preventDefault();
      turn[event.key]();
    });
    figure.querySelector(".slider").dataset.preventSwipe = "";
    show();
  };

  const prepare = (root) => {
    root.querySelectorAll(".code[data-steps]").forEach(addSteps);
    root.querySelectorAll("figure.frames").forEach(startSlider);
  };

  prepare(document);
  document.addEventListener("slidereplaced", (event) => prepare(event.target));
  document.addEventListener("slidesreplaced", settle);

  Reveal.on("slidechanged", settle);
  Reveal.on("overviewshown", settle);
  Reveal.on("overviewhidden", settle);
  Reveal.on("fragmentshown", dimLines);
  Reveal.on("fragmenthidden", dimLines);
  Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 8, center: false, scrollActivationWidth: null, display: "flex",
    history: true, hashOneBasedIndex: !isPreview, controls: false, progress: false, transition: "none", backgroundTransition: "none",
    plugins: [RevealNotes],
  }).then(() => {
    // As an application it would take the reading keys of a screen reader away.
    document.querySelector(".reveal").removeAttribute("role");
    settle();
  });
})();
