"""Pango's functions that WeasyPrint calls, under their own names, by our fonts, shapes and layouts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from types import SimpleNamespace
from typing import Any, NamedTuple

from verideck.render.pdf.text.fonts import UNITS, Font, FontMap, Style
from verideck.render.pdf.text.layout import Layout, Line
from verideck.render.pdf.text.segments import line_breaks, words
from verideck.render.pdf.text.shape import EMPTY, UNKNOWN, Run

PANGO_GLYPH_EMPTY, PANGO_GLYPH_UNKNOWN_FLAG = EMPTY, UNKNOWN
PANGO_STYLE_NORMAL, PANGO_STYLE_OBLIQUE, PANGO_STYLE_ITALIC = range(3)
(
    PANGO_STRETCH_ULTRA_CONDENSED,
    PANGO_STRETCH_EXTRA_CONDENSED,
    PANGO_STRETCH_CONDENSED,
    PANGO_STRETCH_SEMI_CONDENSED,
    PANGO_STRETCH_NORMAL,
    PANGO_STRETCH_SEMI_EXPANDED,
    PANGO_STRETCH_EXPANDED,
    PANGO_STRETCH_EXTRA_EXPANDED,
    PANGO_STRETCH_ULTRA_EXPANDED,
) = range(9)
PANGO_WRAP_WORD, PANGO_WRAP_CHAR, PANGO_WRAP_WORD_CHAR = range(3)
(
    PANGO_VARIANT_NORMAL,
    PANGO_VARIANT_SMALL_CAPS,
    PANGO_VARIANT_ALL_SMALL_CAPS,
    PANGO_VARIANT_PETITE_CAPS,
    PANGO_VARIANT_ALL_PETITE_CAPS,
    PANGO_VARIANT_UNICASE,
    PANGO_VARIANT_TITLE_CAPS,
) = range(7)
PANGO_TAB_LEFT = 0
PANGO_ELLIPSIZE_END = 3
PANGO_DIRECTION_LTR, PANGO_DIRECTION_RTL = range(2)
PANGO_FONT_MASK_SIZE, PANGO_FONT_MASK_GRAVITY = 1 << 5, 1 << 6
_WEIGHTS = {
    100: "Thin",
    200: "Ultra-Light",
    300: "Light",
    400: "",
    500: "Medium",
    600: "Semi-Bold",
    700: "Bold",
    800: "Ultra-Bold",
    900: "Heavy",
}
_STYLES = ("", "Oblique", "Italic")
_TO_THE_END = 1 << 31


@dataclass(slots=True)
class Rectangle:
    """PangoRectangle: 1/1024 px, downwards from the base line."""

    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class _Description:
    """PangoFontDescription: of a font that is wanted, or of one that is there (`font`)."""

    style: Style = field(default_factory=Style)
    font: Font | None = None


@dataclass(slots=True)
class _Attribute:
    """PangoAttribute: holds for the bytes from start to end."""

    kind: str
    value: Any
    start_index: int = 0
    end_index: int = _TO_THE_END


@dataclass(slots=True)
class _Context:
    fonts: FontMap
    language: str = ""


class _Layout(Layout):
    """PangoLayout."""

    attributes: list[_Attribute] | None = None
    _offsets: Sequence[int] = (0,)
    _made: tuple[_Line, _Line | None] | None = None

    def set_bytes(self, text: bytes) -> None:
        self.text = text.decode()
        self._offsets = byte_offsets(self.text)
        self._made = None

    def changed(self) -> None:
        self._made = None

    def apply(self) -> None:
        """Set the text as the attributes say."""
        features: dict[str, int] = {}
        spacings = []
        self.hyphens = True
        for one in self.attributes or ():
            if one.kind == "features":
                features |= one.value
            elif one.kind == "hyphens":
                self.hyphens = one.value
            else:
                spacings.append((self.character(one.start_index), self.character(one.end_index), one.value))
        self.setting = self.setting._replace(features=tuple(features.items()), spacings=tuple(spacings))

    def character(self, byte: int) -> int:
        """Return the index of the character that begins with a byte."""
        return bisect_left(self._offsets, min(byte, self._offsets[-1]))

    def made(self) -> tuple[_Line, _Line | None]:
        if self._made is None:
            self.apply()
            first, second = self.lines()
            after = None if second is None else _Line(Line((), 0, first.font), self._offsets, self._offsets[second], 0)
            self._made = _Line(first, self._offsets, 0, self._offsets[first.end]), after
        return self._made


class _Node(NamedTuple):
    """A run in a linked list."""

    data: SimpleNamespace
    next: _Node | None


class _Line:
    """PangoLayoutLine."""

    resolved_dir = PANGO_DIRECTION_LTR

    def __init__(self, line: Line, offsets: Sequence[int], start: int, length: int) -> None:
        self.line, self.start_index, self.length = line, start, length
        self._offsets = offsets

    @property
    def runs(self) -> list[_Node | None]:
        node = None
        for run in reversed(self.line.runs):
            node = _Node(_glyph_item(run, self._offsets), node)
        return [node]


def _glyph_item(run: Run, offsets: Sequence[int]) -> SimpleNamespace:
    start = offsets[run.start]
    glyphs = [
        SimpleNamespace(glyph=one.id, geometry=SimpleNamespace(width=one.advance, x_offset=one.dx, y_offset=-one.dy))
        for one in run.glyphs
    ]
    analysis = SimpleNamespace(font=run.font, level=0)
    return SimpleNamespace(
        item=SimpleNamespace(offset=start, length=offsets[run.end] - start, analysis=analysis),
        glyphs=SimpleNamespace(
            num_glyphs=len(glyphs), glyphs=glyphs, log_clusters=[offsets[one.at] - start for one in run.glyphs]
        ),
    )


def byte_offsets(text: str) -> Sequence[int]:
    """Return where the characters of a text begin in UTF-8, and its length."""
    if text.isascii():
        return range(len(text) + 1)
    return list(accumulate((len(char.encode()) for char in text), initial=0))


def pango_version() -> int:
    return 15000


# Contexts and languages


def pango_font_map_create_context(font_map: Any) -> _Context:
    return _Context(font_map.fonts)


def pango_context_set_round_glyph_positions(context: _Context, whole: bool) -> None:
    pass


def pango_context_set_base_dir(context: _Context, direction: int) -> None:
    pass


def pango_context_set_language(context: _Context, language: str) -> None:
    context.language = language


def pango_language_from_string(text: bytes) -> str:
    return text.decode()


def pango_language_get_default() -> str:
    return ""


# Layouts


def pango_layout_new(context: _Context) -> _Layout:
    return _Layout(context.fonts, context.language)


def pango_layout_set_auto_dir(layout: _Layout, whether: bool) -> None:
    pass


def pango_layout_set_font_description(layout: _Layout, description: _Description) -> None:
    layout.style = description.style
    layout.changed()


def pango_layout_set_text(layout: _Layout, text: bytes, length: int) -> None:
    layout.set_bytes(text)


def pango_layout_set_width(layout: _Layout, width: int) -> None:
    layout.width = width if width >= 0 else None
    layout.changed()


def pango_layout_set_wrap(layout: _Layout, mode: int) -> None:
    layout.anywhere = mode == PANGO_WRAP_CHAR
    layout.changed()


def pango_layout_set_ellipsize(layout: _Layout, mode: int) -> None:
    layout.ellipsis = mode == PANGO_ELLIPSIZE_END
    layout.changed()


def pango_layout_set_single_paragraph_mode(layout: _Layout, whether: bool) -> None:
    layout.joined = whether
    layout.changed()


def pango_layout_set_tabs(layout: _Layout, tabs: int) -> None:
    layout.tab = tabs
    layout.changed()


def pango_tab_array_new_with_positions(count: int, in_px: bool, kind: int, position: int) -> int:
    return position * UNITS


def pango_tab_array_free(tabs: int) -> None:
    pass


def pango_layout_get_attributes(layout: _Layout) -> list[_Attribute] | None:
    return layout.attributes


def pango_layout_set_attributes(layout: _Layout, attributes: list[_Attribute]) -> None:
    layout.attributes = attributes
    layout.changed()


def pango_attr_list_new() -> list[_Attribute]:
    return []


def pango_attr_list_unref(attributes: list[_Attribute]) -> None:
    pass


def pango_attr_list_insert(attributes: list[_Attribute], attribute: _Attribute) -> None:
    attributes.append(attribute)


pango_attr_list_change = pango_attr_list_insert


def pango_attr_font_features_new(features: bytes) -> _Attribute:
    """Take `kern 1,liga 0`."""
    parts = (one.rsplit(" ", 1) for one in features.decode().split(","))
    return _Attribute("features", {tag: int(value) for tag, value in parts})


def pango_attr_letter_spacing_new(spacing: int) -> _Attribute:
    return _Attribute("spacing", spacing)


def pango_attr_insert_hyphens_new(whether: bool) -> _Attribute:
    return _Attribute("hyphens", whether)


def pango_layout_get_line_readonly(layout: _Layout, number: int) -> _Line | None:
    return layout.made()[number]


def pango_layout_get_baseline(layout: _Layout) -> int:
    return layout.made()[0].line.ascent


def pango_layout_line_get_extents(line: _Line, ink: Rectangle | None, logical: Rectangle | None) -> None:
    facts = line.line
    if logical:
        logical.y, logical.width, logical.height = -facts.ascent, facts.width, facts.ascent + facts.descent
    if ink and facts.runs:  # for the height of one letter alone
        run = facts.runs[0]
        _ink(run.font, run.glyphs[0].id, ink)


def _ink(font: Font, glyph: int, ink: Rectangle) -> None:
    extents = font.hb.get_glyph_extents(glyph)
    if extents:
        ink.x, ink.y, ink.width, ink.height = extents.x_bearing, -extents.y_bearing, extents.width, -extents.height


# Where text may be broken


class _LogAttr(NamedTuple):
    is_line_break: bool = False
    is_word_start: bool = False
    is_word_end: bool = False

    @property
    def is_word_boundary(self) -> bool:
        return self.is_word_start or self.is_word_end


@lru_cache(5_000)
def _log_attrs(text: str) -> list[_LogAttr]:
    found = [_LogAttr(may) for may in line_breaks(text)]
    for start, end in words(text):
        found[start] = found[start]._replace(is_word_start=True)
        found[end] = found[end]._replace(is_word_end=True)
    return found


def pango_layout_get_log_attrs_readonly(layout: _Layout, count: None) -> list[_LogAttr]:
    return _log_attrs(layout.text)


def pango_get_log_attrs(text: bytes, length: int, level: int, language: str, attrs: list[Any], count: int) -> None:
    attrs[:] = _log_attrs(text.decode())


# Fonts


def pango_font_description_new() -> _Description:
    return _Description()


def pango_font_description_free(description: _Description) -> None:
    pass


def pango_font_description_set_family(description: _Description, names: bytes) -> None:
    families = tuple(name.strip() for name in names.decode().split(","))
    description.style = description.style._replace(families=families)


def pango_font_description_set_style(description: _Description, slant: int) -> None:
    description.style = description.style._replace(slant=slant)


def pango_font_description_set_stretch(description: _Description, width: int) -> None:
    description.style = description.style._replace(width=width)


def pango_font_description_set_weight(description: _Description, weight: float) -> None:
    description.style = description.style._replace(weight=int(weight))


def pango_font_description_set_absolute_size(description: _Description, size: float) -> None:
    description.style = description.style._replace(size=int(size))


def pango_font_description_set_variant(description: _Description, caps: int) -> None:
    pass  # WeasyPrint asks for the features, too


def pango_font_description_set_variations(description: _Description, variations: bytes) -> None:
    """Take `wght=500,wdth=80`."""
    parts = (one.split("=") for one in variations.decode().split(","))
    description.style = description.style._replace(variations=tuple((tag, float(value)) for tag, value in parts))


def pango_font_description_unset_fields(description: _Description, mask: int) -> None:
    pass


def pango_font_describe_with_absolute_size(font: Font) -> _Description:
    face = font.face
    weight = round(font.variations.get("wght", face.weight))
    variations = tuple(sorted(font.variations.items()))
    return _Description(Style((face.family,), weight, face.slant, face.width, font.size, variations), font)


def pango_font_description_get_family(description: _Description) -> bytes:
    return ",".join(description.style.families).encode()


def pango_font_description_get_style(description: _Description) -> int:
    return description.style.slant


def pango_font_description_get_weight(description: _Description) -> int:
    return description.style.weight


def pango_font_description_get_size(description: _Description) -> int:
    return description.style.size


def pango_font_description_get_variations(description: _Description) -> bytes | None:
    return ",".join(f"{tag}={value:g}" for tag, value in description.style.variations).encode() or None


def pango_font_description_to_string(description: _Description) -> bytes:
    """Return a name, then what tells this face from all others."""
    style = description.style
    weight = _WEIGHTS.get(style.weight, f"Weight-{style.weight}")
    name = " ".join(word for word in (*style.families, weight, _STYLES[style.slant]) if word)
    face = description.font.face.digest if description.font else ""
    return f"{name} #{face} {style.variations}".encode()


def pango_font_description_hash(description: _Description) -> bytes:
    return pango_font_description_to_string(description)


def pango_font_map_load_font(font_map: Any, context: _Context, description: _Description) -> Font:
    return context.fonts.first(description.style)


def pango_font_get_hb_font(font: Font) -> Any:
    return font.hb


def pango_font_get_glyph_extents(font: Font, glyph: int, ink: Rectangle, logical: Rectangle) -> None:
    _ink(font, glyph, ink)
    logical.y, logical.width, logical.height = -font.ascent, font.advance(glyph), font.ascent + font.descent


def pango_context_get_metrics(context: _Context, description: _Description, language: str) -> Font:
    return context.fonts.first(description.style)


def pango_font_get_metrics(font: Font, language: None) -> Font:
    return font


def pango_font_metrics_unref(font: Font) -> None:
    pass


def pango_font_metrics_get_ascent(font: Font) -> int:
    return font.ascent


def pango_font_metrics_get_descent(font: Font) -> int:
    return font.descent


def pango_font_metrics_get_underline_position(font: Font) -> int:
    return font.metric("UNDERLINE_OFFSET")


def pango_font_metrics_get_underline_thickness(font: Font) -> int:
    return font.metric("UNDERLINE_SIZE")


def pango_font_metrics_get_strikethrough_position(font: Font) -> int:
    return font.metric("STRIKEOUT_OFFSET")


def pango_font_metrics_get_strikethrough_thickness(font: Font) -> int:
    return font.metric("STRIKEOUT_SIZE")
