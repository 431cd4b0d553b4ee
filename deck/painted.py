"""What takes long to make of little text, kept between builds: formulas drawn for print, code coloured."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import Any

from deck import files, highlight, inputs, spacing, tex

LIMIT = 1000
"""How many of each are kept, those made last."""
PATH = ".cache/painted.json"
"""The digest of the rest, a line break, then JSON: for each of `_SHELVES` what things are made from → the things."""
_SHELVES: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    "formulas": (tex.drawn, lambda drawing: tex.Drawing(*drawing)),
    "code": (highlight.coloured, tuple),
}
"""Where things are made: those there are, and how one comes back from JSON."""


@contextlib.contextmanager
def kept(root: Path) -> Iterator[None]:
    """Let what was made before be taken as it is, and keep what is made meanwhile.

    A file of another version, or damaged, counts as none; one that cannot be written is done without.
    """
    for name, things in _read(root).items():
        _SHELVES[name][0].update(things)
    known = _count()
    yield
    if _count() > known:
        latest = {name: list(things.items())[-LIMIT:] for name, (things, _) in _SHELVES.items()}
        body = json.dumps([_maker(), latest], default=astuple).encode()
        with contextlib.suppress(OSError):
            files.replace(root / PATH, inputs.digest(body).encode() + b"\n" + body)


def _count() -> int:
    return sum(len(things) for things, _ in _SHELVES.values())


def _read(root: Path) -> dict[str, dict[str, Any]]:
    with contextlib.suppress(OSError, ValueError, TypeError):
        digest, _, body = (root / PATH).read_bytes().partition(b"\n")
        if digest == inputs.digest(body).encode():
            maker, things = json.loads(body)
            if maker == _maker():
                return {
                    name: {key: revive(thing) for key, thing in things[name]} for name, (_, revive) in _SHELVES.items()
                }
    return {}


@cache
def _maker() -> str:
    """Return what tells one way to make them from another."""
    modules = b"".join(Path(str(module.__file__)).read_bytes() for module in (tex, spacing, highlight))
    installed = inputs.installed(sys.path)
    return f"{inputs.digest(modules)} {installed.get('ziamath')} {installed.get('pygments')}"
