"""`new`: a deck to begin with, and the names that it may have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.harness import DeckTest
from verideck.cli import main
from verideck.core.errors import UsageError
from verideck.core.packages import VERSION
from verideck.core.project import find_project
from verideck.scaffold import Started, start

pytestmark = pytest.mark.slow

FILES = {"slides/my-talk.md", "snippets/my_talk.py", "verideck.toml", ".gitignore", "AGENTS.md"}
FILES |= {".github/workflows/slides.yml"}


@pytest.mark.parametrize("path", ["slides/my-talk.md", "my-talk", "./slides/my-talk.md"])
def test_a_new_deck_builds(deck: DeckTest, path: str) -> None:
    deck.run("new", path).fine().says("made slides/my-talk.md", "made snippets/my_talk.py")
    deck.build().ran("my_talk.py").wrote("dist/my-talk.html")
    assert [line for line in deck.out.split("\n") if "slides/my-talk.md:" in line] == []  # nothing to warn of
    deck.run("new", path).fails(2, "'slides/my-talk.md' already exists")


@pytest.mark.parametrize("path", ["../x.md", "/tmp/x.md", "slides/../x", "a b", "x.txt", ""])
def test_a_new_deck_has_a_plain_name(deck: DeckTest, path: str) -> None:
    deck.run("new", path).fails(2, "is not a valid name of a deck")
    assert not list((deck.root / "slides").iterdir())


def test_what_was_made_is_told_and_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "slides").mkdir()
    paths = ("slides/my-first_talk.md", "snippets/my_first_talk.py")
    assert start(tmp_path, "my-first_talk", tmp_path) == Started(paths, "python build.py present my-first_talk")
    text = (tmp_path / "slides/my-first_talk.md").read_text()
    assert "title: My first talk" in text
    with pytest.raises(UsageError, match="already exists"):
        start(tmp_path, "my-first_talk", tmp_path)
    (tmp_path / "snippets/other.py").write_text("mine")
    with pytest.raises(UsageError, match=r"'snippets/other.py' already exists"):
        start(tmp_path, "other", tmp_path)
    assert not (tmp_path / "slides/other.md").exists()


@pytest.mark.parametrize("name", ["my-talk", "talks/2027/my-talk", "./my-talk/"])
def test_a_new_project_is_whole_and_the_next_command_stands_there(tmp_path: Path, name: str) -> None:
    started = start(tmp_path, name, None)
    folder = Path(name)
    assert started.next == f"cd {folder} && python build.py present"
    assert set(started.paths) == {str(folder / file) for file in FILES}
    assert all((tmp_path / path).is_file() for path in started.paths)
    assert find_project(tmp_path / folder / "snippets") == tmp_path / folder
    workflow = yaml.safe_load((tmp_path / folder / ".github/workflows/slides.yml").read_text())
    assert f"pip install verideck=={VERSION}" in str(workflow["jobs"])


def test_a_new_project_takes_no_folder_that_has_one(tmp_path: Path) -> None:
    (tmp_path / "talk").mkdir()
    (tmp_path / "talk/README.md").write_text("mine")
    assert start(tmp_path / "talk", ".", None).next == "python build.py present"
    with pytest.raises(UsageError, match=r"'slides' already exists"):
        start(tmp_path, "talk", None)
    assert (tmp_path / "talk/README.md").read_text() == "mine"
    (tmp_path / "file").touch()
    for name, said in (("file", "is a file"), ("file/talk", "cannot make"), ("a b", "is not a valid name of a deck")):
        with pytest.raises(UsageError, match=said):
            start(tmp_path, name, None)


def test_a_new_project_builds_and_verifies_without_a_finding(
    tmp_path: Path, fonts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "my-talk"]) == 0
    (tmp_path / "my-talk/.cache").mkdir(exist_ok=True)
    (tmp_path / "my-talk/.cache/fonts").symlink_to(fonts)
    monkeypatch.chdir(tmp_path / "my-talk/snippets")
    assert main(["build"]) == main(["figures"]) == 0
    said = capsys.readouterr().out
    assert "warning" not in said
    assert main(["verify", "--strict", "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["differences"], verdict["findings"], verdict["runs"]) == ([], [], 1)
    assert {file.name for file in (tmp_path / "my-talk/dist").iterdir()} >= {"my-talk.html", "my-talk.pdf"}
