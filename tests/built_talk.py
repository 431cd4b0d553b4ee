"""The talk as its readers get it: built once a session from the record, in a folder of its own, for all workers."""

from __future__ import annotations

import shutil
import time
import traceback
from pathlib import Path

from tests.harness import ROOT, DeckTest
from verideck.commands import Options, build

NAME = "hyperparameter-tuning"
EDITIONS = (NAME, f"{NAME}.en")
SECONDS = 200
"""How long a worker waits for the one that builds."""


def built(shared: Path, fonts: Path) -> Path:
    """Return a copy of the project with the talk's editions in dist/, and in said.txt what the build had to say."""
    root = shared / "talk"
    end = shared / "talk.end"
    try:
        root.mkdir()
    except FileExistsError:
        _wait_for(end)
        return root
    try:
        _build(root, fonts)
    except BaseException:
        _write(end, traceback.format_exc())
        raise
    _write(end, "")
    return root


def _build(root: Path, fonts: Path) -> None:
    DeckTest(root, fonts)
    for folder in ("slides", "snippets", "figures"):
        shutil.copytree(ROOT / folder, root / folder, dirs_exist_ok=True)
    report = build(Options(root, recorded=True), lambda *_: None)
    (root / "said.txt").write_text("\n".join(report.notes), "utf-8")


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
        raise RuntimeError(f"another worker did not build the talk:\n{said}")
