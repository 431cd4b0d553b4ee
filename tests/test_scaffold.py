"""`new`: a deck to begin with, and the names that it may have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import DeckTest
from verideck.core.errors import UsageError
from verideck.scaffold import start

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", ["slides/my-talk.md", "my-talk", "./slides/my-talk.md"])
def test_a_new_deck_builds(deck: DeckTest, path: str) -> None:
    deck.run("new", path).fine().says("made slides/my-talk.md", "made snippets/my_talk.py")
    deck.build().ran("my_talk.py").wrote("dist/my-talk.html")
    assert [line for line in deck.out.split("\n") if "slides/my-talk.md:" in line] == []  # nothing to warn of
    deck.run("new", path).fails(2, "'slides/my-talk.md' exists already")


@pytest.mark.parametrize("path", ["../x.md", "/tmp/x.md", "slides/../x", "a b", "x.txt", ""])
def test_a_new_deck_has_a_plain_name(deck: DeckTest, path: str) -> None:
    deck.run("new", path).fails(2, "is not a valid name of a deck")
    assert not list((deck.root / "slides").iterdir())


def test_what_was_made_is_told_and_nothing_is_written_over(tmp_path: Path) -> None:
    assert start(tmp_path, "my-first_talk") == ("slides/my-first_talk.md", "snippets/my_first_talk.py")
    text = (tmp_path / "slides/my-first_talk.md").read_text()
    assert "title: My first talk" in text
    with pytest.raises(UsageError, match="exists already"):
        start(tmp_path, "my-first_talk")
    (tmp_path / "snippets/other.py").write_text("mine")
    with pytest.raises(UsageError, match=r"'snippets/other.py' exists already"):
        start(tmp_path, "other")
    assert not (tmp_path / "slides/other.md").exists()
