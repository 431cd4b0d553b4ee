"""SVG that matplotlib wrote, parsed once for all that ask, or refused where it is unsafe."""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

SCALE = 100 / 72
"""px on a slide per unit of a figure's viewBox, a pt of matplotlib: one inch is 100 px."""

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"

WORDS = "aria-label"
"""Attribute of a group of shapes that are letters: what they say; `data-width`: in pt, if our fonts have all."""

BLACK = "#000000"
"""What SVG fills with where nothing is said."""

GROUND = "ground_"
"""What is in the ids of grounds that a script set."""


_ELEMENTS = re.compile(
    "svg|g|defs|path|use|text|tspan|clipPath|rect|circle|ellipse|line|polyline|polygon|image|pattern"
    "|(linear|radial)Gradient|stop|symbol|mask"
)


_DROPPED = frozenset([SVG + "metadata", SVG + "style", SVG + "title"])


NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


REFERENCE = re.compile(r"url\(#([^)]+)\)")


_PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]*")


_DESCRIPTION = re.compile(r"<[\w:]*description[^>]*>([^<]*)</")


class UnsafeDrawing(ValueError):
    """A drawing that holds more than shapes and text: scripts, handlers, links, foreign content."""


@dataclass(frozen=True, slots=True, eq=False)
class ParsedSvg:
    """A drawing that is safe to show."""

    root: ET.Element
    """Its shapes and text. Shared: whoever alters it takes a copy."""
    beside: tuple[str, ...]
    """What is no part of it: metadata, style sheets, titles."""

    @property
    def size(self) -> tuple[float, float] | None:
        """Return width and height in px as it was drawn; None without a viewBox."""
        box = [float(number) for number in self.root.get("viewBox", "").split()]
        return (box[2] * SCALE, box[3] * SCALE) if len(box) == 4 else None

    @property
    def has_ground(self) -> bool:
        """Tell whether the script set a ground of the figure or of axes: the drawing then keeps all its colours."""
        return any(GROUND in element.get("id", "") for element in self.root.iter(SVG + "g"))

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is to be known of how it was drawn: `20,000 marks are drawn as pixels`."""
        return tuple(note for text in self.beside for told in _DESCRIPTION.findall(text) for note in told.split("; "))

    @property
    def letters(self) -> str:
        """Return the characters of all its texts."""
        return "".join("".join(text.itertext()) for text in self.root.iter(SVG + "text"))


@functools.lru_cache(maxsize=256)
def parse_svg(svg: str) -> ParsedSvg:
    """Return a drawing as a tree of shapes and text; raises UnsafeDrawing."""
    # A document type may be named, as matplotlib does, not defined: entities could grow without end.
    if "<!ENTITY" in svg or "<!ATTLIST" in svg:
        raise UnsafeDrawing("it defines entities")
    if re.search(r"<\?(?!xml\s)", svg):
        raise UnsafeDrawing("it holds a processing instruction")
    beside = []
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise UnsafeDrawing(f"it is no XML: {error}") from None
    for element in root.iter():
        for child in [child for child in element if child.tag in _DROPPED]:
            beside.append(ET.tostring(child, encoding="unicode"))
            element.remove(child)
        if not _ELEMENTS.fullmatch(element.tag.removeprefix(SVG)):
            raise UnsafeDrawing(f"it holds <{element.tag.rpartition('}')[2]}>")
        for name, value in element.items():
            _refuse(name.lower(), value)
    return ParsedSvg(root, tuple(beside))


def _refuse(name: str, value: str) -> None:
    """Raise UnsafeDrawing for an attribute that runs something or reaches out of the drawing."""
    if name.startswith("on") or ("{" in name and not name.startswith((XLINK, "{http://www.w3.org/xml"))):
        raise UnsafeDrawing(f"it has the attribute '{name}'")
    if name in ("href", XLINK + "href") and not value.startswith("#") and not _PICTURE.fullmatch(value):
        raise UnsafeDrawing(f"it refers to '{value[:60]}'")
    if name == WORDS:
        return
    if len(re.findall(r"url\s*\(|@import|expression|\\", value, re.IGNORECASE)) != len(REFERENCE.findall(value)):
        raise UnsafeDrawing(f"its '{name}' refers to something outside")
