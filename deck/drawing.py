"""A figure's SVG as matplotlib wrote it: read, refused where it is unsafe, and made fit for a page."""

from __future__ import annotations

import functools
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deck.fonts import LATIN, SANS

_ROLES = ("paper", "ink", "soft", "rule", "w", "lam", "lam-wash", "err", "data", "code")
SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_SCALE = 100 / 72
"""px on a slide per pt of matplotlib: one inch is 100 px."""

_ELEMENTS = re.compile(
    "svg|g|defs|path|use|text|tspan|clipPath|rect|circle|ellipse|line|polyline|polygon|image|pattern"
    "|(linear|radial)Gradient|stop|symbol|mask"
)
_DROPPED = frozenset([SVG + "metadata", SVG + "style", SVG + "title"])
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FAMILY = re.compile(rf" ?font-family: '{SANS}'[^;]*;?")
"""The list that begins with our family: in pages it stands at the root, once."""
_PICTURE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/=\s]*")


class UnsafeDrawing(ValueError):
    """A drawing that holds more than shapes and text: scripts, handlers, links, foreign content."""


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """Colours by role (`#rrggbb`) of both themes, and sizes in px."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    size: Mapping[str, float]


@functools.lru_cache(maxsize=8)
def load_tokens(text: str) -> Tokens:
    """Read tokens.toml; raises ValueError for a role that is missing, unknown or no colour."""
    table = tomllib.loads(text)
    for theme in ("light", "dark"):
        colours = table.get(theme, {})
        wrong = set(_ROLES).symmetric_difference(colours)
        wrong |= {role for role, colour in colours.items() if not COLOUR.fullmatch(str(colour))}
        if wrong:
            raise ValueError(
                f"[{theme}] needs one colour #rrggbb for each of {', '.join(_ROLES)}: see {', '.join(sorted(wrong))}"
            )
    return Tokens(table["light"], table["dark"], table.get("size", {}))


def custom_properties(tokens: Tokens) -> str:
    """Return CSS that defines `--ROLE` and `--size-NAME`: light, or dark by `data-theme` or the reader's system."""

    def block(colours: Mapping[str, str]) -> str:
        return "".join(f"--{role}:{colour};" for role, colour in colours.items())

    sizes = "".join(f"--size-{name}:{size:g}px;" for name, size in tokens.size.items())
    dark = f"color-scheme:dark;{block(tokens.dark)}"
    # Nested, so that a print engine passes over the query that it does not know.
    return (
        f":root{{color-scheme:light;{block(tokens.light)}{sizes}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme]){{{dark}}}}}}}\n"
    )


@functools.lru_cache(maxsize=512)  # while presenting, a deck is painted again and again
def screen(svg: str, scope: str, tokens: Tokens, title: str) -> str:
    """Return the figure for the screen page: the tokens' colours become `var(--ROLE)` and follow the theme.

    `scope` keeps its ids apart from those of other figures, `title` is its accessible name. Raises UnsafeDrawing.
    """
    # Two roles may share a colour: the first keeps it.
    roles = {colour.lower(): f"var(--{role})" for role, colour in reversed(list(tokens.light.items()))}
    root = _page(svg, scope, title, tokens.light["ink"], lambda colour: roles.get(colour.lower(), colour))
    return ET.tostring(root, encoding="unicode")


def print_(svg: str, scope: str, tokens: Tokens, title: str) -> str:
    """Return the figure for the print page, as `screen` does, its colours left as they were drawn (light)."""
    root = _page(svg, scope, title, tokens.light["ink"], lambda colour: colour)
    # WeasyPrint reads style="" as the page's CSS, which knows no `fill`; attributes it leaves to SVG.
    for element in root.iter():
        declarations = (part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part)
        element.attrib |= {name.strip(): value.strip() for name, value in declarations}
    return ET.tostring(root, encoding="unicode")


