"""Facts of a figure for checks: its texts and their sizes, and the colours of text, lines and areas."""

from __future__ import annotations

import cmath
import functools
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from verideck.core.theme import COLOUR, figure_role
from verideck.typeset.svg import BLACK, GROUND, SCALE, WORDS, UnsafeDrawing, parse_svg

_SHAPES = {"path", "use", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
_GROUND = "ground"
"""Key in a style, in addition to SVG's properties: the background colour of a group."""
_PICTURE = "picture"
"""The background of elements on an image, whose colour is unknown."""
_INHERITED = {"fill": BLACK, "stroke": "none", "font-size": "16px", _GROUND: ""}
_FONT = re.compile(r"([\d.]+)px")
_NAMED = re.compile(r"(figure|axes)_\d+")
_POINT = re.compile(r"(-?[\d.]+)[\s,]+(-?[\d.]+)")
_TICK = re.compile(r"[xyz]tick_\d+$")
"""Groups of a label with its tick and its line of the grid."""
_GRID = "grid"
"""What, beside tags of SVG, is drawn: a line of the grid. It may be faint, as a frame in its colour may be."""
_FRAME = re.compile(r"patch_\d+$")
_PALE = 0.65
"""Greys from here to white make frames faint on purpose."""
_MOVED = re.compile(r"translate\(" + _POINT.pattern)
_TURNED = re.compile(r"rotate\((-?[\d.]+)")

_Style = Mapping[str, str]
_Area = tuple[tuple[complex, ...], str]
"""(corners, colour)."""


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour that something is drawn in."""

    kind: str
    """`text`, `line` or `area`."""
    colour: str
    """#rrggbb."""
    ground: str = ""
    """Background colour in the figure, #rrggbb; "" for the background of the slide."""
    edge: str = ""
    """Colour of the line around an area, #rrggbb; "" without a line."""
    alpha: float = 1.0
    """Opacity of a text from 0 to 1."""
    fixed: bool = False
    """Whether it is the same in all themes, because the figure has its own background."""


@dataclass(frozen=True, slots=True)
class FigureFacts:
    """Facts of a figure."""

    width: float
    """Drawn size in px."""
    height: float
    size: float
    """Drawn size of the smallest text in px; 0 without text."""
    smallest: str
    """The smallest text."""
    colours: tuple[Paint, ...]
    """Colours without duplicates, except transparent lines and areas, and elements on images."""


@functools.lru_cache(maxsize=1024)
def read(svg: str) -> FigureFacts:
    """Return the facts of a figure's SVG, in the colours in which it was drawn; raises UnsafeDrawing."""
    drawing = parse_svg(svg)
    fixed = drawing.has_ground
    width, height = drawing.size or (SCALE, SCALE)
    colours: dict[Paint, None] = {}
    areas: list[_Area] = []
    texts = []
    faint = set()
    for tag, style, words in _shapes(drawing.root, _style(drawing.root, _INHERITED), areas):
        if tag == "text":
            font = _FONT.search(style.get("font", "") or style["font-size"])
            size = float(font[1]) if font else 0.0
            texts.append((size * SCALE, words))
            found = _text(style, _below(_middle(style, size), areas))
        elif tag == _GRID:
            found = None
            faint.add(style["stroke"].lower())
        else:
            found = _shape(style)
            areas += (
                [(corners, found.colour)] if found and found.kind == "area" and (corners := _corners(style)) else []
            )
        if found and found.ground != _PICTURE:
            colours[replace(found, fixed=fixed)] = None
    size, smallest = min(texts, default=(0.0, ""))
    seen = (paint for paint in colours if paint.kind != "line" or paint.colour not in faint)
    return FigureFacts(width, height, size, smallest, tuple(seen))


def letters(svg: str) -> str:
    """Return the characters of all texts in a figure; "" for a figure that cannot be shown."""
    try:
        return parse_svg(svg).letters
    except UnsafeDrawing:
        return ""


ANIMATED = "a frame of an animation"
"""Remark of a frame, as run/sandbox/pyplot.py writes it."""


def notes(svg: str) -> tuple[str, ...]:
    """Return the remarks on how a figure was drawn; none for a figure that cannot be shown."""
    if "description>" not in svg:  # so that a build with nothing to do need not parse
        return ()
    try:
        return parse_svg(svg).notes
    except UnsafeDrawing:
        return ()


def _text(style: _Style, ground: str) -> Paint | None:
    alpha = math.prod(float(style.get(name, "1")) for name in ("opacity", "fill-opacity"))
    fill = style["fill"]
    return Paint("text", fill.lower(), ground, "", round(alpha, 3)) if COLOUR.fullmatch(fill) else None


def _shape(style: _Style) -> Paint | None:
    """Return the colours of a shape: an area with its edge, or a line; None if they are unknown."""
    seen = {
        name: style[name].lower()
        for name in ("fill", "stroke")
        if COLOUR.fullmatch(style[name]) and not {"opacity", f"{name}-opacity"} & set(style)
    }
    if "fill" in seen:
        return Paint("area", seen["fill"], style[_GROUND], seen.get("stroke", ""))
    return Paint("line", seen["stroke"], style[_GROUND]) if "stroke" in seen else None


def _shapes(parent: ET.Element, outer: _Style, areas: list[_Area]) -> Iterator[tuple[str, _Style, str]]:
    """Yield (tag, style, text) of each visible shape and text; add backgrounds of figure and axes to `areas`."""
    bounds: tuple[complex, ...] = ()
    for index, element in enumerate(parent):
        tag = _tag(element)
        if tag in ("defs", "clipPath", "title", "mask", "pattern"):
            continue
        style = _style(element, outer)
        name = element.get("id", "")
        if (index == 0 and _NAMED.search(parent.get("id", "")) and "patch_" in name) or GROUND in name:
            ground = next((_style(shape, style) for shape in element), style)
            bounds = _corners(ground)
            if COLOUR.fullmatch(ground["fill"]):
                outer = {**outer, _GROUND: ground["fill"].lower()}
                areas.append((bounds, outer[_GROUND]))
        elif tag == "image" or (not element.get("id") and any(_tag(child) == "image" for child in element)):
            outer = {**outer, _GROUND: _PICTURE}
            areas.append((bounds, _PICTURE))
        elif words := element.get(WORDS):
            inner = next((_style(shapes, style) for shapes in element), style)
            yield "text", {**inner, "transform": style.get("transform", "")}, words
        elif tag in _SHAPES or (tag == "text" and "".join(element.itertext()).strip()):
            if not (_FRAME.search(parent.get("id", "")) and _is_pale_line(style)):
                yield tag, style, "".join(element.itertext()).strip()
        elif tag != "text":
            within = _shapes(element, style, areas)
            yield from _of_tick(within) if _TICK.search(name) else within


def _is_pale_line(style: _Style) -> bool:
    grey = figure_role(style["stroke"]) if style["fill"] == "none" and COLOUR.fullmatch(style["stroke"]) else None
    return isinstance(grey, float) and grey >= _PALE


def _of_tick(shapes: Iterator[tuple[str, _Style, str]]) -> Iterator[tuple[str, _Style, str]]:
    """Yield the label and the line of the grid, under a name of its own, of what the group of a tick holds."""
    for tag, style, words in shapes:
        if tag in ("text", "path"):
            yield tag if tag == "text" else _GRID, style, words


def _style(element: ET.Element, outer: _Style) -> _Style:
    """Return the attributes, declarations and inherited properties of an element."""
    style = {name: value for name, value in outer.items() if name in _INHERITED or "opacity" in name}
    style |= {name: value for name, value in element.attrib.items() if isinstance(name, str)}
    declarations = (part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
    return style | {name.strip(): value.strip() for name, value in declarations}


def _corners(style: _Style) -> tuple[complex, ...]:
    """Return the corners of a path or another shape."""
    return tuple(complex(float(x), float(y)) for x, y in _POINT.findall(style.get("d", "") or style.get("points", "")))


def _middle(style: _Style, size: float) -> complex:
    """Return a point within the first or last letter of a text, or between."""
    aside = {"middle": 0.0, "end": -0.3}.get(style.get("text-anchor", ""), 0.3)
    turned = _TURNED.search(style.get("transform", ""))
    angle = math.radians(float(turned[1])) if turned else 0.0
    moved = _MOVED.search(style.get("transform", ""))
    start = complex(float(style.get("x", "0")), float(style.get("y", "0")))
    start += complex(float(moved[1]), float(moved[2])) if moved else 0
    return start + cmath.rect(size, angle) * complex(aside, -0.35)


def _below(point: complex, areas: list[_Area]) -> str:
    """Return the colour of the last area that a point lies in; "" for none."""
    return next((colour for corners, colour in reversed(areas) if _inside(point, corners)), "")


def _inside(point: complex, corners: tuple[complex, ...]) -> bool:
    """Tell whether a point lies in a polygon: a ray from it crosses the sides an odd number of times."""
    inside = False
    for one, two in pairwise((*corners, *corners[:1])):
        if (one.imag > point.imag) != (two.imag > point.imag):
            share = (point.imag - one.imag) / (two.imag - one.imag)
            inside ^= point.real < one.real + share * (two.real - one.real)
    return inside


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
