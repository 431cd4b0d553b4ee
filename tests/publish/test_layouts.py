"""Layouts: taken from the build that made them, remembered by the next, made where nobody knows them."""

from __future__ import annotations

import pytest

from tests.harness import DeckTest
from verideck.core.project import Sources
from verideck.publish import builder, layouts
from verideck.read import parser
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow

TALL = "# One\n\n" + "- a line\n" * 40


def refuse(*_: object) -> None:
    raise AssertionError("laid out once more")


def test_what_making_the_pdf_showed_is_checked_even_where_nothing_can_be_remembered(
    deck: DeckTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layouts, "lay_out", refuse)
    deck.write("slides/a.md", TALL).write(".cache/layouts", "in the way").run("build").fine().says("over the bottom")


def test_the_next_build_remembers_it(deck: DeckTest, monkeypatch: pytest.MonkeyPatch) -> None:
    deck.write("slides/a.md", TALL).run("build").fine()
    monkeypatch.setattr(layouts, "lay_out", refuse)
    deck.run("build").fine().says("over the bottom", "dist/ is up to date")


def test_what_only_notes_changed_is_still_known(deck: DeckTest, monkeypatch: pytest.MonkeyPatch) -> None:
    deck.write("slides/a.md", TALL).run("build").fine()
    monkeypatch.setattr(layouts, "lay_out", refuse)
    deck.edit("slides/a.md", "# One", "# One\n\n::: notes\nwhispered\n:::").run("build").fine().says("over the bottom")


def test_without_the_pdf_slides_are_laid_out_for_the_checks(deck: DeckTest) -> None:
    deck.write("slides/a.md", TALL).run("verify")
    assert "over the bottom" in deck.out
    assert (deck.root / ".cache/layouts/a").is_file()
    assert not (deck.root / "dist/a.pdf").exists()


def test_where_nothing_is_to_be_made_only_what_is_remembered_is_known(deck: DeckTest) -> None:
    deck.write("slides/a.md", TALL)
    sources = Sources(deck.root)
    one = builder.deck_builds([parser.parse("slides/a.md", sources).valid()], {}, sources, Fonts(deck.root))
    assert layouts.lay_out_decks(one, make=False) == {}
    made = layouts.lay_out_decks(one)
    assert made["slides/a.md"]
    assert layouts.lay_out_decks(one, make=False) == made
