"""Patches ziamath to space formulas as browsers do, by MathML Core 1.

https://www.w3.org/TR/mathml-core/; In ziamath, y points upwards in bounding boxes, but downwards in positions.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any, cast

from verideck.typeset import fonts

EM = 0.75
"""ziamath's em is 4/3 of the font size."""
_SPACES = {"veryverythin": 1, "verythin": 2, "thin": 3, "medium": 4, "thick": 5, "verythick": 6}
"""Named spaces in eighteenths of an em (MathML 3, 2.1.5.2)."""
_ACCENT = 0.06
"""Space between an accent and its letter in em, as in templates/deck.css."""
NEARLY = 0.98
"""Part of the requested height that browsers accept for a bracket."""
_EX = 0.473
"""Height of an x in STIX Two Math, in em."""
_ABOVE = 0.5 * _EX
"""Padding above and below a table cell in em (MathML Core 1, appendix A)."""

FENCES = frozenset("()[]{}\u2308\u2309\u230a\u230b\u27e8\u27e9")

Place = Callable[[Any, Any, Any], tuple[float, float]]


def set_up(operators: Mapping[Any, dict[str, str]], nodes: ModuleType) -> None:
    """Patch ziamath's operators and its nodes for operators, limits, scripts and tables."""
    limits, scripts = nodes.munderover, nodes.msubsup
    for parameters in operators.values():
        for side in {"lspace", "rspace"} & parameters.keys():
            em = _SPACES.get(parameters[side].removesuffix("mathspace"))
            if em:
                parameters[side] = f"{em / 18 * EM:.4f}em"
    vars(limits).update(place_over=_over(limits.place_over), place_under=_under(limits.place_under))
    _afterwards(limits.Mover, _rise)
    _afterwards(limits.Munder, _drop)
    _afterwards(nodes.mtable.Mtable, _pad)
    _afterwards(nodes.mroot.Mroot, _crown)
    _afterwards(nodes.mfrac.Mfrac, _tighten)
    _afterwards(nodes.moperator.Moperator, _centre)
    _reach(nodes.moperator.Moperator)
    _substitute(nodes)
    for kind in (scripts.Msub, scripts.Msup, scripts.Msubsup):
        _afterwards(kind, _trail)


def _reach(operator: Any) -> None:
    """Stretch an operator with the attribute `reach` to that width."""
    begin = operator.__init__

    def begun(self: Any, element: Any, parent: Any, **options: Any) -> None:
        width = {"width": float(element.attrib.pop("reach"))} if "reach" in element.attrib else {}
        begin(self, element, parent, **{**options, **width})

    operator.__init__ = begun


def _substitute(nodes: ModuleType) -> None:
    """Take letters that the mathematical font lacks, such as Japanese ones, from the font of texts."""
    from ziafont.glyph import SimpleGlyph
    from ziamath.mathfont import MathFont

    advance = SimpleGlyph.advance
    find, small = MathFont.findglyph, nodes.nodetools.subglyph

    def found(self: Any, char: str, variant: Any) -> Any:
        return (
            _text_font(char).glyph(char)
            if self.glyphindex(char) == 0 and not char.isspace()
            else find(self, char, variant)
        )

    def small_form(glyph: Any, font: Any) -> Any:
        return small(glyph, font) if glyph.font is font else glyph

    def advanced(self: Any, nextchr: Any = None) -> Any:
        return advance(self, nextchr if nextchr and nextchr.font is self.font else None)

    glyphs, mathematical = cast(Any, SimpleGlyph), cast(Any, MathFont)
    glyphs.advance, mathematical.findglyph = advanced, found
    for module in (nodes.mnumber, nodes.nodetools):
        module.subglyph = small_form


@cache
def _text_font(char: str) -> Any:
    """Return the font of texts with one letter."""
    from ziafont.font import Font

    with tempfile.NamedTemporaryFile(suffix=".ttf", delete=False) as file:
        file.write(fonts.one_weight(fonts.SANS, 400, char))
    try:
        return Font(file.name)
    finally:
        os.unlink(file.name)


def _is_large(base: Any) -> bool:
    return base.params.get("largeop") == "true" and bool(base.style.displaystyle)


