"""Paths in a project by names, and names by paths."""

import pytest

from verideck.core import folders


@pytest.mark.parametrize("name", ["ridge_fits.py", "deep/snippets/a.py"])
def test_a_script_has_its_name_back(name: str) -> None:
    assert folders.snippet_name(folders.snippet_path(name)) == name


def test_code_in_a_slide_is_named_by_its_place() -> None:
    assert folders.snippet_name("slides/talk.md:12") == "slides/talk.md:12"


def test_decks_templates_and_built_files_lie_in_their_folders() -> None:
    paths = folders.deck_path("talk.en"), folders.template_path("deck.css"), folders.output_path("talk.en.pdf")
    assert paths == ("slides/talk.en.md", "templates/deck.css", "dist/talk.en.pdf")
