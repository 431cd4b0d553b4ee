"""The nouns of a deck: what follows from their fields."""

from __future__ import annotations

import pytest

from verideck.core.deck_model import Deck, FigureUse, OutputUse, runs_of
from verideck.core.run_model import Location, Meta, RunId

AT = Location("slides/a.md", 1)


@pytest.mark.parametrize(
    ("path", "name"), [("slides/talk.md", "talk"), ("slides/talk.en.md", "talk.en"), ("talk.md", "talk")]
)
def test_a_deck_is_called_as_its_file(path: str, name: str) -> None:
    assert Deck(path, Meta(""), ()).name == name


def test_a_figure_may_show_several_runs_all_else_shows_one() -> None:
    runs = tuple(RunId("snippets/a.py", (("k", k),)) for k in (1, 2))
    figure = FigureUse(runs, "", "k", (1, 2), "k", None, ("x",), (), AT)
    assert runs_of(figure) == runs
    assert runs_of(OutputUse(runs[1], AT)) == (runs[1],)
