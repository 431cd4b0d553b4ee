"""How every slide looks, measured: nothing cut, covered, too small or too pale; our fonts alone; the same in print."""

from __future__ import annotations

import ctypes
import io
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser

from tests.built_talk import EDITIONS, NAME
from tests.harness import ROOT
from tests.screen import Screen

pytestmark = pytest.mark.browser

MEASURE = (ROOT / "tests/measure.js").read_text("utf-8")
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
Line = Mapping[str, Any]
Measures = Mapping[str, Any]
Measured = Callable[[str], list[tuple[str, Measures]]]


@pytest.fixture(scope="module")
def measured(chromium: Browser, talk: Path) -> Measured:
    """Return a function from a colour scheme to name and measures of every slide at every step and frame."""

    @cache
    def measure(scheme: str) -> list[tuple[str, Measures]]:
        with Screen(chromium, talk / f"dist/{NAME}.html") as screen:
            return list(moments(calm(screen, scheme)))

    return measure


def moments(screen: Screen) -> Iterator[tuple[str, Measures]]:
    for number in range(1, screen.slides + 1):
        screen.go(number, "first")
        yield f"slide {number}", screen.page.evaluate(MEASURE)
        while screen.page.evaluate("Reveal.nextFragment()"):
            yield f"slide {number}, step {screen.place[1]}", screen.page.evaluate(MEASURE)
        slider = screen.page.locator("section.present input")
        if slider.count():
            for frame in range(int(slider.get_attribute("max") or 0) + 1):
                slider.fill(str(frame))
                yield f"slide {number}, frame {frame + 1}", screen.page.evaluate(MEASURE)


def calm(screen: Screen, scheme: str = "light") -> Screen:
    """Open the deck without motion, so that nothing is measured half way."""
    return screen.open(color_scheme=scheme, reduced_motion="reduce")


def each(faults: Callable[[Measures], Iterator[str]], measured: Measured, scheme: str = "light") -> list[str]:
    """Return the faults of all slides with the place of each."""
    return [f"{moment}: {fault}" for moment, measures in measured(scheme) for fault in faults(measures)]


def test_no_block_leaves_what_holds_it(measured: Measured) -> None:
    def faults(measures: Measures) -> Iterator[str]:
        for block in measures["blocks"]:
            left, top, right, bottom = (a - b for a, b in zip(block["box"], block["holder"], strict=True))
            if not block["free"] and (min(left, top) < -1 or max(right, bottom) > 1):
                yield f"{block['of']} {block['box']} in {block['holder']}"

    assert each(faults, measured) == []


def test_text_keeps_the_margins(measured: Measured) -> None:
    def faults(measures: Measures) -> Iterator[str]:
        for line in measures["lines"]:
            if line["left"] < 79 or line["right"] > 1201 or not 0.8 * line["size"] < line["baseline"] < 701:
                yield f"{line['text']} at {line['left']:.0f}–{line['right']:.0f}, {line['baseline']:.0f}"

    assert each(faults, measured) == []


def test_no_text_covers_another(measured: Measured) -> None:
    def face(line: Line) -> tuple[float, float, float, float]:
        top, bottom = line["baseline"] - 0.8 * line["size"], line["baseline"] + 0.1 * line["size"]
        return line["left"], top, line["right"], bottom

    def faults(measures: Measures) -> Iterator[str]:
        lines = [line for line in measures["lines"] if not line["math"]]  # what a fraction puts where is its affair
        for index, one in enumerate(lines):
            for other in lines[:index]:
                a, b = face(one), face(other)
                width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                if one["block"] != other["block"] and width > 1 and height > 1:
                    yield f"'{one['text']}' and '{other['text']}' by {width:.0f} × {height:.0f} px"

    assert each(faults, measured) == []


def test_no_text_is_smaller_than_14_px(measured: Measured) -> None:
    def faults(measures: Measures) -> Iterator[str]:
        for line in measures["lines"]:
            if line["size"] < 14:
                yield f"{line['text']} {line['size']:.1f}"

    assert each(faults, measured) == []


@SCHEMES
def test_text_stands_out_from_its_ground(measured: Measured, scheme: str) -> None:
    def faults(measures: Measures) -> Iterator[str]:
        for line in measures["lines"]:
            if (ratio := contrast(line["colour"], line["ground"])) < 4.5:
                yield f"'{line['text']}' {ratio:.2f}: {line['colour']} on {line['ground']}"

    assert each(faults, measured, scheme) == []


