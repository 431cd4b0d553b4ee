"""What a figure is drawn with: its texts, how small they are, and the colours of text, lines and areas."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SCALE = 100 / 72
"""px on a slide per unit of a figure's viewBox: one inch is 100 px."""
_SHAPES = {"path", "use", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_INHERITED = {"fill": "#000000", "stroke": "none", "font-size": "16px"}
_FONT = re.compile(r"([\d.]+)px")
_WORDS = re.compile(r"<text\b[^>]*>(.*?)</text>", re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_NAMED = re.compile(r"(figure|axes)_\d+")


@dataclass(frozen=True, slots=True)
class Inks:
    """What is seen in a figure."""

    width: float
    """px, as it was drawn."""
    height: float
    size: float
    """Of the smallest text, px as it was drawn; 0 without text."""
    smallest: str
    """That text."""
    colours: tuple[tuple[str, str], ...]
    """(`text`, `line` or `area`, #rrggbb) each once; what is drawn half transparent is left out."""


def read(svg: ET.Element) -> Inks:
    """Return what is seen in a figure's SVG."""
    _, _, width, height = (float(number) for number in svg.get("viewBox", "0 0 1 1").split())
    colours: dict[tuple[str, str], None] = {}
    texts = []
    for tag, style, words in _shapes(svg, _INHERITED):
        if tag == "text" and words:
            font = _FONT.search(style.get("font", "") or style["font-size"])
            texts.append((float(font[1]) * SCALE if font else 0.0, words))
            parts = [("text", "fill")]
        else:
            parts = [("line", "stroke")] if style["stroke"] != "none" else [("area", "fill")]
        for kind, name in parts:
            if _COLOUR.fullmatch(style[name]) and not {"opacity", f"{name}-opacity"} & set(style):
                colours[kind, style[name].lower()] = None
    size, smallest = min(texts, default=(0.0, ""))
    return Inks(width * SCALE, height * SCALE, size, smallest, tuple(colours))


def letters(svg: str) -> str:
    """Return the characters of all texts in a figure, as matplotlib wrote it."""
    return html.unescape("".join(_TAGS.sub("", words) for words in _WORDS.findall(svg)))


def _shapes(parent: ET.Element, outer: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Yield (tag, style, text) of each shape and text that is seen, but for the grounds of figure and axes."""
    for index, element in enumerate(parent):
        tag = _tag(element)
        if tag in ("defs", "clipPath", "title", "mask", "pattern") or (
            index == 0 and _NAMED.search(parent.get("id", "")) and "patch_" in element.get("id", "")
        ):
            continue
        style = {name: value for name, value in outer.items() if name in _INHERITED or "opacity" in name}
        style |= {name: value for name, value in element.attrib.items() if isinstance(name, str)}
        declarations = (part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
        style |= {name.strip(): value.strip() for name, value in declarations}
        if tag == "text" or tag in _SHAPES:
            yield tag, style, "".join(element.itertext()).strip()
        else:
            yield from _shapes(element, style)


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
