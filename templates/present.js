"use strict";
// The presenting copy alone: takes slides that changed from the server, keeps the place, runs snippets in front of the audience.
(() => {
  const isReading = document.documentElement.dataset.view === "text";
  const box = document.querySelector(".reveal .slides");
  const status = document.body.appendChild(document.createElement("p"));
  status.className = "presenting";
  status.setAttribute("role", "status");
  status.hidden = true;
  let shown = setting.slides;  // [[key, [run, …]], …] in the order of the slides

  const post = (path, body, signal) => fetch(path, {
    method: "POST",
    signal,
    headers: { "Content-Type": "application/json", "X-Deck-Token": setting.token },
    body: JSON.stringify(body),
  });

  const say = (text) => {
    status.textContent = text;
    status.hidden = !text || deckSpeaker.isView;
  };

  const made = (markup) => {
    const template = document.createElement("template");
    template.innerHTML = markup;
    return template.content.firstElementChild;
  };

  const keepSliders = (before, after, focused) => {
    const [old, fresh] = [before, after].map((slide) => [...slide.querySelectorAll("figure.frames input")]);
    fresh.forEach((input, index) => {
      if (old[index] === focused) input.focus();
      if (old[index]?.max !== input.max || old[index].value === input.value) return;
      input.value = old[index].value;
      input.dispatchEvent(new Event("input"));
    });
  };

  // Put the slides into the order told, with new ones where a key is new; the slide and the step that are shown stay.
  const patch = ({ slides, html }) => {
    const { h, f } = Reveal.getIndices();
    const focused = document.activeElement;
    const old = [...box.children].filter((element) => element.matches("section"));
    const current = old[h]?.id;
    const byKey = new Map(shown.map(([key], index) => [key, old[index]]));
    const fresh = slides.map(([key], index) => {
      if (byKey.has(key)) return byKey.get(key);
      const slide = made(html[key]);
      slide.twin = old.find((one) => one.id === slide.id) ?? old[index];
      return slide;
    });
    old.filter((slide) => !fresh.includes(slide)).forEach((slide) => slide.remove());
    fresh.forEach((slide, index) => { if (box.children[index] !== slide) box.insertBefore(slide, box.children[index] ?? null); });
    shown = slides;
    for (const slide of fresh.filter((one) => one.twin)) {
      slide.dispatchEvent(new Event("slidereplaced", { bubbles: true }));
      keepSliders(slide.twin, slide, focused);
      delete slide.twin;
    }
    Reveal.sync();
    const place = fresh.findIndex((slide) => slide.id === current);
    Reveal.slide(place < 0 ? Math.min(h, fresh.length - 1) : place, 0, f);
    document.dispatchEvent(new Event("slidesreplaced"));
    offerRuns();
  };

  // A page begins where its address says. A view that began elsewhere would take the talk there.
  const reload = () => {
    const { h, f } = isReading ? {} : Reveal.getIndices();
    if (deckSpeaker.isView) history.replaceState(null, "", `#/${h}/0${f === undefined ? "" : `/${f}`}`);
    if (isReading) history.replaceState(null, "", location.pathname + location.search);  // a browser finds the line again
    location.reload();
  };

  const take = (message) => {
    if (message.frame !== setting.frame) return reload();
    if (JSON.stringify(message.slides) !== JSON.stringify(shown)) {
      const known = new Set([...shown.map(([key]) => key), ...Object.keys(message.html)]);
      if (isReading || !message.slides.every(([key]) => known.has(key))) return reload();
      patch(message);
    }
    say(message.status);
  };

  // ---- A browser keeps six connections to a server, for all its windows: a stream for each that is seen, none for views ----

  const pass = (message) => {
    deckSpeaker.tell({ show: message });
    take(message);
  };
  document.addEventListener("viewsmet", () => deckSpeaker.tell({ show: { frame: setting.frame, slides: shown, html: {}, status: "" } }));

  const isUnseen = () => document.hidden && !deckSpeaker.isOpen();

  const follow = async () => {
    const stop = new AbortController();
    const look = () => { if (isUnseen()) stop.abort(); };
    look();
    document.addEventListener("visibilitychange", look, { signal: stop.signal });
    try {
      const answer = await post("/events", { keys: shown.map(([key]) => key) }, stop.signal);
      if (answer.status === 401) return reload();  // another server: another token
      if (!answer.ok) return;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = "";;) {
        const { done, value } = await reader.read();
        if (done) return;
        const lines = (text + value).split("\n");
        text = lines.pop();
        lines.forEach((line) => pass(JSON.parse(line)));
      }
    } finally { stop.abort(); }
  };

  const stay = async () => {
    for (;;) {
      await follow().catch(() => {});
      if (isUnseen()) {
        await new Promise((wake) => document.addEventListener("visibilitychange", wake, { once: true }));
        continue;
      }
      say("the presenting server has ended; what is shown stays");
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  };

  // ---- Live runs ----

  const sheet = document.body.appendChild(document.createElement("dialog"));
  sheet.className = "live-result deck";
  sheet.addEventListener("keydown", (event) => event.stopPropagation());
  sheet.addEventListener("click", () => sheet.close());
  const bar = document.body.appendChild(document.createElement("nav"));
  bar.className = "live-runs";
  bar.ariaLabel = "live";

  const run = async (name, button, byKey) => {
    button.disabled = true;  // and without the focus: the space bar goes on turning slides
    say(`running ${name}`);
    const answer = await post("/run", { id: name }).catch(() => null);
    button.disabled = false;
    if (byKey) button.focus();
    say(answer?.ok ? "" : `${name}: ${answer ? await answer.text() : "the presenting server has ended"}`);
    if (!answer?.ok) return;
    sheet.innerHTML = (await answer.json()).html;
    sheet.showModal();
  };

  const offerRuns = () => {
    if (!setting.live || deckSpeaker.isView) return;
    const [, runs] = shown[Reveal.getIndices().h] ?? ["", []];
    bar.replaceChildren(...runs.map((name) => {
      const button = document.createElement("button");
      button.textContent = `▶ ${name}`;
      button.addEventListener("click", (event) => run(name, button, event.detail === 0));
      return button;
    }));
  };

  const start = () => {
    if (deckSpeaker.isView) return addEventListener("message", ({ data }) => { if (data?.show) take(data.show); });
    if (!isReading) {
      Reveal.on("slidechanged", offerRuns);
      offerRuns();
    }
    return stay();
  };
  if (isReading || Reveal.isReady()) start();
  else Reveal.on("ready", start);
})();
