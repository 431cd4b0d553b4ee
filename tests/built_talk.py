"""Decks as their readers get them: built once a session, each in a folder of its own, for all workers."""

from __future__ import annotations

import shutil
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.harness import ROOT, DeckTest
from verideck.commands import Options, build

NAME = "hyperparameter-tuning"
EDITIONS = (NAME, f"{NAME}.en")
SECONDS = 200
"""How long a worker waits for the one that builds."""


def built(shared: Path, fonts: Path) -> Path:
    """Return a copy of the project with the talk's editions in dist/, and in said.txt what the build had to say."""

    def build_talk(root: Path) -> None:
        _copy(ROOT, root, fonts, "slides", "snippets", "figures")
        report = build(Options(root, recorded=True), lambda *_: None)
        (root / "said.txt").write_text("\n".join(report.notes), "utf-8")

    return _once(shared / "talk", build_talk)


def showcase(shared: Path, fonts: Path) -> Path:
    """Return a project whose one deck shows what a page can do, its HTML in dist/: tests/showcase."""

    def build_showcase(root: Path) -> None:
        _copy(ROOT / "tests/showcase", root, fonts, "slides", "snippets").build()

    return _once(shared / "showcase", build_showcase)


def _copy(source: Path, root: Path, fonts: Path, *folders: str) -> DeckTest:
    project = DeckTest(root, fonts)
    for folder in folders:
        shutil.copytree(source / folder, root / folder, dirs_exist_ok=True)
    return project


def _once(root: Path, make: Callable[[Path], None]) -> Path:
    """Return a project that the first worker makes, and that the others wait for."""
    end = root.with_suffix(".end")
    try:
        root.mkdir()
    except FileExistsError:
        _wait_for(end)
        return root
    try:
        make(root)
    except BaseException:
        _write(end, traceback.format_exc())
        raise
    _write(end, "")
    return root


def _write(end: Path, text: str) -> None:
    """Write the sign that the build has ended, whole or not at all."""
    unseen = end.with_suffix(".tmp")
    unseen.write_text(text, "utf-8")
    unseen.replace(end)


def _wait_for(end: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while not end.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    said = end.read_text("utf-8") if end.exists() else f"no end after {SECONDS} s"
    if said:
        raise RuntimeError(f"another worker did not build {end.stem}:\n{said}")
