"""Renders formulas as SVG for print."""

from __future__ import annotations

import copy
import re
import sys
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from verideck.core.cache import Memo
from verideck.core.hashing import engine_digest
from verideck.core.packages import installed
from verideck.typeset import ziamath_patches

_INVISIBLE = dict.fromkeys((0x2061, 0x2062, 0x2063, 0x2064, 0xFE00))


_LIMITS = {"munder": "msub", "mover": "msup", "munderover": "msubsup"}
"""Element of limits above and below → element of limits beside the operator."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as SVG; lengths in px."""

    svg: str
    """Outlines without ids, so that a page may contain it repeatedly."""
    width: float
    height: float
    depth: float
    """Extent below the baseline."""


def _maker() -> str:
    return f"{engine_digest('typeset')} {installed(sys.path).get('ziamath')}"


drawn = Memo("formulas", lambda fields: Drawing(*fields), _maker)
"""Arguments of `svg` → its result."""


def svg(mathml: str, size: float, colours: Mapping[str, str], ink: str) -> Drawing:
    """Return a formula as outlines for a font size in px; `colours` by role (`#rrggbb`), `ink` for all other parts."""
    key = repr((mathml, size, sorted(colours.items()), ink))
    return drawn.get(key, lambda: _svg(mathml, size, colours, ink))


def _svg(mathml: str, size: float, colours: Mapping[str, str], ink: str) -> Drawing:
    ziamath = _ziamath()
    root = ET.fromstring(mathml)
    if root.get("display") != "block":
        _lower(root)
    _enclose(root)
    _adapt(root, {f"sym sym-{role}": colour for role, colour in colours.items()})
    _stretch(root, size)
    root.set("mathcolor", ink)
    root.attrib.setdefault("display", "inline")
    formula = ziamath.Math(root, size=size, margin=0.0)
    box, width = formula.node.bbox, formula.node.xadvance()
    drawn = formula.svgxml()
    # The width is the advance, as in browsers, not the outline, which may extend beyond the box.
    _, top, _, height = drawn.get("viewBox", "").split()
    drawn.attrib |= {"viewBox": f"0 {top} {width:.2f} {height}", "width": f"{width:.2f}", "overflow": "visible"}
    return Drawing(ET.tostring(drawn, encoding="unicode"), width, box.ymax - box.ymin, -box.ymin)


@cache
def _ziamath() -> Any:
    """Return ziamath (slow to import), configured to draw paths without ids, which could collide in a page."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        import ziamath
    from ziamath import nodes
    from ziamath.config import config
    from ziamath.operators import operators

    config.svg2 = False
    config.precision = 2
    ziamath_patches.set_up(operators, nodes)
    return ziamath


_ARROWS = frozenset("←→↔⇐⇒⇔↩↪↦⇋⇌")


def _stretch(root: ET.Element, size: float) -> None:
    """Make arrows as wide as their labels, as browsers do; a script has 0.7 of the size."""
    for element in list(root.iter()):
        if element.tag in ("mover", "munder", "munderover") and element[0].tag == "mo" and element[0].text in _ARROWS:
            labels = (_ziamath().Math(_alone(label), size=0.7 * size, margin=0.0) for label in element[1:])
            element[0].set("reach", str(max(label.node.xadvance() for label in labels)))


def _enclose(root: ET.Element) -> None:
    """Draw frames and strokes, which the screen page draws by style sheet, as <menclose>."""
    for element in root.iter("mrow"):
        if "enclosed-" in (kinds := element.get("class", "")):
            element.tag = "menclose"
            element.set("notation", kinds.replace("enclosed-", ""))


def _alone(element: ET.Element) -> ET.Element:
    formula = ET.Element("math", display="inline")
    formula.append(copy.deepcopy(element))
    return formula


def _lower(root: ET.Element) -> None:
    """Place limits beside small operators, as in inline formulas."""
    from ziamath.operators import get_params

    if all(element.get("displaystyle") != "true" for element in root.iter()):
        for element in root.iter():
            base = element[0] if element.tag in _LIMITS else None
            if base is not None and base.tag == "mo" and get_params(base.text or "", "prefix").get("movablelimits"):
                element.tag = _LIMITS[element.tag]


def _adapt_operator(operator: ET.Element, style: Mapping[str, str]) -> None:
    """Set the size of a large operator by its style, not by its row, and the width of a bracket as on the screen."""
    from ziamath.operators import get_params

    text = operator.text or ""
    if get_params(text, "prefix").get("largeop"):
        operator.attrib.setdefault("lspace", "0.1667em")
        operator.attrib |= {"form": "prefix", "stretchy": "false"}
    elif text in ziamath_patches.FENCES and "width" in style:
        operator.set("aside", style["width"].removesuffix("em"))
        for name in {"minsize", "maxsize"} & operator.attrib.keys():
            operator.set(name, f"{float(operator.attrib[name].removesuffix('em')) * ziamath_patches.NEARLY:.4f}em")
    elif text in (",", ";", "."):
        operator.attrib.setdefault("rspace", "0.1667em")


def _adapt_scripts(scripts: ET.Element) -> None:
    if scripts[0].tag == "mpadded":
        scripts[0] = scripts[0][0]


def _adapt_accent(over: ET.Element) -> None:
    """Prevent ziamath from stretching accents, and make it draw an overline as a rule."""
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
            element.tag = "mtext"  # ziamath adds thin spaces around identifiers of several letters
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
        row.set("columnalign", " ".join(aligned))
    cells = [_declarations(cell.get("style", "")) for cell in table[0]]
    space = [_pad(left, "padding-right") + _pad(right, "padding-left") for left, right in pairwise(cells)]
    table.set("columnspacing", " ".join(f"{width}em" for width in space) or "0em")
    table.set("rowspacing", ziamath_patches.row_gap())
    table.set("aside", f"{_pad(cells[0], 'padding-left')} {_pad(cells[-1], 'padding-right')}")


_ADAPTED = {"mtable": _adapt_table, "mover": _adapt_accent, "msub": _adapt_scripts, "msubsup": _adapt_scripts}


def _shrunk(length: re.Match[str]) -> str:
    """Convert a length to ziamath's em."""
    return f"{float(length[1]) * ziamath_patches.EM:.4f}em"


def _pad(style: Mapping[str, str], side: str) -> float:
    """Return the padding of a cell in em; 0.4 by default (MathML Core's style sheet)."""
    return float(style.get(side, "0.4em").removesuffix("em"))


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip(): value.strip() for name, value in pairs}
