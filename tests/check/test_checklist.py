"""The summary of a deck before a talk: a line a question."""

from __future__ import annotations

import pytest

from tests.decks import deck_of
from verideck.check.checklist import Line, make_checklist

TEXT = "---\nduration: 2min\n---\n\n# One {seconds=60}\n\n::: notes\nsaid\n:::\n\n---\n\n# Two\n"


def lines(
    text: str = TEXT,
    found: dict[str, int] | None = None,
    changed: int = 0,
    runs: int = 3,
) -> dict[str, Line]:
    made = make_checklist(deck_of(text)[0], runs, changed, found or {}, {"html": 1_234_000, "pdf": 99})
    return {line.name: line for line in made.lines}


def test_a_deck_that_is_ready_says_so_line_by_line() -> None:
    told = lines(TEXT.replace("# Two\n", "# Two\n\n::: notes\nmore\n:::\n"))
    assert list(told) == ["fresh", "offline", "readable", "fonts", "links", "notes", "time", "files"]
    assert all(line.fine for line in told.values())
    assert told["fresh"].text == "results run again and as recorded: 3"
    assert told["files"].text == "a.html 1,234 kB, a.pdf 0 kB"
    assert told["time"].text == "planned 1:00, notes about 0:01, talk 2:00"


@pytest.mark.parametrize(
    ("name", "text", "how"),
    [
        ("fresh", "results not as recorded: 1 of 3", {"changed": 1}),
        ("readable", "2 × overflow, 1 × contrast", {"found": {"overflow": 2, "contrast": 1}}),
        ("links", "1 × broken-link", {"found": {"broken-link": 1}}),
        ("offline", "1 × outside", {"found": {"outside": 1}}),
        ("fonts", "4 × glyph", {"found": {"glyph": 4}}),
        ("notes", "on 1 of 2 slides", {}),
    ],
)
def test_what_is_not_ready_is_told(name: str, text: str, how: dict[str, object]) -> None:
    assert lines(**how)[name] == Line(name, text, False)  # type: ignore[arg-type]


def test_a_deck_without_notes_time_and_results_lacks_nothing() -> None:
    told = lines("# One\n", runs=0)
    assert (told["fresh"].text, told["notes"].text, told["time"].text) == (
        "no results",
        "on 0 of 1 slides",
        "no times given",
    )
    assert told["notes"].fine
    assert told["time"].fine
