"use strict";
// Shows the deck as slides with reveal.js, or as one page to read: on a narrow screen, or with ?view=scroll.
(() => {
  // The speaker window shares this page's origin; commands from any other are not for us. (A file has no origin to compare.)
  addEventListener("message", (event) => {
    if (event.origin !== self.origin && location.protocol !== "file:") event.stopImmediatePropagation();
  }, true);

  const root = document.documentElement;
  const slides = () => [...document.querySelectorAll(".slides > .slide")];
  const status = document.querySelector(".announcement");
  const title = document.title;
  const narrow = matchMedia("(max-width: 640px)");
  const asked = new URLSearchParams(location.search).get("view");
  const reading = !deckSpeaker.isView && (asked ? asked === "scroll" : narrow.matches);

  const prepare = (part) => {
    deckSteps.prepare(part, reading);
    part.dispatchEvent(new Event("slideprepared", { bubbles: true }));
  };

  // ---- The other view, at the same place ----

  const other = () => {
    const slide = reading ? slides().findLast((one) => one.getBoundingClientRect().top < innerHeight / 2) : Reveal.getCurrentSlide();
    const place = new URL(location);
    if (reading === narrow.matches) place.searchParams.set("view", reading ? "slides" : "scroll");
    else place.searchParams.delete("view");
    place.hash = slide ? `/${slide.id}` : "";
    location.assign(place);
  };
  document.addEventListener("viewasked", other);
  addEventListener("resize", () => {
    if (!asked && !deckSpeaker.isView && narrow.matches !== reading && !matchMedia("print").matches) location.reload();
  });

  const find = () => {
    let place = location.hash.split("/")[1];
    try { place = decodeURIComponent(place); } catch { /* as it is written, then */ }
    (document.getElementById(place) ?? slides()[place - 1])?.scrollIntoView();
  };

  if (reading) {
    root.dataset.view = "text";
    for (const sheet of document.querySelectorAll("style[data-view]")) sheet.media = sheet.dataset.view === "text" ? "screen" : "not all";
    prepare(document);
    addEventListener("hashchange", find);
    document.fonts.ready.then(() => {
      find();
      for (const box of document.querySelectorAll(".slide :is(pre, .equation, .body table)")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    });
    return;
  }

  // ---- Slides ----

  const settle = () => {
    const current = Reveal.getCurrentSlide();
    const overview = Reveal.isOverview();
    for (const slide of Reveal.getSlides()) {
      slide.inert = !overview && slide !== current;
      if (overview) slide.removeAttribute("aria-hidden");  // all are seen
    }
    document.title = Reveal.isFirstSlide() ? title : `${current.ariaLabel} \u2013 ${title}`;
    deckSteps.take();
  };

  const say = (text) => { status.textContent = text; };
  const saySteps = (event) => {
    deckSteps.take();
    const texts = event.fragments.filter((one) => !one.ariaHidden).map((one) => one.cloneNode(true));
    texts.forEach((one) => one.querySelectorAll(".notes").forEach((notes) => notes.remove()));
    const text = texts.map((one) => one.textContent.trim()).join(" ");
    if (text) say(text);
  };

  prepare(document);
  document.addEventListener("slidereplaced", (event) => prepare(event.target));
  document.addEventListener("slidesreplaced", settle);

  Reveal.on("slidechanged", () => { settle(); say(Reveal.getCurrentSlide().ariaLabel); });
  Reveal.on("overviewshown", settle);
  Reveal.on("overviewhidden", settle);
  Reveal.on("fragmentshown", saySteps);
  Reveal.on("fragmenthidden", deckSteps.take);
  Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 8, center: false, scrollActivationWidth: null, display: "flex",
    // The speaker's window counts slides from 0 in the addresses of its views.
    history: true, hashOneBasedIndex: !deckSpeaker.isView, controls: false, progress: false, transition: "none", backgroundTransition: "none",
    help: false, jumpToSlide: false, keyboardCondition: (event) => deckKeys.areForSlides(event),
    // Slides without a time of their own have none, rather than an equal share.
    defaultTiming: document.querySelector(".slide[data-timing]") ? 0 : null,
    plugins: [RevealNotes],
  }).then(() => {
    // As an application it would take the reading keys of a screen reader away.
    document.querySelector(".reveal").removeAttribute("role");
    settle();
  });
})();
