"""Texts to runs and glyphs."""

from __future__ import annotations

import pytest

from tests.render.pdf.text.faces import SANS, SIZE, dejavu, font_map, tiny
from verideck.render.pdf.text.fonts import Descriptors, FontMap, Style
from verideck.render.pdf.text.shape import EMPTY, UNKNOWN, Setting, itemize, shape


def runs(text: str, faces: FontMap, *families: str, **setting: object) -> list[tuple[str, str]]:
    """Return (text, family) of the runs."""
    style = Style(families or ("Sans",), size=SIZE)
    return [
        (text[run.start : run.end], run.font.face.family)
        for run in shape(text, faces, style, Setting(**setting))  # type: ignore[arg-type]
    ]


def two(first: str, second: str, **more: object) -> FontMap:
    """Return two families, A and B, that have these letters."""
    faces = FontMap()
    faces.add(tiny(first), Descriptors("A"))
    faces.add(tiny(second, bool(more.get("coloured"))), Descriptors("B"))
    return faces


def test_each_letter_has_the_first_family_that_has_it() -> None:
    assert runs("abxyz", two("ab ", "bxyz"), "A", "B") == [("ab", "A"), ("xyz", "B")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", [("a b", "A")]),
        ("x a", [("x", "B"), (" a", "A")]),  # a blank goes with the better of its neighbours
        ("a x", [("a ", "A"), ("x", "B")]),
        (" x", [(" x", "B")]),
        ("\u200b", [("\u200b", "A")]),
        ("x\u2060x", [("x\u2060x", "B")]),
    ],
)
def test_blanks_take_the_font_of_what_is_around(text: str, expected: list[tuple[str, str]]) -> None:
    assert runs(text, two("ab ", "xy "), "A", "B") == expected


def test_a_letter_and_its_accents_have_one_font() -> None:
    assert runs("ae\u0301", two("ae", "e\u0301"), "A", "B") == [("a", "A"), ("e\u0301", "B")]
    assert runs("ae\u0301", two("aeé", "e\u0301"), "A", "B") == [("ae\u0301", "A")]


def test_what_no_font_has_is_named() -> None:
    found = shape("aカ", two("a", "b"), Style(("A",), size=SIZE), Setting())
    assert [glyph.id == UNKNOWN | ord("カ") for run in found for glyph in run.glyphs] == [False, True]


def test_an_emoji_is_in_colours_where_a_font_has_it_so() -> None:
    faces = two("a\U0001f600\u2713", "\U0001f600\u2713", coloured=True)
    assert runs("a\U0001f600", faces, "A", "B") == [("a", "A"), ("\U0001f600", "B")]
    assert runs("\u2713", faces, "A", "B") == [("\u2713", "A")]
    assert runs("\u2713\ufe0f", faces, "A", "B") == [("\u2713\ufe0f", "B")]
    assert runs("\U0001f600\ufe0e", faces, "A", "B") == [("\U0001f600\ufe0e", "A")]


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("abc, 1 (x)", ["Latn"]),
        ("1 + 2", ["Zyyy"]),
        ("(日)a", ["Hani", "Latn"]),
        ("日(a)。", ["Hani", "Latn", "Hani"]),  # a closing bracket goes with its opener
        ("日あア", ["Hani", "Hira", "Kana"]),
        ("aλ", ["Latn", "Grek"]),
    ],
)
def test_a_run_is_of_one_script(text: str, scripts: list[str]) -> None:
    faces = font_map().choices(SANS)
    assert [item.script for item in itemize(text, faces, ())] == scripts


def test_letters_are_joined_and_kerned_unless_features_say_no() -> None:
    faces = font_map()
    plain, apart = (
        shape("office AV", faces, SANS, Setting(features=features))[0].glyphs
        for features in ((), (("liga", 0), ("kern", 0)))
    )
    assert (len(plain), len(apart)) == (7, 9)  # ffi is one
    assert plain[-2].advance < apart[-2].advance


def test_spaced_letters_are_not_joined_and_stand_apart() -> None:
    faces = font_map()
    plain = shape("office", faces, SANS, Setting(features=(("liga", 0),)))[0]
    spaced = shape("office", faces, SANS, Setting(spacings=((0, 6, 2048),)))[0]
    assert len(spaced.glyphs) == 6
    assert spaced.width == plain.width + 6 * 2048
    assert [glyph.dx for glyph in spaced.glyphs] == [1024] * 6


def test_an_accent_gets_no_room_of_its_own() -> None:
    faces = font_map()
    plain, spaced = (
        shape("q\u0301q", faces, SANS, Setting(spacings=spacings))[0].width for spacings in ((), ((0, 3, 2048),))
    )
    assert spaced == plain + 2 * 2048


def test_signs_that_are_never_seen_have_no_glyph() -> None:
    (run,) = shape("a\u00adb", font_map(), SANS, Setting())
    assert [glyph.id == EMPTY for glyph in run.glyphs] == [False, True, False]
    assert run.glyphs[1].advance == 0


def test_features_of_a_face_hold_for_its_text_alone() -> None:
    faces = FontMap()
    faces.add(dejavu("Sans"), Descriptors("A", features={"liga": 0}))
    faces.add(dejavu("Sans"), Descriptors("B"))
    apart, joined = (len(shape("ffi", faces, Style((name,), size=SIZE), Setting())[0].glyphs) for name in "AB")
    assert (apart, joined) == (3, 1)
