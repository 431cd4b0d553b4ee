"""Which face shows a text, and what it measures."""

from __future__ import annotations

import io
from functools import cache

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont

from tests.render.pdf.text.faces import SIZE, dejavu, font_map, tiny
from verideck.render.pdf.text.fonts import Descriptors, Face, FontMap, Style


def chosen(faces: FontMap, **wanted: object) -> str:
    face = faces.choices(Style(size=SIZE, **wanted))[0]  # type: ignore[arg-type]
    return f"{face.family} {face.weight} {face.slant}"


def test_families_come_in_the_order_in_which_they_are_named() -> None:
    faces = font_map(("Sans", Descriptors("One")), ("Sans", Descriptors("Two")), ("Sans", Descriptors("Three")))
    order = [face.family for face in faces.choices(Style(("none", "three", "Two")))]
    assert order == ["Three", "Two", "One"]


@pytest.mark.parametrize(
    ("weights", "wanted", "found"),
    [
        ((400, 700), 600, 700),
        ((400, 700), 500, 400),
        ((300, 500), 400, 500),
        ((300, 600), 400, 300),
        ((300, 600), 500, 300),
        ((200, 400), 300, 200),
        ((400, 900), 300, 400),
        ((100, 500), 800, 500),
    ],
)
def test_the_nearest_weight_is_chosen_as_in_browsers(weights: tuple[int, ...], wanted: int, found: int) -> None:
    faces = font_map(*(("Sans", Descriptors("A", weight=weight, slant=0)) for weight in weights))
    assert chosen(faces, families=("A",), weight=wanted) == f"A {found} 0"


def test_slant_goes_before_weight() -> None:
    faces = font_map(("Sans", Descriptors("A", 700, 0)), ("Sans-Oblique", Descriptors("A", 400, 1)))
    assert chosen(faces, families=("A",), weight=700, slant=2) == "A 400 1"
    assert chosen(faces, families=("A",), weight=400, slant=0) == "A 700 0"


def test_what_a_rule_does_not_say_the_font_says_itself() -> None:
    face = Face(dejavu("Sans-BoldOblique"), Descriptors("A"))
    assert (face.weight, bool(face.slant), face.width) == (700, True, 4)


def test_a_range_hides_what_a_font_has_beside_it() -> None:
    face = Face(dejavu("Sans"), Descriptors("A", ranges=((0x61, 0x62), (0x64, 0x64))))
    assert [char for char in "abcde" if face.covers(char)] == ["a", "b", "d"]


def test_lengths_grow_with_the_size() -> None:
    faces = font_map()
    small, large = (faces.first(Style(("Sans",), size=size)) for size in (SIZE, 2 * SIZE))
    assert 0.9 < small.ascent / SIZE < 1
    assert 0.2 < small.descent / SIZE < 0.3
    assert large.ascent == pytest.approx(2 * small.ascent, abs=1)
    assert small.metric("UNDERLINE_SIZE") > 0 > small.metric("UNDERLINE_OFFSET")


def test_a_page_without_fonts_has_one() -> None:
    assert chosen(FontMap(), families=("Ours",)) == "DejaVu Sans 400 0"


def test_faces_of_one_name_are_told_apart() -> None:
    data = dejavu("Sans")
    assert Face(data, Descriptors("A")).digest == Face(data, Descriptors("A")).digest
    assert Face(data, Descriptors("A", ranges=((1, 2),))).digest != Face(data, Descriptors("A")).digest


@cache
def variable() -> bytes:
    """Return a font with an axis of weight from 300 to 800."""
    builder = FontBuilder(font=TTFont(io.BytesIO(tiny("a"))))
    builder.setupFvar([("wght", 300, 400, 800, "Weight")], [])
    builder.setupGvar({})
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("wanted", "set_to"), [(500, 500), (100, 300), (900, 800)])
def test_a_variable_font_is_set_to_the_weight_that_is_asked_for(wanted: int, set_to: int) -> None:
    faces = FontMap()
    faces.add(variable(), Descriptors("A"))
    assert faces.first(Style(("A",), wanted, size=SIZE)).variations == {"wght": set_to}


def test_settings_of_axes_are_taken_for_those_that_a_font_has() -> None:
    faces = FontMap()
    faces.add(variable(), Descriptors("A", weight=400))
    font = faces.first(Style(("A",), 700, size=SIZE, variations=(("wght", 350), ("slnt", 3))))
    assert font.variations == {"wght": 350}
