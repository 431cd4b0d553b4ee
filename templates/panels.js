"use strict";
// Keys of our own and what they open: help, finding a slide, where a slide's figures and numbers come from, data as a table.
const deckKeys = (() => {
  const root = document.documentElement;
  const words = document.body.dataset;
  const [help, finder, sheet] = ["help", "finder", "sheet"].map((id) => document.getElementById(`deck-${id}`));
  const status = document.querySelector(".announcement");
  const slides = () => [...document.querySelectorAll(".slides > .slide")];
  const current = () => document.querySelector(".slide.present") ??
    slides().findLast((slide) => slide.getBoundingClientRect().top < innerHeight / 2);

  const show = (panel) => {
    panel.showModal();
    (panel.querySelector("[type=search]") ?? panel.querySelector("h2")).focus();
    panel.scrollTop = 0;
  };

  // A field would keep the focus until the next frame, and with it the keys that follow at once.
  const shut = (panel) => {
    document.activeElement.blur();
    panel.close();
  };

  // The space bar presses what the keyboard went to; after a click by hand it goes on turning slides.
  const release = (click) => { if (click.detail > 0) document.activeElement.blur(); };

  for (const panel of [help, finder, sheet]) {
    panel.addEventListener("click", (event) => { if (event.target === panel || event.target.closest(".close")) shut(panel); });
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();  // a browser closes it later, and empties a search field first
      event.stopPropagation();
      shut(panel);
    });
  }

  // ---- Letters as keys can be switched off, for this and later visits ----

  const switcher = help.querySelector("input");
  const memory = (...value) => {
    try {
      return value.length ? localStorage.setItem("deck-letters", ...value) : localStorage.getItem("deck-letters");
    } catch { return null; }  // a browser that keeps nothing
  };
  switcher.checked = memory() !== "off";
  switcher.addEventListener("change", () => memory(switcher.checked ? "on" : "off"));

  // ---- A slide's origin, a figure's data: their <details>, copied where there is room ----

  const open = (details) => {
    if (!details) return;
    const [summary, ...content] = details.children;
    sheet.querySelector("h2").textContent = summary.textContent;
    sheet.querySelector("div").replaceChildren(...content.map((element) => element.cloneNode(true)));
    sheet.dataset.of = details.className;
    show(sheet);
  };

  document.addEventListener("click", (event) => {
    const details = event.target.closest("summary")?.closest(".figure-data");
    if (!details || root.dataset.view === "text") return;
    event.preventDefault();
    release(event);
    open(details);
  });

  // ---- Finding a slide by its number or by words on it ----

  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s\u200b]/g, "");
  const field = finder.querySelector("input");
  const list = finder.querySelector("ol");
  const unseen = "svg, .origin, .notes, .copy, .figure-data summary";
  let texts = [];

  const read = (slide) => {
    const copy = slide.cloneNode(true);
    copy.querySelectorAll(unseen).forEach((element) => element.remove());
    return [slide, plain(slide.ariaLabel), plain(copy.textContent)];
  };

  const match = () => {
    const wish = plain(field.value);
    const numbered = texts.filter(([, label]) => label.split(":")[0].match(/a?\d+/)?.[0] === wish);
    const found = numbered.length ? numbered : texts.filter(([, label, text]) => label.includes(wish) || text.includes(wish));
    list.replaceChildren(...found.map(([slide]) => {
      const entry = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#/${encodeURIComponent(slide.id)}`;
      link.textContent = slide.ariaLabel;
      entry.append(link);
      return entry;
    }));
    finder.querySelector("p").hidden = found.length > 0;
  };

  const find = () => {
    texts = slides().map(read);
    field.value = "";
    match();
    show(finder);
  };

  field.addEventListener("input", match);
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) list.querySelector("a")?.click(); });
  list.addEventListener("click", (event) => { if (event.target.closest("a")) shut(finder); });
  finder.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [field, ...list.querySelectorAll("a")];
    if (!step) return;
    event.preventDefault();
    links[links.indexOf(document.activeElement) + step]?.focus();
  });

  // ---- Code to take away ----

  const write = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // not allowed, or no secure page: as from a text field
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  const offerCopy = (listing) => {
    if (listing.querySelector(".copy")) return;
    const button = document.createElement("button");
    button.className = "copy";
    button.textContent = words.copy;
    button.addEventListener("click", async (event) => {
      release(event);
      const lines = [...listing.querySelectorAll(".line")].map((line) => {
        const source = line.cloneNode(true);
        source.querySelectorAll(".unseen").forEach((mark) => mark.replaceWith(mark.dataset.char));
        return line.querySelector(".unseen") ? source.textContent : source.textContent.replace("\u200b", "");
      });
      await write(`${lines.join("\n")}\n`);
      status.textContent = button.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; }, 2000);
    });
    listing.prepend(button);
  };
  document.addEventListener("slideprepared", (event) => event.target.querySelectorAll(".listing").forEach(offerCopy));

  // ---- Keys ----

  const actions = {
    "?": () => show(help),
    F1: () => show(help),
    "/": find,
    g: find,
    i: () => open(current()?.querySelector(".origin")),
    d: () => open(current()?.querySelector(".figure-data")),
    r: () => document.dispatchEvent(new Event("viewasked")),
  };
  const closing = { "?": help, F1: help, i: sheet, d: sheet };
  const isWriting = (element) =>
    element.matches("textarea, select, [contenteditable], input:not([type=range], [type=checkbox])");
  const isOff = (key) => !switcher.checked && key.length === 1 && key !== " ";

  addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const finding = key === "f" && event.shiftKey && (event.ctrlKey || event.metaKey);
    const opened = document.querySelector("dialog[open]");
    const action = finding ? find : actions[key];
    if (!action || isWriting(event.target) || (!finding && (event.ctrlKey || event.metaKey || event.altKey || isOff(key)))) return;
    if (opened && closing[key] !== opened) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (opened) shut(opened);
    else action();
  }, true);

  const isPressed = (key) => key === " " && document.activeElement.matches("button, summary");
  // Keys that another window sends have no name.
  return { areForSlides: ({ key }) => !document.querySelector("dialog[open]") && !isPressed(key) && !(key && isOff(key)) };
})();
