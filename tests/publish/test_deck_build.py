"""A deck and all that its files are made of: one key, one page for the screen, one for print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.decks import theme
from verideck.core.errors import UsageError
from verideck.core.project import Sources
from verideck.core.run_model import Result, RunId
from verideck.core.theme import Theme
from verideck.publish.deck_build import DeckBuild, page_key
from verideck.read import parser
from verideck.typeset.fonts import Fonts

RUN = RunId("snippets/a.py")
TEXT = "# One\n\n{eval}`a.py: w`\n\n::: notes\nsaid\n:::\n"
THEME = theme()


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., DeckBuild]:
    """Return a function that gives a deck with one result, and parts of it changed."""

    def make(text: str = TEXT, w: float = 0.5, **parts: Any) -> DeckBuild:
        for path, content in (("slides/a.md", text), ("snippets/a.py", "w = 0.5\n")):
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(content)
        sources = Sources(tmp_path)
        results = {RUN: Result(values={"w": w}, inputs=(("data.csv", "12"),))}
        deck = parser.parse("slides/a.md", sources).valid()
        return replace(DeckBuild(deck, results, sources, THEME, Fonts(tmp_path)), **parts)

    return make


@pytest.mark.parametrize(
    "change",
    [
        {"text": TEXT.replace("said", "say")},
        {"w": 0.25},
        {"editions": (("en", "a"), ("de", "a.de"))},
        {"theme": Theme({**THEME.templates, "print.css": ""}, THEME.palette)},
    ],
    ids=["text", "result", "editions", "theme"],
)
def test_all_that_a_file_is_made_of_changes_its_key(made: Callable[..., DeckBuild], change: dict[str, Any]) -> None:
    before = made().key
    assert made(**change).key != before


def test_what_no_page_shows_leaves_the_key(made: Callable[..., DeckBuild]) -> None:
    result = Result(values={"w": 0.5}, inputs=(("data.csv", "34"),))
    assert made(results={RUN: result, RunId("snippets/b.py"): Result("other")}).key == made().key


def test_the_time_that_a_pdf_states_is_part_of_the_key(
    made: Callable[..., DeckBuild], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made().key
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert made().key != before


def test_a_time_that_is_none_is_refused(made: Callable[..., DeckBuild], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    monkeypatch.setattr(Fonts, "static", lambda *_: Path("font.ttf"))
    with pytest.raises(UsageError, match="is not a number of seconds: 'yesterday'"):
        made().print_page()


def test_the_key_of_a_print_page_is_its_text_and_the_names_of_its_fonts() -> None:
    one = page_key("<p>", {"deck:a.ttf": Path("x/a-12.ttf")})
    assert page_key("<p>", {"deck:a.ttf": Path("elsewhere/a-12.ttf")}) == one
    assert page_key("<b>", {"deck:a.ttf": Path("x/a-12.ttf")}) != one
    assert page_key("<p>", {"deck:a.ttf": Path("x/a-34.ttf")}) != one
