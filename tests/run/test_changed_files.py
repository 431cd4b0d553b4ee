"""Which changes in a project a snippet is blamed for."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import pytest

from verideck.run.changed_files import changed, take


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
    assert [changed(*pair, edited=False) for pair in pairwise(states)] == [(path,)] * 4
    assert changed(states[0], states[-1], edited=True) == ()


@pytest.mark.parametrize(
    "path",
    [
        *("slides/talk.md", "slides/photo.png", "templates/deck.css", "snippets/a.py", "README.md", "matplotlibrc"),
        *("verideck/run/local.py", "data.csv"),
    ],
)
def test_what_people_write_is_a_snippets_fault_only_if_it_started_processes(tmp_path: Path, path: str) -> None:
    (tmp_path / "slides").mkdir()
    before = take(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("x")
    assert changed(before, take(tmp_path), edited=False) == ()
    assert changed(before, take(tmp_path), edited=True) == (path,)


@pytest.mark.parametrize(
    "path",
    [
        *("snippets/.a.py.swp", "snippets/a.py~", "data/4913", ".git/index", ".cache/results/x", "dist/talk.html"),
        *("snippets/__pycache__/a.pyc", ".venv/bin/python", "build.log", "log"),
    ],
)
def test_what_tools_write_is_no_snippets_fault(tmp_path: Path, path: str) -> None:
    before = take(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("x")
    assert take(tmp_path) == before


def test_a_file_whose_size_and_date_are_as_before_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("1")
    status, before = file.stat(), take(tmp_path)
    file.write_text("2")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert changed(before, take(tmp_path), edited=True) == ("a.csv",)


def test_around_a_single_deck_only_two_levels_are_looked_at(tmp_path: Path) -> None:
    for path in ("talk.md", "data/a.csv", "other/deep/b.csv"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert set(take(tmp_path)) == {"talk.md", "data/a.csv"}
