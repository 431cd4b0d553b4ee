"""Finds files in dist/ that are not what a build would write now."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from verideck.core import files
from verideck.core.folders import ENDINGS, INDEX, output_path
from verideck.publish import index, output
from verideck.publish.deck_build import DeckBuild, page_key
from verideck.render import provenance_file

State = Literal["current", "outdated", "unknown", "left over"]
_LONGEST_FIRST = sorted(ENDINGS, key=len, reverse=True)
FLAGS = {"presenting.html": " --with-notes", "steps.pdf": " --steps", "notes.pdf": " --notes"}
"""Ending of an optional file → the option of `build` that makes it."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A file in dist/ that is not known to be current."""

    path: str
    deck: str
    """Path of its deck; "" for the index."""
    state: State
    """`unknown`: a PDF that is not listed in the cache. `left over`: a file of a deck that no longer exists."""
    arguments: str
    """Arguments of the command that builds it again."""


def not_current(versions: Sequence[Sequence[DeckBuild]], *, complete: bool) -> list[Presented]:
    """Return the existing files of decks in dist/ that differ from what a build writes.

    versions: the decks with equal results (recorded and fresh); a file of any version is current.
    complete: whether these are all decks of the project, so that the index is checked, too.
    """
    found: list[Presented] = []
    sizes: dict[str, dict[str, int]] = {}
    for builds in zip(*versions, strict=True):
        deck = builds[0].deck
        for kind in ENDINGS:
            path = output_path(f"{deck.name}.{kind}")
            file = builds[0].sources.root / path
            if os.path.lexists(file):
                state = _state(builds, kind, path)
                if state == "current":
                    sizes.setdefault(deck.name, {})[kind] = file.stat().st_size
                else:
                    found.append(Presented(path, deck.path, state, deck.name + FLAGS.get(kind, "")))
    if complete:
        found += (Presented(path, "", "left over", "") for path in _left_over(versions[0]))
    path = output_path(INDEX)
    if complete and not found and os.path.lexists(versions[0][0].sources.root / path):
        data = _read(versions[0][0], path)
        if not any(data == _index(builds, sizes) for builds in versions):
            found.append(Presented(path, "", "outdated", ""))
    return found


def _index(builds: Sequence[DeckBuild], sizes: dict[str, dict[str, int]]) -> bytes:
    first = builds[0]
    return index.write([one.deck for one in builds], first.results, first.theme, first.fonts, sizes).data


def _left_over(builds: Sequence[DeckBuild]) -> Iterator[str]:
    """Yield the files in dist/ that a build made for decks that no longer exist."""
    root, names = builds[0].sources.root, {one.deck.name for one in builds}
    for file in sorted((root / output_path("")).glob("*")):
        kind = next((kind for kind in _LONGEST_FIRST if file.name.endswith(f".{kind}")), "")
        name = file.name.removesuffix(f".{kind}")
        path = output_path(file.name)
        gone = kind and name not in names and path != output_path(INDEX)
        if gone and (output.is_listed(root, path) or _is_provenance(file.with_name(f"{name}.json"))):
            yield path


def _is_provenance(file: Path) -> bool:
    """Tell whether a file is the provenance of a deck."""
    try:
        data = json.loads(files.read(file))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(data, dict) and {"format", "deck", "runs", "slides"} <= data.keys()


def _read(deck_build: DeckBuild, path: str) -> bytes | None:
    try:
        return files.read(deck_build.sources.root / path)
    except OSError:
        return None


def _state(builds: Sequence[DeckBuild], kind: str, path: str) -> State:
    """Return whether a file is current: by its key in the cache, or else by building its content again."""
    root = builds[0].sources.root
    made = output.made(root, path)
    if made and any(made.key == one.key for one in builds):
        return "current"
    if kind.endswith("pdf"):
        if made:
            same = any(made.page == page_key(*one.print_page(kind)) for one in builds)
            return "current" if same else "outdated"
        return "outdated" if output.is_listed(root, path) else "unknown"
    data = _read(builds[0], path)
    if any(data == content for content in _contents(builds, kind)):
        return "current"
    if kind == "json" and not output.is_listed(root, path):
        # The recorded inputs of a run may depend on how it was started.
        told = _without_inputs(data)
        if told is not None and any(told == _without_inputs(content) for content in _contents(builds, kind)):
            return "current"
    return "outdated"


def _contents(builds: Sequence[DeckBuild], kind: str) -> Iterator[bytes]:
    for one in builds:
        if kind == "json":
            yield provenance_file(one.deck, one.results, one.sources).data
        else:
            yield one.html(notes=kind != "html")


def _without_inputs(data: bytes | None) -> Any:
    """Return a provenance file without the inputs of its runs; None if it is not one."""
    try:
        told = json.loads(data or b"")
        for run in told["runs"].values():
            del run["inputs"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return told
