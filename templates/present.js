"use strict";
// The presenting copy alone: takes slides that changed from the server, keeps the place, runs snippets in front of the audience.
(() => {
  const isPreview = /\breceiver\b/.test(location.search);
  const isReading = document.documentElement.dataset.view === "text";
  const box = document.querySelector(".reveal .slides");
  const status = document.body.appendChild(document.createElement("p"));
  status.className = "presenting";
  status.setAttribute("role", "status");
  status.hidden = true;
  let shown = setting.slides;  // [[key, [run, …]], …] in the order of the slides

  const post = (path, body) => fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Deck-Token": setting.token },
    body: JSON.stringify(body),
  });

  const say = (text) => {
    status.textContent = text;
    status.hidden = !text || isPreview;
  };

  const made = (markup) => {
    const template = document.createElement("template");
    template.innerHTML = markup;
    return template.content.firstElementChild;
  };

  const keepSliders = (before, after) => {
    const [old, fresh] = [before, after].map((slide) => [...slide.querySelectorAll("figure.frames input")]);
    fresh.forEach((input, index) => {
      if (old[index]?.max !== input.max || old[index].value === input.value) return;
      input.value = old[index].value;
      input.dispatchEvent(new Event("input"));
    });
  };

  // Put the slides into the order told, with new ones where a key is new; the slide and the step that are shown stay.
  const patch = ({ slides, html }) => {
    const { h, f } = Reveal.getIndices();
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
      keepSliders(slide.twin, slide);
      delete slide.twin;
    }
    Reveal.sync();
    const place = fresh.findIndex((slide) => slide.id === current);
    Reveal.slide(place < 0 ? Math.min(h, fresh.length - 1) : place, 0, f);
    document.dispatchEvent(new Event("slidesreplaced"));
    offerRuns();
  };

  const take = (message) => {
    if (message.frame !== setting.frame) return location.reload();
    if (JSON.stringify(message.slides) !== JSON.stringify(shown)) {
      if (isReading) return location.reload();
      patch(message);
    }
    say(message.status);
  };

  const follow = async () => {
    const answer = await post("/events", { keys: shown.map(([key]) => key) });
    if (!answer.ok) return location.reload();  // another server: another token
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = "";;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (text + value).split("\n");
      text = lines.pop();
      lines.forEach((line) => take(JSON.parse(line)));
    }
  };

  const stay = async () => {
    for (;;) {
      await follow().catch(() => {});
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

  const run = async (name, button) => {
    button.disabled = true;
    say(`running ${name}`);
    const answer = await post("/run", { id: name }).catch(() => null);
    button.disabled = false;
    say(answer?.ok ? "" : `${name}: ${answer ? await answer.text() : "the presenting server has ended"}`);
    if (!answer?.ok) return;
    sheet.innerHTML = (await answer.json()).html;
    sheet.showModal();
  };

  const offerRuns = () => {
    if (!setting.live || isPreview) return;
    const [, runs] = shown[Reveal.getIndices().h] ?? ["", []];
    bar.replaceChildren(...runs.map((name) => {
      const button = document.createElement("button");
      button.textContent = `▶ ${name}`;
      button.addEventListener("click", () => run(name, button));
      return button;
    }));
  };

  const start = () => {
    if (isReading) return stay();
    Reveal.on("slidechanged", offerRuns);
    offerRuns();
    stay();
  };
  if (isReading || Reveal.isReady()) start();
  else Reveal.on("ready", start);
})();
