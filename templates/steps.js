"use strict";
// Steps of listings, drawings and notes, and the sliders that they move.
const deckSteps = (() => {
  // "1-3 | 5, 8-9" -> [[[1, 3]], [[5, 5], [8, 9]]]
  const readSteps = (text) => text.split("|").map((step) => step.split(",").map((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return [first, last];
  }));

  // Each step of a listing or drawing is a fragment without content, so that it advances together with the slide's others.
  // The page numbers all steps of a slide (data-fragment-index); fragments of one step appear together.
  const addSteps = (figure, count) => {
    for (let index = 0; index < count; index++) {
      const mark = document.createElement("span");
      mark.className = "fragment step";
      mark.dataset.fragmentIndex = Number(figure.dataset.first) + index;
      mark.ariaHidden = "true";
      figure.append(mark);
    }
  };

  // A part of the notes stays from its step to the next part's: reveal.js shows what the fragment reached holds.
  const placeNotes = (slide) => {
    const parts = [...slide.querySelectorAll("aside.notes [data-step]")];
    const first = new Map();
    for (const fragment of slide.querySelectorAll(".fragment")) {
      const step = Number(fragment.dataset.fragmentIndex) + 1;
      if (!first.has(step)) first.set(step, fragment);
    }
    let part;
    [...first].sort(([one], [other]) => one - other).forEach(([step, fragment]) => {
      part = parts.find((one) => Number(one.dataset.step) === step) ?? part;
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
      if (!Reveal.isReady() || !(event.key in turn)) return;
      event.preventDefault();
      turn[event.key]();
    });
    figure.querySelector(".slider").dataset.preventSwipe = "";
    show();
  };

  // As one page to read, a slide has all its steps taken.
  const prepare = (root, reading) => {
    root.querySelectorAll("figure.frames").forEach(startSlider);
    if (reading) return;
    root.querySelectorAll(".code[data-steps]").forEach((figure) => addSteps(figure, readSteps(figure.dataset.steps).length));
    root.querySelectorAll(".frames[data-steps]").forEach((figure) => addSteps(figure, figure.dataset.steps.split(" ").length - 1));
    (root === document ? root.querySelectorAll("section") : [root]).forEach(placeNotes);
  };

  return { prepare, take: takeSteps };
})();
