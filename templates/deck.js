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

  // Each step of a listing or drawing is a fragment without content, so that it advances together with the slide's others.
  const addSteps = (figure, count) => {
    for (let index = 0; index < count; index++) {
      const mark = document.createElement("span");
      mark.className = "fragment step";
      mark.ariaHidden = "true";
      figure.append(mark);
    }
  };

  // A part of the notes stays from its step to the next part's: reveal.js shows what the fragment reached holds.
  const placeNotes = (slide) => {
    const parts = [...slide.querySelectorAll("aside.notes [data-step]")];
    let part;
    slide.querySelectorAll(".fragment").forEach((fragment, index) => {
      part = parts.find((one) => Number(one.dataset.step) === index + 1) ?? part;
      if (!part) return;
      const notes = document.createElement("aside");
      notes.className = "notes";
      notes.append(...part.cloneNode(true).childNodes);
      fragment.prepend(notes);
    });
    parts.forEach((one) => one.remove());
  };

  const takeSteps = () => {
    for (const figure of document.querySelectorAll("figure[data-steps]")) {
      const done = figure.querySelectorAll(".step.visible").length;
      if (figure.matches(".frames")) showStep(figure, done);
      else lightLines(figure, done);
    }
  };

  const lightLines = (figure, done) => {
    const step = readSteps(figure.dataset.steps)[done - 1];
    const shown = (number) => !step || step.some(([first, last]) => first <= number && number <= last);
    figure.querySelectorAll(".line").forEach((line, index) => line.classList.toggle("dim", !shown(index + 1)));
    for (const callout of figure.querySelectorAll("[data-in]")) {
      const steps = callout.dataset.in.split(" ").map(Number);
      callout.classList.toggle("later", done < steps[0]);
      callout.classList.toggle("dim", done > steps[0] && !steps.includes(done));
    }
  };

  // A slider that was moved by hand stays where it is until the next step.
  const showStep = (figure, done) => {
    if (figure.dataset.done === String(done)) return;
    figure.dataset.done = done;
    const input = figure.querySelector("input");
    input.value = figure.dataset.steps.split(" ")[done];
    input.dispatchEvent(new Event("input"));
  };

  const settle = () => {
    const current = Reveal.getCurrentSlide();
    const overview = Reveal.isOverview();
    for (const slide of Reveal.getSlides()) slide.inert = !overview && slide !== current;
    document.title = Reveal.isFirstSlide() ? title : `${current.ariaLabel} – ${title}`;
    takeSteps();
  };

  const startSlider = (figure) => {
    const frames = [...figure.querySelectorAll(".frame")];
    const input = figure.querySelector("input");
    const output = figure.querySelector("output");
    const show = () => {
      const shown = frames[input.valueAsNumber];
      frames.forEach((frame) => { frame.hidden = frame !== shown; });
      for (const value of figure.querySelectorAll(".follows")) {
        [...value.children].forEach((one, index) => { one.hidden = index !== input.valueAsNumber; });
      }
      output.value = shown.dataset.value;
      input.ariaValueText = `${figure.dataset.name} = ${output.value}${shown.dataset.said ? `: ${shown.dataset.said}` : ""}`;
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
    root.querySelectorAll(".code[data-steps]").forEach((figure) => addSteps(figure, readSteps(figure.dataset.steps).length));
    root.querySelectorAll(".frames[data-steps]").forEach((figure) => addSteps(figure, figure.dataset.steps.split(" ").length - 1));
    root.querySelectorAll("figure.frames").forEach(startSlider);
    (root === document ? root.querySelectorAll("section") : [root]).forEach(placeNotes);
  };

  prepare(document);
  document.addEventListener("slidereplaced", (event) => prepare(event.target));
  document.addEventListener("slidesreplaced", settle);

  Reveal.on("slidechanged", settle);
  Reveal.on("overviewshown", settle);
  Reveal.on("overviewhidden", settle);
  Reveal.on("fragmentshown", takeSteps);
  Reveal.on("fragmenthidden", takeSteps);
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
