"""What takes long to make, kept below .cache/ between builds: bytes by kind, name, and key of what made them.

An entry is a file: its bytes, then the digest of these with kind, name and key. A file of which that is not true counts
as none, whatever the reason. The bytes come first, so that a font can be read by its path.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any, Generic, TypeVar

from verideck.core import files
from verideck.core.folders import CACHE
from verideck.core.hashing import to_json

FORMAT = 1
"""Number of this format and of what is in the entries: those of another count as none."""
LIMIT = 512 << 20
"""Bytes that one kind may take; what was used longest ago goes first."""
MEMOS = 1000
"""How many memos of one kind are kept, those made last."""
T = TypeVar("T")


class Cache:
    """The entries of one kind. Many processes may use them at once."""

    def __init__(self, root: Path, kind: str, limit: int = LIMIT) -> None:
        self.folder = root / CACHE / kind
        self._limit = limit
        self._checked: dict[str, tuple[int, ...]] = {}

    def get(self, name: str, key: str = "") -> bytes | None:
        """Return the bytes of an entry; None where there is none of this key that is whole."""
        data = self._read(name, key)
        if data is not None:
            with contextlib.suppress(OSError):
                os.utime(self.folder / name)  # used just now: the last to be removed
        return data

    def path(self, name: str) -> Path | None:
        """Return the file of an entry without key, for what reads a file by its beginning; None as `get` does."""
        with contextlib.suppress(OSError):
            file = self.folder / name
            if self._checked.get(name) == _version(file) or self.get(name) is not None:
                self._checked[name] = _version(file)
                return file
        return None

    def write(self, name: str, data: bytes, key: str = "") -> Path:
        """Keep an entry and return its file; raises OSError, the entry then as it was."""
        files.replace(self.folder / name, data + self._seal(name, key, data))
        self._prune()
        return self.folder / name

    def put(self, name: str, data: bytes, key: str = "") -> bool:
        """Keep an entry; return whether it could be written."""
        with contextlib.suppress(OSError):
            self.write(name, data, key)
            return True
        return False

    def remove(self, name: str) -> None:
        """Forget an entry."""
        with contextlib.suppress(OSError):
            (self.folder / name).unlink()

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of the entries without key, last used first; they do not count as used."""
        for _, _, file in self._files():
            data = self._read(file.name, "")
            if data is not None:
                yield file.name, data

    def _read(self, name: str, key: str) -> bytes | None:
        with contextlib.suppress(OSError):
            whole = (self.folder / name).read_bytes()
            data = whole[:-64]
            return data if whole[-64:] == self._seal(name, key, data) else None
        return None

    def _seal(self, name: str, key: str, data: bytes) -> bytes:
        sealed = hashlib.sha256(to_json([FORMAT, self.folder.name, name, key]))
        sealed.update(data)
        return sealed.hexdigest().encode()

    def _files(self) -> list[tuple[float, int, Path]]:
        """Return (time of last use, bytes, path) of all files, last used first."""
        found = []
        with contextlib.suppress(OSError):
            for file in self.folder.iterdir():
                with contextlib.suppress(OSError):
                    stat = file.stat()
                    found.append((stat.st_mtime, stat.st_size, file))
        return sorted(found, reverse=True)

    def _prune(self) -> None:
        """Remove what was used longest ago beyond the limit, and what killed builds left half written."""
        files.remove_leftovers(self.folder)
        total = 0
        for _, size, file in self._files():
            total += size
            if total > self._limit:
                self.remove(file.name)


def _version(file: Path) -> tuple[int, ...]:
    stat = file.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


class Memo(Generic[T]):
    """Small things of one kind by what they are made from, for a process; between builds, too, where they are `kept`.

    revive: how one comes back from JSON. maker: tells one way to make them from another.
    """

    def __init__(self, name: str, revive: Callable[[Any], T], maker: Callable[[], str]) -> None:
        self.things: dict[str, T] = {}
        self.name, self.revive, self.maker = name, revive, maker
        _memos.append(self)

    def get(self, key: str, make: Callable[[], T]) -> T:
        """Return the thing made from `key`, made now if need be."""
        if key not in self.things:
            self.things[key] = make()
        return self.things[key]


_memos: list[Memo[Any]] = []


@contextlib.contextmanager
def kept(root: Path) -> Iterator[None]:
    """Let memos of earlier builds be taken as they are, and keep those made meanwhile."""
    cache = Cache(root, "memos")
    for memo in _memos:
        held = json.loads(cache.get(memo.name, memo.maker()) or b"[]")
        memo.things.update((key, memo.revive(thing)) for key, thing in held)
    known = {memo: len(memo.things) for memo in _memos}
    yield
    for memo in _memos:
        if len(memo.things) > known.get(memo, 0):
            latest = list(memo.things.items())[-MEMOS:]
            cache.put(memo.name, json.dumps(latest, default=astuple).encode(), memo.maker())
