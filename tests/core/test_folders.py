"""Paths in a project by names, and names by paths."""

import pytest

from verideck.core import folders


@pytest.mark.parametrize("name", ["ridge_fits.py", "deep/snippets/a.py"])
def test_a_script_has_its_name_back(name: str) -> None:
    assert folders.snippet_name(folders.snippet_path(name)) == name


def test_code_in_a_slide_is_named_by_its_place() -> None:
    assert folders.snippet_name("slides/talk.md:12") == "slides/talk.md:12"


def test_a_deck_has_its_name_back_and_shares_that_of_its_talk() -> None:
    assert folders.deck_name(folders.deck_path("talk.en")) == "talk.en"
    assert [folders.talk_name("talk.en", lang) for lang in ("en", "ja")] == ["talk", "talk.en"]


def test_a_script_is_told_apart_from_code_in_a_slide() -> None:
    assert [folders.is_script(path) for path in ("snippets/a.py", "slides/a.md", "slides/a.md:7")] == [
        True,
        False,
        False,
    ]


def test_decks_templates_and_built_files_lie_in_their_folders() -> None:
    paths = folders.deck_path("talk.en"), folders.template_path("deck.css"), folders.output_path("talk.en.pdf")
    assert paths == ("slides/talk.en.md", "templates/deck.css", "dist/talk.en.pdf")
