"""How alike the PDF and the slides in a browser are, slide by slide, in both editions of the talk.

text: letters of the page beside those on the screen (mathematics, which the PDF draws, left aside; a slider beside what
it is set to). lines: broken at the same places. box: the farthest that a side of a block stands from Chromium's, in px.
SSIM: mean structural similarity of the two pictures in grey at 1280 × 720 px, windows of 8 × 8 px (Wang et al., Image
quality assessment, IEEE TIP 13, 2004). Each slide is looked at after its last step.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from verideck.publish.editions import editions

from verideck.core.theme import load_theme

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.screen import Screen  # noqa: E402
from tests.talk.test_look import MEASURE, calm, offset, placed, squeezed  # noqa: E402
from verideck.core.project import Sources  # noqa: E402
from verideck.publish.deck_build import DeckBuild  # noqa: E402
from verideck.read.parser import parse  # noqa: E402
from verideck.render.pdf.document import _document, write_pdf  # noqa: E402
from verideck.run import record  # noqa: E402
from verideck.typeset.fonts import Fonts  # noqa: E402

TAGS = (
    "header",
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "pre",
    "figcaption",
    "blockquote",
)
HOLDERS = ("column", "listing", "equation", "picture", "line")
SWITCHES = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-sync"
BLOCKS = """() => {
  const slide = Reveal.getCurrentSlide(), scale = Reveal.getScale(), origin = slide.getBoundingClientRect();
  return [...slide.querySelectorAll("*")]
    .filter((one) => one.checkVisibility() && !one.closest("svg, math, aside, details, .slider, .backdrop, [hidden]"))
    .map((one) => [one.localName, one.getAttribute("class") ?? "", one.getBoundingClientRect()])
    .map(([tag, kind, { left: x, top: y, right, bottom }]) =>
      [tag, kind, [x - origin.left, y - origin.top, right - origin.left, bottom - origin.top].map((x) => x / scale)]);
}"""
Box = tuple[str, tuple[float, ...]]
Picture = npt.NDArray[np.float64]


def kept(tag: str, classes: str) -> str:
    """Return what an element is called where it is a block that both pages have; "" else."""
    names = classes.split()
    if "setting" in names or "slider" in names or "callouts" in names:
        return ""
    holder = next((name for name in HOLDERS if name in names), "")
    return holder or (tag if tag in TAGS else "")


def boxes_in_print(section: Any) -> Iterator[Box]:
    """Yield name and sides of a slide's blocks as WeasyPrint laid them out."""
    first: dict[Any, Any] = {}
    under: set[Any] = set()
    for box in section.descendants(placeholders=True):
        if box.element is not None and hasattr(box, "border_width"):
            first.setdefault(box.element, box)
    for element in section.element.iter():
        if "backdrop" in element.get("class", ""):
            under |= set(element.iter())
        elif element in first and element not in under and (name := kept(element.tag, element.get("class", ""))):
            box = first[element]
            left, top = box.position_x + box.margin_left, box.position_y + box.margin_top
            yield name, (left, top, left + box.border_width(), top + box.border_height())


def boxes_on_screen(screen: Screen) -> Iterator[Box]:
    """Yield name and sides of the blocks of the slide shown."""
    for tag, classes, sides in screen.page.evaluate(BLOCKS):
        if name := kept(tag, classes):
            yield name, tuple(sides)


def farthest(one: Sequence[Box], two: Sequence[Box]) -> tuple[float, str]:
    """Return the largest distance of a side and the block's name; infinite where the blocks are not the same."""
    names = [[name for name, _ in boxes] for boxes in (one, two)]
    if names[0] != names[1]:
        missing = Counter(names[0]) - Counter(names[1]) or Counter(names[1]) - Counter(names[0])
        return float("inf"), ", ".join(missing) or "order"
    distances = [
        (max(abs(a - b) for a, b in zip(here, there, strict=True)), name)
        for (name, here), (_, there) in zip(one, two, strict=True)
    ]
    return max(distances, default=(0.0, ""))