def contrast(colour: Sequence[float], ground: Sequence[float]) -> float:
    """Return the contrast of two colours (red, green, blue, alpha), as WCAG 2.2 defines it."""
    mixed = [colour[3] * a + (1 - colour[3]) * b for a, b in zip(colour[:3], ground[:3], strict=True)]
    dark, light = sorted((luminance(mixed), luminance(ground[:3])))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Sequence[float]) -> float:
    linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast([0, 0, 0, 1], [255, 255, 255, 1]) == pytest.approx(21)
    assert contrast([119, 119, 119, 1], [255, 255, 255, 1]) == pytest.approx(4.48, abs=0.005)
    assert contrast([0, 0, 0, 0], [255, 255, 255, 1]) == pytest.approx(1)


MARK = """for (const it of document.querySelectorAll("section *"))
    if ([...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) it.dataset.hasText = "";"""
"""Marks the elements that have text of their own: only these have fonts."""


def test_the_fonts_seen_are_those_of_the_file(screen: Screen) -> None:
    screen.page.evaluate(MARK)
    client = screen.page.context.new_cdp_session(screen.page)
    for domain in ("DOM", "CSS"):
        client.send(f"{domain}.enable")
    seen = set()
    for number in range(1, screen.slides + 1):
        screen.go(number)
        root = client.send("DOM.getDocument")["root"]["nodeId"]
        texts = {"nodeId": root, "selector": "section.present [data-has-text]"}
        for node in client.send("DOM.querySelectorAll", texts)["nodeIds"]:
            fonts = client.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            seen |= {(font["familyName"], font["isCustomFont"]) for font in fonts}
    client.detach()
    # a variable font is called by its first weight
    assert seen == {("Noto Sans JP Thin", True), ("JetBrains Mono", True), ("STIX Two Math", True)}


def test_printed_by_the_browser_a_slide_is_a_page(screen: Screen) -> None:
    document = pypdfium2.PdfDocument(io.BytesIO(screen.page.pdf(prefer_css_page_size=True, print_background=True)))
    assert [document.get_page_size(index) for index in range(len(document))] == [(960, 540)] * screen.slides
    titles = screen.page.locator("section h1").all_text_contents()
    for page, title in zip(document, titles, strict=True):
        assert squeezed(title) in squeezed(page.get_textpage().get_text_range())


def squeezed(text: str) -> str:
    return "".join(text.replace("\ufffe", "").replace("\u200b", "").split())


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_pdf_has_the_same_text_in_the_same_lines_at_the_same_places(
    chromium: Browser, talk: Path, edition: str
) -> None:
    document = pypdfium2.PdfDocument(talk / f"dist/{edition}.pdf")
    with Screen(chromium, talk / f"dist/{edition}.html") as screen:
        assert calm(screen).slides == len(document)
        for number, page in enumerate(document, 1):
            letters = list(placed(page))
            text = "".join(letter for letter, *_ in letters)
            lines = [line for line in screen.go(number).page.evaluate(MEASURE)["lines"] if not line["math"]]
            lines = [line for line in lines if not line["of"].startswith(("label.", "output.", "summary.", "button."))]
            offsets = [offset(line, text, letters) for line in lines]
            assert [line["text"] for line, there in zip(lines, offsets, strict=True) if not there] == [], number
            across, down = zip(*filter(None, offsets), strict=True)
            assert max(map(abs, down)) < 5, number
            assert statistics.median(map(abs, across)) < 1, number
            assert max(map(abs, across)) < 6, number  # behind a long formula or link: each glyph is rounded


def placed(page: pypdfium2.PdfPage) -> Iterator[tuple[str, float, float]]:
    """Yield the letters of a page with the places of their baselines, in px."""
    text, height = page.get_textpage(), page.get_height()
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(text.count_chars()):
        letter = chr(pypdfium2.raw.FPDFText_GetUnicode(text, index))
        if squeezed(letter).isprintable() and squeezed(letter):
            pypdfium2.raw.FPDFText_GetCharOrigin(text, index, x, y)
            yield letter, x.value / 0.75, (height - y.value) / 0.75


def offset(line: Line, text: str, letters: Sequence[tuple[str, float, float]]) -> tuple[float, float] | None:
    """Return how far to the right and down a line of the screen stands in print; None where it is not one line."""
    best, at = None, text.find(line["text"])
    while at >= 0:
        there = letters[at : at + len(line["text"])]
        if max(y for _, _, y in there) - min(y for _, _, y in there) < 3:
            # opening brackets are drawn within half of their width, so that a line's first letter is no measure
            end = there[-1] if len(there) > 1 else there[0]
            shift = end[1] - line["last"], end[2] - line["baseline"]
            best = min(best or shift, shift, key=lambda pair: abs(pair[0]) + abs(pair[1]))
        at = text.find(line["text"], at + 1)
    return best
