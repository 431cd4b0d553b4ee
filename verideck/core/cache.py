"""What takes long to make of little text, kept between builds: formulas drawn for print, code coloured."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

from verideck.core import files, hashing

LIMIT = 1000
"""How many of each are kept, those made last."""
PATH = ".cache/painted.json"
"""The digest of the rest, a line break, then JSON: for each shelf its maker, and things by what made them."""
_shelves: dict[str, Shelf] = {}


class Shelf:
    """Things of one kind by what they are made from.

    revive: how one comes back from JSON. maker: tells one way to make them from another.
    """

    def __init__(self, name: str, revive: Callable[[Any], Any], maker: Callable[[], str]) -> None:
        self.things: dict[str, Any] = {}
        self.revive, self.maker = revive, maker
        _shelves[name] = self


@contextlib.contextmanager
def kept(root: Path) -> Iterator[None]:
    """Let what was made before be taken as it is, and keep what is made meanwhile.

    A file of another version, or damaged, counts as none; one that cannot be written is done without.
    """
    for name, things in _read(root).items():
        _shelves[name].things.update(things)
    known = _count()
    yield
    if _count() > known:
        latest = {name: [shelf.maker(), list(shelf.things.items())[-LIMIT:]] for name, shelf in _shelves.items()}
        body = json.dumps(latest, default=astuple).encode()
        with contextlib.suppress(OSError):
            files.replace(root / PATH, hashing.digest(body).encode() + b"\n" + body)


def _count() -> int:
    return sum(len(shelf.things) for shelf in _shelves.values())


def _read(root: Path) -> dict[str, dict[str, Any]]:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        digest, _, body = (root / PATH).read_bytes().partition(b"\n")
        if digest == hashing.digest(body).encode():
            return {
                name: {key: _shelves[name].revive(thing) for key, thing in things}
                for name, (maker, things) in json.loads(body).items()
                if maker == _shelves[name].maker()
            }
    return {}
