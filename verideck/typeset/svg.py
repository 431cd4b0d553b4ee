"""Parses the SVG of figures, and refuses what is unsafe."""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

SCALE = 100 / 72
"""px on a slide per pt, the unit of a figure's viewBox: one inch is 100 px."""

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"

WORDS = "aria-label"
"""Attribute with the text of a group of letters drawn as shapes; `data-width`: its width in pt, if in our fonts."""

BLACK = "#000000"
"""SVG's default colour."""

GROUND = "ground_"
"""Part of the ids of backgrounds that a script set."""


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
    """A figure with more than shapes and text: scripts, event handlers, links, other content."""


@dataclass(frozen=True, slots=True, eq=False)
class ParsedSvg:
    """A figure that is safe to show."""

    root: ET.Element
    """Its shapes and text. Shared by all callers: copy it before a change."""
    beside: tuple[str, ...]
    """Metadata, style sheets and titles."""

    @property
    def size(self) -> tuple[float, float] | None:
        """Return the drawn width and height in px; None without a viewBox."""
        box = [float(number) for number in self.root.get("viewBox", "").split()]
        return (box[2] * SCALE, box[3] * SCALE) if len(box) == 4 else None

    @property
    def has_ground(self) -> bool:
        """Tell whether the script set a background of the figure or of axes; all colours then stay as drawn."""
        return any(GROUND in element.get("id", "") for element in self.root.iter(SVG + "g"))

    @property
    def notes(self) -> tuple[str, ...]:
        """Return remarks on how it was drawn: `20,000 marks are drawn as pixels`."""
        return tuple(note for text in self.beside for told in _DESCRIPTION.findall(text) for note in told.split("; "))

    @property
    def letters(self) -> str:
        """Return the characters of all its texts."""
        return "".join("".join(text.itertext()) for text in self.root.iter(SVG + "text"))


@functools.lru_cache(maxsize=256)
def parse_svg(svg: str) -> ParsedSvg:
    """Return a figure as a tree of shapes and text; raises UnsafeDrawing."""
    # A document type without definitions is allowed, as matplotlib writes it. Entities could expand without limit.
    if "<!ENTITY" in svg or "<!ATTLIST" in svg:
        raise UnsafeDrawing("it defines entities")
    if re.search(r"<\?(?!xml\s)", svg):
        raise UnsafeDrawing("it contains a processing instruction")
    beside = []
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise UnsafeDrawing(f"it is not XML: {error}") from None
    for element in root.iter():
        for child in [child for child in element if child.tag in _DROPPED]:
            beside.append(ET.tostring(child, encoding="unicode"))
            element.remove(child)
        if not _ELEMENTS.fullmatch(element.tag.removeprefix(SVG)):
            raise UnsafeDrawing(f"it contains <{element.tag.rpartition('}')[2]}>")
        for name, value in element.items():
            _refuse(name.lower(), value)
    return ParsedSvg(root, tuple(beside))


def _refuse(name: str, value: str) -> None:
    """Raise UnsafeDrawing for an attribute that runs a script or refers to something outside the figure."""
    if name.startswith("on") or ("{" in name and not name.startswith((XLINK, "{http://www.w3.org/xml"))):
        raise UnsafeDrawing(f"it has the attribute '{name}'")
    if name in ("href", XLINK + "href") and not value.startswith("#") and not _PICTURE.fullmatch(value):
        raise UnsafeDrawing(f"it refers to '{value[:60]}'")
    if name == WORDS:
        return
    if len(re.findall(r"url\s*\(|@import|expression|\\", value, re.IGNORECASE)) != len(REFERENCE.findall(value)):
        raise UnsafeDrawing(f"its '{name}' refers to something outside")
