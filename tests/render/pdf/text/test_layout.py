"""The first line of a text."""

from __future__ import annotations

import pytest

from tests.render.pdf.text.faces import ADVANCE, MONO, SANS, SIZE, font_map
from verideck.render.pdf.text.fonts import FontMap, Style
from verideck.render.pdf.text.layout import Layout, Line
from verideck.render.pdf.text.shape import EMPTY, Setting

FACES = font_map()


def laid_out(text: str, letters: float | None, style: Style = MONO, **how: object) -> tuple[Line, int | None]:
    """Return the first line within the width of some letters, and where the second begins."""
    layout = Layout(FACES, "en")
    layout.text, layout.style = text, style
    layout.width = None if letters is None else round(letters * ADVANCE)
    for name, value in how.items():
        setattr(layout, name, value)
    return layout.lines()


@pytest.mark.parametrize(
    ("text", "letters", "line", "width"),
    [
        ("one two", None, "one two", 7),
        ("one two", 7, "one two", 7),
        ("one two", 6.9, "one ", 3),  # the blank at its end takes no room
        ("one two", 3, "one ", 3),
        ("one  two", 5, "one  ", 4),
        ("one two", 1, "one ", 3),  # the first word, even where it is too wide
        ("one", 1, "one", 3),
        ("one ", 3, "one ", 4),  # all fits: the blank stays
        ("日本", 1, "日", 1),
        ("", 5, "", 0),
    ],
)
def test_a_line_takes_what_fits(text: str, letters: float | None, line: str, width: int) -> None:
    found, second = laid_out(text, letters)
    assert text[: found.end] == line
    assert second == (found.end if found.end < len(text) else None)
    if text != "日本":
        assert found.width == width * ADVANCE


@pytest.mark.parametrize(
    ("text", "line", "second"), [("a\nb", "a", 2), ("a\r\nb", "a", 3), ("a\n", "a", 2), ("\nb", "", 1)]
)
def test_a_line_ends_where_the_text_says(text: str, line: str, second: int) -> None:
    found, at = laid_out(text, 80)
    assert (text[: found.end], at) == (line, second)


def test_a_joined_text_has_one_line() -> None:
    assert laid_out("a\nb", None, joined=True)[1] is None


def test_anywhere_is_between_all_clusters() -> None:
    assert laid_out("abcdef", 3.5, anywhere=True)[1] == 3
    assert laid_out("abe\u0301f", 2.5, anywhere=True)[1] == 2
    assert laid_out("abc", 0, anywhere=True)[1] == 1


def test_a_soft_hyphen_shows_where_a_line_ends_at_it() -> None:
    line, second = laid_out("hyphen\u00adated", 8)
    assert (second, line.width) == (7, 7 * ADVANCE)
    assert laid_out("ab hyphen\u00adated", 9.5)[1] == 3  # no room for the hyphen
    line, second = laid_out("hyphen\u00adated", 8, hyphens=False)
    assert (second, line.width) == (7, 6 * ADVANCE)
    assert laid_out("hyphen\u00adated", 20)[0].width == 10 * ADVANCE


def test_tabs_reach_to_the_next_stop() -> None:
    line, _ = laid_out("a\tbcd\t\te", None, tab=4 * ADVANCE)
    assert line.width == 13 * ADVANCE
    assert [run.width // ADVANCE for run in line.runs] == [1, 3, 3, 1, 4, 1]


def test_an_ellipsis_stands_for_what_does_not_fit() -> None:
    line, second = laid_out("one two three", 8, ellipsis=True)
    assert (line.end, second) == (13, None)
    assert line.width <= 8 * ADVANCE
    shown = [glyph for run in line.runs for glyph in run.glyphs]
    assert (len(shown), shown[-1].at, line.runs[-1].end) == (8, 7, 13)
    assert laid_out("one two", 8, ellipsis=True)[0].width == 7 * ADVANCE
    assert [len(run.glyphs) for run in laid_out("one", 0.5, ellipsis=True)[0].runs] == [1]


def test_spacing_is_between_letters_not_at_the_ends_of_a_line() -> None:
    line, _ = laid_out("abc", None, setting=Setting(spacings=((0, 3, 1024),)))
    assert line.width == 3 * ADVANCE + 2 * 1024
    line, _ = laid_out("ab cd", 3.5, setting=Setting(spacings=((0, 5, 1024),)))
    assert line.width == 2 * ADVANCE + 1024


def test_a_broken_line_is_shaped_as_it_then_stands() -> None:
    whole, cut = (laid_out(text, width, SANS, anywhere=True)[0] for text, width in (("A", None), ("AV", 1.2)))
    assert cut.end == 1
    assert cut.width == whole.width


def test_a_line_is_as_high_as_its_fonts() -> None:
    line, _ = laid_out("a日", None)
    assert (line.ascent, line.descent) == (line.runs[0].font.ascent, line.runs[0].font.descent)
    empty, _ = laid_out("", None)
    assert (empty.runs, empty.ascent, empty.descent) == ((), line.ascent, line.descent)


def test_nothing_is_seen_of_the_blank_at_a_break() -> None:
    line, _ = laid_out("a b", 1.5)
    assert (line.runs[-1].glyphs[-1].id, line.runs[-1].glyphs[-1].advance) == (EMPTY, 0)


def test_the_same_text_is_set_once() -> None:
    faces: FontMap = font_map()
    for width in (None, 100, 3 * ADVANCE):
        layout = Layout(faces, "en")
        layout.text, layout.style, layout.width = "one two", Style(("Sans",), size=SIZE), width
        layout.lines()
    assert len(faces.paragraphs) == 1
