"""Prepares a figure's SVG for a page: colours by role, unique ids, an accessible name."""

from __future__ import annotations

import copy
import functools
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

from verideck.core.theme import COLOUR, Palette, custom_property, figure_colour, figure_role
from verideck.typeset.fonts import LATIN, SANS
from verideck.typeset.svg import BLACK, NUMBER, REFERENCE, SVG, WORDS, XLINK, UnsafeDrawing, parse_svg

_FAMILY = re.compile(rf" ?font-family: '{SANS}'[^;]*;?")
"""A font list that begins with our family; on pages only the root element has it."""


@functools.lru_cache(maxsize=512)  # while presenting, a deck is rendered again and again
def screen(svg: str, scope: str, palette: Palette, title: str) -> str:
    """Return the figure for the screen page: the colours of `BASE` become those of the page, light and dark.

    If the script set a background, all colours stay as drawn, on light paper. scope: prefix of its ids. title: its
    accessible name. Raises UnsafeDrawing.
    """
    root = _coloured(svg, scope, title, _variable)
    if parse_svg(svg).has_ground:
        root.insert(1, _sheet(palette))
    return ET.tostring(root, encoding="unicode")


def print_(svg: str, scope: str, palette: Palette, title: str) -> str:
    """Return the figure for the print page; like `screen`, but in the colours of print."""
    root = _coloured(svg, scope, title, lambda colour: figure_colour(colour, palette.printed))
    if parse_svg(svg).has_ground and palette.print == "dark":
        root.insert(1, _sheet(palette))
    # An invisible text with a character that our fonts lack would load another font.
    for shapes in root.iterfind(f".//g[@{WORDS}]"):
        if "data-width" not in shapes.attrib:
            shapes.remove(shapes[-1])
    # WeasyPrint parses style="" as CSS of the page, without SVG's properties; attributes it parses as SVG.
    for element in root.iter():
        declarations = (part.split(":", 1) for part in element.attrib.pop("style", "").split(";") if ":" in part)
        element.attrib |= {name.strip(): value.strip() for name, value in declarations}
    return ET.tostring(root, encoding="unicode")


def _variable(colour: str) -> str:
    """Return CSS for a colour of a figure, as `figure_colour` does."""
    role = figure_role(colour)
    if isinstance(role, float):
        paper, ink = (f"var({custom_property(name)})" for name in ("paper", "ink"))
        return {0.0: ink, 1.0: paper}.get(role, f"color-mix(in srgb, {paper} {role:.1%}, {ink})")
    return f"var({custom_property(role)})" if role else colour


def _coloured(svg: str, scope: str, title: str, colour: Callable[[str], str]) -> ET.Element:
    """Return the figure with its colours replaced, except if it has a ground of its own."""
    return _page(svg, scope, title, (lambda own: own) if parse_svg(svg).has_ground else colour)


def _sheet(palette: Palette) -> ET.Element:
    """Return the light paper that a figure with a ground of its own lies on."""
    return ET.Element("rect", {"width": "100%", "height": "100%", "fill": palette.light["paper"]})


def _page(svg: str, scope: str, title: str, colour: Callable[[str], str]) -> ET.Element:
    drawing = parse_svg(svg)
    if not drawing.size:
        raise UnsafeDrawing("it has no viewBox")
    width, height = drawing.size
    root = copy.deepcopy(drawing.root)
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
        element.attrib = {
            name.removeprefix(XLINK): _rewritten(name, value, scope, colour) for name, value in element.items()
        }
        element.text, element.tail = (part if part and part.strip() else None for part in (element.text, element.tail))
    for shapes in root.findall(f".//g[@{WORDS}]"):
        shapes.set("role", "img")
        shapes.append(_unseen(shapes))
    # The rules of matplotlib's style sheet, and ink in the place of SVG's default colour, black.
    style = f"stroke-linejoin:round;stroke-linecap:butt;fill:{colour(BLACK)};font-family:'{SANS}','{LATIN}',sans-serif"
    root.attrib = {
        "xmlns": SVG[1:-1],
        "viewBox": root.get("viewBox", ""),
        "width": f"{width:g}",
        "height": f"{height:g}",
        "role": "img",
        "aria-labelledby": f"{scope}-title",
        "style": style,
    }
    name = ET.Element("title", {"id": f"{scope}-title"})
    name.text = title
    root.insert(0, name)
    return root


def _unseen(shapes: ET.Element) -> ET.Element:
    """Return an invisible text of the same width as letters that are shapes, so that it can be found and copied."""
    width = shapes.get("data-width")
    fit = {"textLength": width, "lengthAdjust": "spacingAndGlyphs"} if width else {}
    text = ET.Element("text", {"style": "fill: none", **fit})
    text.text = shapes.get(WORDS)
    return text


def _rewritten(name: str, value: str, scope: str, colour: Callable[[str], str]) -> str:
    """Return an attribute's value with prefixed ids, replaced colours and rounded numbers."""
    if name == "id":
        return f"{scope}-{value}"
    if name in ("href", XLINK + "href"):
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
    """Return coordinates in pt, rounded to two decimals (1/72 px on a slide)."""
    return " ".join(_round(part) if "." in part else part for part in data.split())


def _round(number: str) -> str:
    return f"{float(number):.2f}".rstrip("0").rstrip(".") if NUMBER.fullmatch(number) else number
