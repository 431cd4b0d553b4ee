"""The fonts that a page brings: which one shows a character, and what it measures."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import uharfbuzz

UNITS = 1024
"""In a px: lengths are whole numbers of these."""
NORMAL_WIDTH = 4
"""Position of `normal` among the nine widths of CSS's font-stretch, from ultra-condensed."""
_WIDTHS = (50.0, 62.5, 75.0, 87.5, 100.0, 112.5, 125.0, 150.0, 200.0)


class Style(NamedTuple):
    """The font that a text asks for."""

    families: tuple[str, ...] = ()
    weight: int = 400
    slant: int = 0
    """0 roman, 1 oblique, 2 italic."""
    width: int = NORMAL_WIDTH
    size: int = 0
    """1/1024 px."""
    variations: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Descriptors:
    """What an @font-face rule says; None where the font itself is to say it."""

    family: str
    weight: int | None = None
    slant: int | None = None
    width: int | None = None
    ranges: tuple[tuple[int, int], ...] = ()
    features: Mapping[str, int] = field(default_factory=dict)


class Face:
    """A font file as an @font-face rule names it; raises ValueError for what is none."""

    def __init__(self, data: bytes, descriptors: Descriptors) -> None:
        self.family = descriptors.family
        self.features = dict(descriptors.features)
        self.digest = hashlib.sha256(data + repr(descriptors).encode()).hexdigest()[:16]
        self.hb = uharfbuzz.Face(data)
        if not self.hb.glyph_count:
            raise ValueError("no font")
        self._plain = uharfbuzz.Font(self.hb)
        self._ranges = descriptors.ranges
        self._axes = {axis.tag: axis for axis in self.hb.axis_infos} if self.hb.has_var_data else {}
        self._given = descriptors.weight is not None
        self.weight, self.slant, self.width = self._traits(descriptors)
        self.covers = lru_cache(None)(self._covers)
        self.at = lru_cache(None)(self._at)

    def _traits(self, said: Descriptors) -> tuple[int, int, int]:
        value, tags = self._plain.get_style_value, uharfbuzz.StyleTag
        weight = round(value(tags.WEIGHT)) if said.weight is None else said.weight
        slant = said.slant
        if slant is None:
            slant = 2 if value(tags.ITALIC) else 1 if value(tags.SLANT_ANGLE) else 0
        width = said.width
        if width is None:
            width = min(range(9), key=lambda one: abs(_WIDTHS[one] - value(tags.WIDTH)))
        return weight, slant, width

    def _covers(self, char: str) -> bool:
        if self._ranges and not any(first <= ord(char) <= last for first, last in self._ranges):
            return False
        return self._plain.get_nominal_glyph(ord(char)) is not None

    @cached_property
    def coloured(self) -> bool:
        """Whether it has pictures of glyphs in colours."""
        face = self.hb
        return bool(face.has_color_png or face.has_color_svg or face.has_color_layers or face.has_color_paint)

    def distance(self, style: Style) -> tuple[float, ...]:
        """Return how far it is from what is asked for, by CSS Fonts 4, 5.2: width first, then slant, then weight."""
        width = abs(self.width - style.width)
        slant = 0 if self.slant == style.slant else 1 if self.slant and style.slant else 2
        return (width, slant, *_weight_distance(style.weight, self._nearest("wght", style.weight, self.weight)))

    def _nearest(self, axis: str, wanted: float, otherwise: float) -> float:
        """Return the value nearest to the wanted one that the font can be set to."""
        if self._given or axis not in self._axes:
            return otherwise
        limits = self._axes[axis]
        return float(min(max(wanted, limits.min_value), limits.max_value))

    def _at(self, size: int, weight: int, variations: tuple[tuple[str, float], ...]) -> Font:
        if not self._axes:
            return Font(self, size, {})
        setting = {"wght": self._nearest("wght", weight, self.weight)} if "wght" in self._axes else {}
        return Font(self, size, setting | {tag: value for tag, value in variations if tag in self._axes})


def _weight_distance(wanted: float, weight: float) -> tuple[float, float]:
    if weight == wanted:
        return (0, 0)
    if 400 <= wanted <= 500:
        return (1 if wanted < weight <= 500 else 2 if weight < wanted else 3, abs(weight - wanted))
    return (1 if (weight < wanted) == (wanted < 400) else 2, abs(weight - wanted))


class Font:
    """A face at a size."""

    def __init__(self, face: Face, size: int, variations: Mapping[str, float]) -> None:
        self.face, self.size, self.variations = face, size, dict(variations)
        self.hb: Any = uharfbuzz.Font(face.hb)
        self.hb.scale = (size, size)
        if variations:
            self.hb.set_variations(self.variations)
        extents = self.hb.get_font_extents("ltr")
        self.ascent: int = extents.ascender
        self.descent: int = -extents.descender
        self.advance = lru_cache(None)(self.hb.get_glyph_h_advance)

    def metric(self, tag: str) -> int:
        """Return a length that the font states, or a usual one."""
        value: int = self.hb.get_metric_position_with_fallback(uharfbuzz.OTMetricsTag[tag])
        return value


class FontMap:
    """The fonts of a page."""

    def __init__(self) -> None:
        self.faces: list[Face] = []
        self.choices = lru_cache(None)(self._choices)
        self.paragraphs: dict[Any, Any] = {}
        """What was set in these fonts."""

    def add(self, data: bytes, descriptors: Descriptors) -> None:
        """Take a font; raises ValueError where it is none."""
        self.faces.append(Face(data, descriptors))
        self.choices.cache_clear()
        self.paragraphs.clear()

    def _choices(self, style: Style) -> tuple[Face, ...]:
        """Return all faces, the best first: by family as they are named, then by how near they are."""
        order = {name.casefold(): place for place, name in reversed(list(enumerate(style.families)))}
        last = len(order)
        ranked = sorted(self.faces, key=lambda one: (order.get(one.family.casefold(), last), one.distance(style)))
        return tuple(ranked) or (last_resort(),)

    def first(self, style: Style) -> Font:
        """Return the font that a text begins with, whatever it says."""
        return self.choices(style)[0].at(style.size, style.weight, style.variations)


@cache
def last_resort() -> Face:
    """Return the face for pages that bring none."""
    spec = importlib.util.find_spec("matplotlib")
    folders: Iterable[str] = (spec and spec.submodule_search_locations) or ()
    file = next(file for one in folders if (file := Path(one) / "mpl-data/fonts/ttf/DejaVuSans.ttf").is_file())
    return Face(file.read_bytes(), Descriptors("DejaVu Sans"))
