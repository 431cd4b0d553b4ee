// What the slide shown consists of, in px of the slide: lines of text with their colours, and blocks with what holds them.
() => {
  const slide = Reveal.getCurrentSlide();
  const scale = Reveal.getScale();
  const origin = slide.getBoundingClientRect();
  const descent = { "JetBrains Mono": 0.3, "Noto Sans JP": 0.288 };
  const box = ({ left, top, right, bottom }) =>
    [left - origin.left, top - origin.top, right - origin.left, bottom - origin.top].map((length) => length / scale);
  const name = (element) => `${element.localName}.${element.getAttribute("class") ?? ""}`;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest("title, desc, style");

  // [red, green, blue, alpha] of a computed colour
  const channels = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return [red, green, blue, alpha];
  };
  const ground = (element) => {
    for (let it = element; it; it = it.parentElement) {
      const colour = channels(getComputedStyle(it).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255, 1];
  };
  const numbers = new Map([...slide.querySelectorAll("*")].map((element, index) => [element, index]));
  const opacity = (element) => (element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1);

  const linesOf = (node) => {
    const element = node.parentElement;
    const style = getComputedStyle(element);
    const drawn = element.closest("svg");
    const size = parseFloat(style.fontSize) * (drawn ? element.getScreenCTM().d / scale : 1);
    const [red, green, blue, alpha] = channels(drawn ? style.fill : style.color);
    const about = {
      of: name(element), size, drawn: Boolean(drawn), math: Boolean(element.closest("math")), ground: ground(drawn ?? element),
      colour: [red, green, blue, alpha * opacity(element)],
      block: numbers.get(element.closest("text, h1, p, li, td, th, figcaption, label, output, .line, span.math, .furniture span")) ?? -1,
    };
    const found = [];
    const range = document.createRange();
    for (let index = 0; index < node.data.length; index++) {
      range.setStart(node, index);
      range.setEnd(node, index + 1);
      const [left, , right, bottom] = box(range.getBoundingClientRect());
      if (right - left < 0.01 || /\s|\u200b/.test(node.data[index])) continue;
      const baseline = bottom - (descent[style.fontFamily.split(",")[0].replaceAll('"', "")] ?? descent["Noto Sans JP"]) * size;
      let line = found.at(-1);
      if (!line || Math.abs(line.baseline - baseline) > 4) found.push((line = { ...about, text: "", left, baseline, right }));
      line.text += node.data[index];
      line.last = left;
      line.right = right;
    }
    return found;
  };

  const lines = [];
  const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.trim() && shown(walker.currentNode.parentElement)) lines.push(...linesOf(walker.currentNode));

  const blocks = [...slide.querySelectorAll("header, .body, .body *:not(svg *, math *, .backdrop, .backdrop *), .footnotes, .footnotes *")].filter(shown)
    .filter((element) => element.getBoundingClientRect().width)
    .map((element) => ({
      of: name(element), box: box(element.getBoundingClientRect()),
      holder: box((element.parentElement.closest(".listing, .column, .body, .footnotes") ?? slide).getBoundingClientRect()),
      free: getComputedStyle(element).position === "absolute" || Boolean(element.closest(".callouts")),
    }));
  return { lines, blocks };
}
