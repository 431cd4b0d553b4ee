"""Errors as text, and their exit codes; whole messages stand in cases/errors.md."""

from __future__ import annotations

import pytest

from verideck.core.errors import DECK, SNIPPET, DeckError, DeckErrors, SnippetError, did_you_mean, format_error
from verideck.core.run_model import Location

AT = Location("slides/a.md", 2, 3)


def test_errors_come_once_and_in_order_of_place() -> None:
    last, first = DeckError("b", Location("a.md", 9)), DeckError("a", Location("a.md", 2, 5))
    nowhere = DeckError("c")
    assert DeckErrors([last, first, nowhere, DeckError("b", Location("a.md", 9))]).errors[:2] == (nowhere, first)
    assert len(DeckErrors([last, DeckError("b", Location("a.md", 9))]).errors) == 1


def test_a_wrong_deck_comes_before_a_failed_snippet() -> None:
    assert DeckErrors([SnippetError("a"), DeckError("b")]).exit_code == DECK
    assert DeckErrors([SnippetError("a")]).exit_code == SNIPPET


@pytest.mark.parametrize(
    ("line", "caret"),
    [
        ("abc", "    |   ^"),
        ("傾き", "    |     ^"),
        ("e\u0301\u0301x", "    |  ^"),
        (None, None),
        ("   ", None),
    ],
)
def test_the_caret_stands_below_its_column(line: str | None, caret: str | None) -> None:
    text = format_error(DeckError("wrong", AT, "do right"), lambda path, number: line)
    assert text.splitlines()[0] == "slides/a.md:2:3: wrong"
    assert text.splitlines()[-1] == "  hint: do right"
    assert text.splitlines()[2:-1] == ([caret] if caret else [])


def test_control_characters_reach_no_terminal() -> None:
    error = SnippetError("a\x1b[31mb", AT, detail="x\x07\n\ty\x85z\n")
    text = format_error(error, lambda path, number: "l\x1b[0m\tl")
    assert text == "slides/a.md:2:3: a\\x1b[31mb\n  2 | l\\x1b[0m\tl\n    |   ^\n  x\\x07\n  \ty\\x85z"


def test_only_a_near_word_is_suggested() -> None:
    assert did_you_mean("figrue", ["figure", "output"]) == "did you mean 'figure'?"
    assert did_you_mean("xyz", ["figure", "output"]) == ""
    assert did_you_mean("evla", ["eval"]) == "did you mean 'eval'?"
    assert did_you_mean("Titel", ["title", "date"]) == "did you mean 'title'?"


@pytest.mark.parametrize(
    ("word", "candidate"),
    [("transition", "duration"), ("math", "author"), ("class", "css"), ("a", "b"), ("x", "xy")],
)
def test_what_is_no_likely_misspelling_is_not_suggested(word: str, candidate: str) -> None:
    assert did_you_mean(word, [candidate]) == ""


def test_invisible_characters_are_seen_in_an_error() -> None:
    error = DeckError("x", Location("slides/a.md", 1, 3), detail="y\u200b")
    lines = format_error(error, lambda path, line: "\u202eab").split("\n")
    assert [line.strip() for line in lines[1:]] == ["1 | ⟦U+202E⟧ab", "|          ^", "y⟦U+200B⟧"]