def ssim(one: Picture, two: Picture, window: int = 8) -> float:
    """Return the mean structural similarity of two grey pictures (0 to 255) of the same shape."""

    def mean(values: Picture) -> Picture:
        sums = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        w = window
        total: Picture = sums[w:, w:] - sums[:-w, w:] - sums[w:, :-w] + sums[:-w, :-w]
        return total / window**2

    a, b = mean(one), mean(two)
    variances = mean(one * one) - a * a, mean(two * two) - b * b
    covariance = mean(one * two) - a * b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * a * b + c1) * (2 * covariance + c2)
    return float((top / ((a * a + b * b + c1) * (sum(variances) + c2))).mean())


def grey(image: Image.Image) -> Picture:
    """Return a picture as an array of 720 × 1280."""
    return np.asarray(image.convert("L").resize((1280, 720)), dtype=float)


def letters_apart(lines: Sequence[Mapping[str, Any]], text: str, extra: str) -> str:
    """Return the letters that only one of both shows, "" for none."""
    shown, printed = Counter("".join(line["text"] for line in lines)), Counter(text)
    printed.subtract(Counter(squeezed(extra)))
    apart = [f"-{letter}" for letter in (shown - printed)] + [f"+{letter}" for letter in (printed - shown)]
    return " ".join(apart)


def added_in_print(section: Any) -> Iterator[str]:
    """Yield what print shows in letters and a browser otherwise: what a slider is set to, the numbers of footnotes."""
    for element in section.iter():
        if element.get("class") == "setting":
            yield "".join(element.itertext())
        if element.get("class") == "footnotes":
            yield from (f"{number}." for number, _ in enumerate(element, 1))


def edition(browser: Browser, name: str, folder: Path) -> Iterator[tuple[int, str, int, float, str, float]]:
    """Yield number, letters apart, lines broken elsewhere, farthest box and SSIM of each slide of an edition."""
    sources = Sources(ROOT)
    deck = parse(f"slides/{name}.md", sources)
    known = editions(sources).get(name, ())
    deck_build = DeckBuild(deck, record.read_record(sources), sources, load_theme(sources), Fonts(ROOT), known)
    (folder / f"{name}.html").write_bytes(deck_build.html(notes=False))
    page, fonts = deck_build.print_page()
    document = _document(page, fonts)
    data, _, _ = write_pdf(page, fonts)
    pages = pypdfium2.PdfDocument(data)
    with Screen(browser, folder / f"{name}.html") as screen:
        calm(screen)
        for number, laid_out in enumerate(document.pages, 1):
            screen.go(number)
            lines = [line for line in screen.page.evaluate(MEASURE)["lines"] if not line["math"]]
            lines = [line for line in lines if not line["of"].startswith(("label", "output", "button", "summary"))]
            letters = list(placed(pages[number - 1]))
            text = "".join(letter for letter, *_ in letters)
            section = next(box for box in laid_out._page_box.descendants() if box.element_tag == "section")
            extra = "".join(added_in_print(section.element))
            broken = sum(offset(line, text, letters) is None for line in lines)
            box, block = farthest(list(boxes_on_screen(screen)), list(boxes_in_print(section)))
            shot = Image.open(io.BytesIO(screen.page.screenshot()))
            drawn = pages[number - 1].render(scale=4 / 3).to_pil()
            yield number, letters_apart(lines, text, extra), broken, box, block, ssim(grey(shot), grey(drawn))


def main() -> None:
    """Print a table of both editions."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("decks", nargs="*", default=["hyperparameter-tuning", "hyperparameter-tuning.en"])
    program = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    arguments = [f"--{switch}" for switch in SWITCHES.split()]
    print(f"{'deck':<28} {'slide':>5}  {'text':<10} {'lines':<10} {'box, px':>8}  {'block':<12} {'SSIM':>6}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        for name in parser.parse_args().decks:
            for number, apart, broken, box, block, alike in edition(browser, name, Path(folder)):
                lines = f"{broken} differ" if broken else "same"
                print(
                    f"{name:<28} {number:>5}  {apart or 'same':<10} {lines:<10} {box:>8.1f}  {block:<12} {alike:>6.3f}"
                )
        browser.close()


if __name__ == "__main__":
    main()
