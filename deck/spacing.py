"""The space in and around formulas in print, as browsers leave it: ziamath told what MathML Core 1 says.

https://www.w3.org/TR/mathml-core/; ziamath's nodes measure upwards from the baseline, their positions downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

EM = 0.75
"""ziamath's em is 4/3 of the font size."""
_SPACES = {"veryverythin": 1, "verythin": 2, "thin": 3, "medium": 4, "thick": 5, "verythick": 6}
"""Named spaces in eighteenths of an em (MathML 3, 2.1.5.2)."""
_EX = 0.473
"""Height of an x in STIX Two Math, in em."""
_ABOVE = 0.5 * _EX
"""What pads a table's cell above and below, in em (MathML Core 1, appendix A)."""

Place = Callable[[Any, Any, Any], tuple[float, float]]


def set_up(operators: Mapping[Any, dict[str, str]], scripts: ModuleType, tables: ModuleType) -> None:
    """Change the modules of ziamath that know operators, what stands over and under them, and tables."""
    for parameters in operators.values():
        for side in {"lspace", "rspace"} & parameters.keys():
            em = _SPACES.get(parameters[side].removesuffix("mathspace"))
            if em:
                parameters[side] = f"{em / 18 * EM:.4f}em"
    vars(scripts).update(place_over=_over(scripts.place_over), place_under=_under(scripts.place_under))
    for kind, change in ((scripts.Mover, _rise), (scripts.Munder, _drop), (tables.Mtable, _pad)):
        _afterwards(kind, change)


def _is_large(base: Any) -> bool:
    return base.params.get("largeop") == "true" and bool(base.style.displaystyle)


def _over(place: Place) -> Place:
    """Return `place` with the gap that a large operator has to its upper limit (3.4.4.3)."""

    def placed(base: Any, script: Any, font: Any) -> tuple[float, float]:
        x, y = place(base, script, font)
        known, px = font.math.consts, base.units_to_points
        if _is_large(base):
            gap = max(px(known.upperLimitGapMin), px(known.upperLimitBaselineRiseMin) + min(script.bbox.ymin, 0))
            y -= gap - px(known.overbarVerticalGap)
        return x, y

    return placed


def _under(place: Place) -> Place:
    """Return `place` with the gap that a large operator has to its lower limit (3.4.4.2)."""

    def placed(base: Any, script: Any, font: Any) -> tuple[float, float]:
        x, y = place(base, script, font)
        known, px = font.math.consts, base.units_to_points
        if _is_large(base):
            gap = max(px(known.lowerLimitGapMin), px(known.lowerLimitBaselineDropMin) - script.bbox.ymax)
            y += gap - px(known.underbarVerticalGap)
        return x, y

    return placed


def _afterwards(kind: Any, change: Callable[[Any], None]) -> None:
    """Let nodes of a kind be changed once they are laid out."""
    lay_out = kind._setup

    def laid_out(self: Any, **options: Any) -> None:
        lay_out(self, **options)
        change(self)

    kind._setup = laid_out


def _rise(over: Any) -> None:
    """Leave room above what stands over anything but a large operator, accents aside: these stand high enough."""
    if not _is_large(over.base) and over.element.get("accent") != "true":
        room = over.units_to_points(over.font.math.consts.overbarExtraAscender)
        over.bbox = over.bbox._replace(ymax=over.bbox.ymax + room)


def _drop(under: Any) -> None:
    """Leave room below what stands under anything but a large operator."""
    if not _is_large(under.base):
        room = under.units_to_points(under.font.math.consts.underbarExtraDescender)
        under.bbox = under.bbox._replace(ymin=under.bbox.ymin - room)


def _pad(table: Any) -> None:
    """Pad a table outside as its cells are padded: beside as its attribute `aside` says, left and right in em."""
    left, right, above = (float(em) * table.glyphsize for em in (*table.element.get("aside").split(), _ABOVE))
    xmin, xmax, ymin, ymax = table.bbox
    table.nodexy = [(x + left, y) for x, y in table.nodexy]
    table.bbox = type(table.bbox)(xmin, xmax + left + right, ymin - above, ymax + above)


def row_gap() -> str:
    """Return what parts the rows of a table: a cell's padding twice."""
    return f"{2 * _ABOVE * EM:.4f}em"