def _page(svg: str, scope: str, title: str, ink: str, colour: Callable[[str], str]) -> ET.Element:
    root, _ = parse_svg(svg)
    box = [float(number) for number in root.get("viewBox", "").split()]
    if len(box) != 4:
        raise UnsafeDrawing("it has no viewBox")
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
        element.attrib = {
            name.removeprefix(_XLINK): _rewritten(name, value, scope, colour) for name, value in element.items()
        }
        element.text, element.tail = (part if part and part.strip() else None for part in (element.text, element.tail))
    # What matplotlib's own style sheet says, and ink for what it leaves to SVG's default, black.
    style = f"stroke-linejoin:round;stroke-linecap:butt;fill:{colour(ink)};font-family:'{SANS}','{LATIN}',sans-serif"
    root.attrib = {
        "xmlns": SVG[1:-1],
        "viewBox": root.get("viewBox", ""),
        "width": f"{box[2] * _SCALE:g}",
        "height": f"{box[3] * _SCALE:g}",
        "role": "img",
        "aria-labelledby": f"{scope}-title",
        "style": style,
    }
    name = ET.Element("title", {"id": f"{scope}-title"})
    name.text = title
    root.insert(0, name)
    return root


def _rewritten(name: str, value: str, scope: str, colour: Callable[[str], str]) -> str:
    """Return an attribute's value with its ids scoped, its colours replaced, its numbers short."""
    if name == "id":
        return f"{scope}-{value}"
    if name in ("href", _XLINK + "href"):
        return f"#{scope}-{value[1:]}" if value.startswith("#") else value
    if name in ("d", "x", "y", "points"):
        return _shortened(value)
    if name == "style":
        value = _FAMILY.sub("", value)
    if "#" in value:
        value = COLOUR.sub(lambda match: colour(match[0]), value)
        value = REFERENCE.sub(rf"url(#{scope}-\1)", value)
    return value


def _shortened(data: str) -> str:
    """Return coordinates in pt to two decimals: a 70th of a px on a slide."""
    return " ".join(_round(part) if "." in part else part for part in data.split())


def _round(number: str) -> str:
    return f"{float(number):.2f}".rstrip("0").rstrip(".") if NUMBER.fullmatch(number) else number


def parse_svg(svg: str) -> tuple[ET.Element, list[str]]:
    """Return the tree of shapes and text, and what is no part of it: metadata, style sheets; raises UnsafeDrawing."""
    # A document type may be named, as matplotlib does, not defined: entities could grow without end.
    if "<!ENTITY" in svg or "<!ATTLIST" in svg:
        raise UnsafeDrawing("it defines entities")
    if re.search(r"<\?(?!xml\s)", svg):
        raise UnsafeDrawing("it holds a processing instruction")
    dropped = []
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise UnsafeDrawing(f"it is no XML: {error}") from None
    for element in root.iter():
        for child in [child for child in element if child.tag in _DROPPED]:
            dropped.append(ET.tostring(child, encoding="unicode"))
            element.remove(child)
        if not _ELEMENTS.fullmatch(element.tag.removeprefix(SVG)):
            raise UnsafeDrawing(f"it holds <{element.tag.rpartition('}')[2]}>")
        for name, value in element.items():
            _refuse(name.lower(), value)
    return root, dropped


def _refuse(name: str, value: str) -> None:
    """Raise UnsafeDrawing for an attribute that runs something or reaches out of the drawing."""
    if name.startswith("on") or ("{" in name and not name.startswith((_XLINK, "{http://www.w3.org/xml"))):
        raise UnsafeDrawing(f"it has the attribute '{name}'")
    if name in ("href", _XLINK + "href") and not value.startswith("#") and not _PICTURE.fullmatch(value):
        raise UnsafeDrawing(f"it refers to '{value[:60]}'")
    if len(re.findall(r"url\s*\(|@import|expression|\\", value, re.IGNORECASE)) != len(REFERENCE.findall(value)):
        raise UnsafeDrawing(f"its '{name}' refers to something outside")