def _over(place: Place) -> Place:
    """Return `place` with the correct gaps of upper limits on large operators (3.4.4.3) and of accents."""

    def placed(base: Any, script: Any, font: Any) -> tuple[float, float]:
        x, y = place(base, script, font)
        known, px = font.math.consts, base.units_to_points
        if _is_large(base):
            gap = max(px(known.upperLimitGapMin), px(known.upperLimitBaselineRiseMin) + min(script.bbox.ymin, 0))
            y -= gap - px(known.overbarVerticalGap)
        elif base.parent.element.get("accent") == "true":
            y += px(known.overbarVerticalGap) - _ACCENT * base.glyphsize
        return x, y

    return placed


def _under(place: Place) -> Place:
    """Return `place` with the correct gap from a large operator to its lower limit (3.4.4.2)."""

    def placed(base: Any, script: Any, font: Any) -> tuple[float, float]:
        x, y = place(base, script, font)
        known, px = font.math.consts, base.units_to_points
        if _is_large(base):
            gap = max(px(known.lowerLimitGapMin), px(known.lowerLimitBaselineDropMin) - script.bbox.ymax)
            y += gap - px(known.underbarVerticalGap)
        return x, y

    return placed


def _afterwards(kind: Any, change: Callable[[Any], None]) -> None:
    """Call `change` on each node of a kind after its layout."""
    lay_out = kind._setup

    def laid_out(self: Any, **options: Any) -> None:
        lay_out(self, **options)
        change(self)

    kind._setup = laid_out


def _rise(over: Any) -> None:
    """Add space above an overscript, except on a large operator."""
    if not _is_large(over.base):
        room = over.units_to_points(over.font.math.consts.overbarExtraAscender)
        over.bbox = over.bbox._replace(ymax=over.bbox.ymax + room)


def _crown(root: Any) -> None:
    """Add space above a root."""
    room = root.units_to_points(root.font.math.consts.radicalExtraAscender)
    root.bbox = root.bbox._replace(ymax=root.bbox.ymax + room)


def _drop(under: Any) -> None:
    """Add space below an underscript, except on a large operator."""
    if not _is_large(under.base):
        room = under.units_to_points(under.font.math.consts.underbarExtraDescender)
        under.bbox = under.bbox._replace(ymin=under.bbox.ymin - room)


def _tighten(fraction: Any) -> None:
    """Set the space beside a fraction as in browsers: 1 px for a formula of 40 px."""
    before, room = fraction.nodexy[-1][0], fraction.glyphsize / 40
    after = fraction.size_px("thinmathspace")
    fraction.nodexy = [(x - before + room, y) for x, y in fraction.nodexy]
    fraction.bbox = fraction.bbox._replace(xmax=fraction.bbox.xmax - before - after + 2 * room)


def _trail(scripts: Any) -> None:
    """Add the space after an operator also after its scripts."""
    if scripts.base.params.get("movablelimits") == "true" and not scripts.base.style.displaystyle:
        room = scripts.base.size_px(scripts.base.params.get("rspace", "0"))
        scripts.bbox = scripts.bbox._replace(xmax=scripts.bbox.xmax + room)


def _centre(operator: Any) -> None:
    """Centre a large operator on the math axis, and a bracket in its width, the attribute `aside` in em."""
    if _is_large(operator):
        low, high = operator.bbox[2:]
        drop = (low + high) / 2 - operator.units_to_points(operator.font.math.consts.axisHeight)
        operator.nodexy = [(x, y + drop) for x, y in operator.nodexy]
        operator.bbox = operator.bbox._replace(ymin=low - drop, ymax=high - drop)
    elif "aside" in operator.element.attrib and len(operator.nodes) == 1:
        width = float(operator.element.get("aside")) * operator.glyphsize
        operator.nodexy = [((width - operator.nodes[0].xadvance()) / 2, 0)]
        operator.bbox = operator.bbox._replace(xmax=width)


def _pad(table: Any) -> None:
    """Pad the outside of a table like its cells; the attribute `aside` is the padding left and right in em."""
    left, right, above = (float(em) * table.glyphsize for em in (*table.element.get("aside").split(), _ABOVE))
    xmin, xmax, ymin, ymax = table.bbox
    table.nodexy = [(x + left, y) for x, y in table.nodexy]
    table.bbox = type(table.bbox)(xmin, xmax + left + right, ymin - above, ymax + above)


def row_gap() -> str:
    """Return the space between table rows: twice the padding of a cell."""
    return f"{2 * _ABOVE * EM:.4f}em"
