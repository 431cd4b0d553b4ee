"""Formulas: TeX to MathML for the screen, MathML to SVG for print."""

from __future__ import annotations

import html
import re
import unicodedata
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from deck import spacing

_LONGEST = 2000
"""Characters of a formula: the converter recurses in native code, some thousand levels would end the process."""

_ELEMENTS = re.compile(
    "m(ath|frac|i|multiscripts|n|o|over|padded|phantom|prescripts|root|row|s|space|sqrt|style|sub|subsup|sup|table|td|text"
    "|tr|under|underover)"
)
"""MathML Core 1 (https://www.w3.org/TR/mathml-core/), without what leads out of the formula."""

_ATTRIBUTES = re.compile(
    "accent(under)?|(column|row)span|depth|display(style)?|fence|form|height|largeop|linethickness|[lr]space|mathvariant"
    "|(max|min)size|movablelimits|scriptlevel|separator|stretchy|style|symmetric|voffset|width"
)
_STYLE = re.compile(r"(\s*[a-z-]+:[\w#%. -]*(;|$))*")
_INVISIBLE = dict.fromkeys((0x2061, 0x2062, 0x2063, 0x2064, 0xFE00))
_LIMITS = {"munder": "msub", "mover": "msup", "munderover": "msubsup"}
"""What limits are where they stand beside their operator."""


class TexError(ValueError):
    """A formula that cannot be set; `position` counts characters of its TeX from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as SVG; lengths in px."""

    svg: str
    """Outlines without ids: it may stand in a page as often as needed."""
    width: float
    height: float
    depth: float
    """How far it hangs below the baseline."""


drawn: dict[str, Drawing] = {}
"""What `svg` was called with → what it gave."""


def mathml(tex: str, display: bool, symbols: Mapping[str, str]) -> str:
    """Return the MathML of a formula; letters of `symbols` get the class `sym sym-ROLE`. Raises TexError."""
    return _mathml(tex, display, tuple(sorted(symbols.items())))


def svg(mathml: str, size: float, colours: Mapping[str, str], ink: str) -> Drawing:
    """Return a formula as outlines for a font size in px, coloured by role (`#rrggbb`), else in `ink`."""
    key = repr((mathml, size, sorted(colours.items()), ink))
    if key not in drawn:
        drawn[key] = _svg(mathml, size, colours, ink)
    return drawn[key]


@lru_cache(4096)
def _mathml(tex: str, display: bool, symbols: tuple[tuple[str, str], ...]) -> str:
    root = _checked(_converted(tex, display))
    root.set("alttext", tex)
    roles = {unicodedata.normalize("NFKC", symbol): role for symbol, role in symbols}
    accented = set()
    for element in root.iter():
        if element.tag == "mover" and element.get("accent") == "true" and _colour(element, element[0], roles):
            accented.add(element[0])
        elif element.tag == "mi" and element not in accented:
            _colour(element, element, roles)
    spacing.even(root)
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _converted(tex: str, display: bool) -> str:
    """Return the converter's MathML as XML: named entities of HTML become characters."""
    from math_core import LatexError

    if not tex.strip():
        raise TexError("it is empty")
    if len(tex) > _LONGEST:
        raise TexError(f"it is longer than {_LONGEST} characters", _LONGEST)
    try:
        text = str(_converter().convert_with_local_state(tex, displaystyle=display))
    except LatexError as error:
        # "POSITION: message."
        position, _, message = str(error).partition(": ")
        message = message.rstrip(".").replace('"', "'")
        raise TexError(message[:1].lower() + message[1:], int(position) if position.isdigit() else 0) from None
    return re.sub(r"&(?!(?:lt|gt|amp|quot|apos);)\w+;", lambda entity: html.unescape(entity[0]), text)


@cache
def _converter() -> Any:
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False, max_expansions=200)


def _checked(text: str) -> ET.Element:
    """Return the tree of a formula that holds MathML Core alone: no links, pictures, scripts, ids."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError:
        raise TexError("it holds a character that no page may hold") from None
    for element in root.iter():
        if not _ELEMENTS.fullmatch(element.tag):
            raise TexError(f"it needs <{element.tag}>, which browsers do not draw as mathematics")
        for name in element.attrib:
            if not _ATTRIBUTES.fullmatch(name):
                raise TexError(f"it needs the attribute '{name}', which formulas on a slide may not have")
        if not _STYLE.fullmatch(element.get("style", "")):
            raise TexError("it needs a style that is not allowed")
    return root


def _colour(element: ET.Element, letter: ET.Element, roles: Mapping[str, str]) -> bool:
    """Colour `element` if `letter` is one of the symbols, italic, bold or upright."""
    role = roles.get(unicodedata.normalize("NFKC", letter.text or "")) if letter.tag == "mi" else None
    if role:
        element.set("class", f"sym sym-{role}")
    return role is not None


def _svg(mathml: str, size: float, colours: Mapping[str, str], ink: str) -> Drawing:
    ziamath = _ziamath()
    root = ET.fromstring(mathml)
    if root.get("display") != "block":
        _lower(root)
    _adapt(root, {f"sym sym-{role}": colour for role, colour in colours.items()})
    root.set("mathcolor", ink)
    root.attrib.setdefault("display", "inline")
    formula = ziamath.Math(root, size=size, margin=0.0)
    box, width = formula.node.bbox, formula.node.xadvance()
    drawn = formula.svgxml()
    # As wide as the letters advance, which is what browsers set, not as their ink: that may lean out of the box.
    _, top, _, height = drawn.get("viewBox", "").split()
    drawn.attrib |= {"viewBox": f"0 {top} {width:.2f} {height}", "width": f"{width:.2f}", "overflow": "visible"}
    return Drawing(ET.tostring(drawn, encoding="unicode"), width, box.ymax - box.ymin, -box.ymin)


@cache
def _ziamath() -> Any:
    """Return ziamath (slow to import), set to draw plain paths: no ids that could clash within a page."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        import ziamath
    from ziamath import nodes
    from ziamath.config import config
    from ziamath.operators import operators

    config.svg2 = False
    config.precision = 2
    spacing.set_up(operators, nodes)
    return ziamath


