"""Markdown tokens read: in order, and as plain text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verideck.core.markdown_tokens import line_of, located, plain, walk
from verideck.core.project import Sources
from verideck.core.run_model import Location
from verideck.read import parser
from verideck.read.markdown import parse_text


def inline(text: str) -> list[Any]:
    tokens, errors = parse_text("slides/a.md", text)
    assert not errors
    return [token for token in tokens if token.type == "inline"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a *b* **c** `d`", "a b c d"),
        ("one\ntwo\\\nthree", "one two three"),
        ("[a link](#b) and ![a *picture*](p.png)", "a link and a picture"),
        ("$x^2$ \\* &amp;", "x^2 * &"),
        ("a <!-- not this -->", "a "),
        ("{eval}`a.py: x`", "…"),
    ],
)
def test_text_without_markup(text: str, shown: str) -> None:
    assert plain(inline(text)) == shown


def test_values_stand_where_they_are_known() -> None:
    class Known:
        def use_text(self, use: Any) -> str:
            return f"<{use.expression}>"

    sources = Sources(Path("nowhere"), {"slides/a.md": "# One\n\nIt is {eval}`a.py: x`.\n", "snippets/a.py": "x = 1\n"})
    (slide,) = parser.parse("slides/a.md", sources).valid().slides
    assert plain(slide.tokens, Known()) == "It is <x>."
    assert plain(slide.tokens) == "It is …."


def test_tokens_are_walked_in_order_and_words_of_pictures_on_wish() -> None:
    tokens, _ = parse_text("slides/a.md", "- one *two*\n- ![three](p.png) four\n")
    words = [token.content for token in walk(tokens) if token.type == "text" and token.content.strip()]
    assert [word.strip() for word in words] == ["one", "two", "three", "four"]
    outside = [token.content.strip() for token in walk(tokens, within_pictures=False) if token.type == "text"]
    assert [word for word in outside if word] == ["one", "two", "four"]


def test_a_token_stands_on_its_line_else_on_that_of_the_one_before() -> None:
    tokens, _ = parse_text("slides/a.md", "\none\ntwo\n\n- three\n")
    start = Location("slides/a.md", 9)
    places = {token.content: (at.line, at.column) for token, at in located(tokens, start) if token.type == "text"}
    assert places == {"one": (2, 1), "two": (3, 1), "three": (5, 3)}
    lines = [(line_of(token), at.line) for token, at in located(tokens, start) if token.nesting < 0]
    assert lines == [(0, 3), (0, 5), (0, 5), (0, 5)]
