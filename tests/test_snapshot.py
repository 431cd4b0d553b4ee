"""Which changes in a project a snippet is blamed for."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from deck.snapshot import changed, take


@pytest.mark.parametrize("path", ["figures/a.svg", "data/a.csv", "snippets/model.db", "data/results.txt", "データ/a b"])
def test_files_that_are_new_written_or_gone_are_told(tmp_path: Path, path: str) -> None:
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    states = [take(tmp_path)]
    for text in ("one", "more"):
        file.write_text(text)
        states.append(take(tmp_path))
    os.utime(file, ns=(1, 1))
    states.append(take(tmp_path))
    file.unlink()
    states.append(take(tmp_path))
    assert [changed(*pair) for pair in pairwise(states)] == [(path,)] * 4
    assert changed(states[0], states[-1]) == ()


@pytest.mark.parametrize(
    "path",
    [
        *("slides/talk.md", "slides/photo.png", "templates/deck.css", "snippets/a.py", "README.md", "build.log"),
        *("snippets/.a.py.swp", "snippets/a.py~", "data/4913", ".git/index", ".cache/results/x", "dist/talk.html"),
        *("snippets/__pycache__/a.pyc", ".venv/bin/python"),
    ],
)
def test_what_people_and_tools_write_is_no_snippets_fault(tmp_path: Path, path: str) -> None:
    before = take(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("x")
    assert take(tmp_path) == before