def _lower(root: ET.Element) -> None:
    """Set limits beside their operators, where these are small, as in a line of text."""
    from ziamath.operators import get_params

    if all(element.get("displaystyle") != "true" for element in root.iter()):
        for element in root.iter():
            base = element[0] if element.tag in _LIMITS else None
            if base is not None and base.tag == "mo" and get_params(base.text or "", "prefix").get("movablelimits"):
                element.tag = _LIMITS[element.tag]


def _adapt_operator(operator: ET.Element, style: Mapping[str, str]) -> None:
    """Let a large operator be as large as its style says, not as its row; give a bracket the width it has on screen."""
    from ziamath.operators import get_params

    text = operator.text or ""
    if get_params(text, "prefix").get("largeop"):
        operator.attrib.setdefault("lspace", "0.1667em")
        operator.attrib |= {"form": "prefix", "stretchy": "false"}
    elif text in spacing.FENCES and "width" in style:
        operator.set("aside", style["width"].removesuffix("em"))
        for name in {"minsize", "maxsize"} & operator.attrib.keys():
            operator.set(name, f"{float(operator.attrib[name].removesuffix('em')) * spacing.NEARLY:.4f}em")
    elif text in (",", ";", "."):
        operator.attrib.setdefault("rspace", "0.1667em")


def _adapt_scripts(scripts: ET.Element) -> None:
    if scripts[0].tag == "mpadded":
        scripts[0] = scripts[0][0]


def _adapt_accent(over: ET.Element) -> None:
    """Keep ziamath from widening an accent to the letter, and let it draw an overline as a rule."""
    accent = over[1]
    if over.get("accent") != "true":
        return
    if accent.text == "\u203e":
        accent.text = "\u2015"
    elif accent.tag == "mo" and accent.get("stretchy") == "false":
        over[1] = ET.Element("mrow")
        over[1].append(accent)


def _adapt(root: ET.Element, colours: Mapping[str, str]) -> None:
    """Rewrite what math-core says in CSS (colour, alignment, space) as the attributes that ziamath reads."""
    for element in list(root.iter()):
        colour = colours.get(element.attrib.pop("class", ""))
        style = _declarations(element.attrib.pop("style", ""))
        if colour or "color" in style:
            element.set("mathcolor", colour or style["color"])
        element.text = element.text and element.text.translate(_INVISIBLE)
        if element.tag == "mo" and not element.text:
            element.tag = "mspace"
            element.set("width", element.get("lspace", "0"))
        elif element.tag == "mspace" and "margin-left" in style:
            element.set("width", style["margin-left"])
        elif element.tag == "mo":
            _adapt_operator(element, style)
        elif element.tag == "mi" and len(element.text or "") > 1:
            element.tag = "mtext"  # ziamath sets thin spaces around names that are identifiers
        elif element.tag in _ADAPTED:
            _ADAPTED[element.tag](element)
        for name in ("width", "height", "depth", "lspace", "rspace", "minsize", "maxsize", "columnspacing"):
            if name in element.attrib:
                element.set(name, re.sub(r"([\d.]+)em", _shrunk, element.attrib[name]))


def _adapt_table(table: ET.Element) -> None:
    for row in table:
        aligned = []
        for cell in list(row):
            style = _declarations(cell.get("style", ""))
            if not len(cell) and "width" in style:
                row.remove(cell)
                continue
            aligned.append(style.get("text-align", "center"))
            if len(cell) > 1 and cell[0].tag == "mo" and unicodedata.category((cell[0].text or " ")[0]) == "Sm":
                cell[0].set("form", "infix")
        row.set("columnalign", " ".join(aligned))
    cells = [_declarations(cell.get("style", "")) for cell in table[0]]
    space = [_pad(one, "padding-right") + _pad(two, "padding-left") for one, two in pairwise(cells)]
    table.set("columnspacing", " ".join(f"{width}em" for width in space) or "0em")
    table.set("rowspacing", spacing.row_gap())
    table.set("aside", f"{_pad(cells[0], 'padding-left')} {_pad(cells[-1], 'padding-right')}")


_ADAPTED = {"mtable": _adapt_table, "mover": _adapt_accent, "msub": _adapt_scripts, "msubsup": _adapt_scripts}


def _shrunk(length: re.Match[str]) -> str:
    """Return a length in ziamath's em."""
    return f"{float(length[1]) * spacing.EM:.4f}em"


def _pad(style: Mapping[str, str], side: str) -> float:
    """Return a cell's padding in em; 0.4 where it says none (MathML Core's sheet)."""
    return float(style.get(side, "0.4em").removesuffix("em"))


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}
