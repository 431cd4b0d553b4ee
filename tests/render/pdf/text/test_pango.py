"""Pango's functions by our engine: texts in bytes, attributes, descriptions of fonts."""

from __future__ import annotations

from typing import Any

from tests.render.pdf.text.faces import ADVANCE, SIZE, dejavu, font_map
from verideck.render.pdf.text import pango
from verideck.render.pdf.text.ffi import ffi
from verideck.render.pdf.text.fonts import Descriptors, FontMap


class Holder:
    """A font map as the rest of the engine holds it."""

    def __init__(self, fonts: FontMap) -> None:
        self.fonts = fonts


def description(family: str) -> Any:
    made = pango.pango_font_description_new()
    pango.pango_font_description_set_family(made, family.encode())
    pango.pango_font_description_set_weight(made, 400)
    pango.pango_font_description_set_absolute_size(made, SIZE)
    return made


def layout(text: str, family: str = "Mono", fonts: FontMap | None = None) -> Any:
    made = pango.pango_layout_new(pango.pango_font_map_create_context(Holder(fonts or font_map())))
    pango.pango_layout_set_font_description(made, description(family))
    pango.pango_layout_set_text(made, text.encode(), -1)
    return made


def nodes(line: Any) -> list[Any]:
    found, node = [], line.runs[0]
    while node != ffi.NULL:
        found.append(node.data)
        node = node.next
    return found


def test_lines_and_clusters_are_counted_in_bytes() -> None:
    made = layout("λx \u2192 y")
    pango.pango_layout_set_width(made, 3 * ADVANCE)
    first, second = (pango.pango_layout_get_line_readonly(made, number) for number in (0, 1))
    assert first
    assert second
    assert (first.start_index, first.length, second.start_index) == (0, 4, 4)
    pango.pango_layout_set_width(made, -1)
    whole = pango.pango_layout_get_line_readonly(made, 0)
    assert pango.pango_layout_get_line_readonly(made, 1) is None
    items = [(one.item.offset, one.item.length, one.glyphs.log_clusters) for one in nodes(whole)]
    assert items == [(0, 2, [0]), (2, 7, [0, 1, 2, 5, 6])]


def test_extents_are_downwards_from_the_base_line() -> None:
    made, box, ink = layout("x"), pango.Rectangle(), pango.Rectangle()
    line = pango.pango_layout_get_line_readonly(made, 0)
    assert line
    pango.pango_layout_line_get_extents(line, ink, box)
    assert (box.width, -box.y) == (ADVANCE, pango.pango_layout_get_baseline(made))
    assert 0 < -ink.y < -box.y < box.height


def test_features_and_spacing_are_attributes() -> None:
    made, attributes = layout("a b"), pango.pango_attr_list_new()
    pango.pango_attr_list_insert(attributes, pango.pango_attr_font_features_new(b"kern 1,liga 0"))
    everywhere, blank = (pango.pango_attr_letter_spacing_new(units) for units in (1024, 4096))
    everywhere.end_index, blank.start_index, blank.end_index = 3, 1, 2
    pango.pango_attr_list_change(attributes, everywhere)
    pango.pango_attr_list_change(attributes, blank)
    pango.pango_layout_set_attributes(made, attributes)
    line = pango.pango_layout_get_line_readonly(made, 0)
    assert line
    assert made.setting.features == (("kern", 1), ("liga", 0))
    assert line.line.width == 3 * ADVANCE + 4096 + 1024


def test_attributes_left_from_a_longer_text_do_no_harm() -> None:
    made, spacing = layout("日本語日本語"), pango.pango_attr_letter_spacing_new(1024)
    spacing.end_index = 18
    pango.pango_layout_set_attributes(made, [spacing])
    pango.pango_layout_set_text(made, "λ".encode(), -1)
    assert pango.pango_layout_get_line_readonly(made, 0)


def test_breaks_and_words_are_told_letter_by_letter() -> None:
    attrs: list[Any] = [None] * 8
    pango.pango_get_log_attrs("ab λμ.".encode(), 8, -1, "", attrs, 8)
    assert [place for place, one in enumerate(attrs) if one.is_line_break] == [3, 6]
    assert [place for place, one in enumerate(attrs) if one.is_word_end] == [2, 5]
    assert [place for place, one in enumerate(attrs) if one.is_word_boundary] == [0, 2, 3, 5]


def test_faces_of_one_family_have_names_of_their_own() -> None:
    fonts = font_map(("Sans", Descriptors("A", 700, 2)), ("Sans", Descriptors("A", 700, 2, ranges=((97, 98),))))
    said = []
    for face in fonts.faces:
        told = pango.pango_font_describe_with_absolute_size(face.at(SIZE, 700, ()))
        said.append(pango.pango_font_description_to_string(told))
        assert pango.pango_font_description_get_size(told) == SIZE
    assert all(one.startswith(b"A Bold Italic #") for one in said)
    assert said[0] != said[1]


def test_a_font_for_a_form_is_the_first_of_its_family() -> None:
    fonts = FontMap()
    fonts.add(dejavu("Serif"), Descriptors("Other"))
    fonts.add(dejavu("Sans"), Descriptors("Ours"))
    holder = Holder(fonts)
    font = pango.pango_font_map_load_font(holder, pango.pango_font_map_create_context(holder), description("Ours"))
    assert font.face.family == "Ours"
