"""Caches below .cache/ that last between builds: bytes by kind, name, and a key of the inputs.

An entry is a file: its bytes, then their digest with kind, name and key. A file whose digest does not match counts as
missing. The bytes come first, so that other programs can read an entry, such as a font, by its path.
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
"""Version of this format and of the content of entries; entries of other versions count as missing."""
LIMIT = 512 << 20
"""Maximum size of one kind in bytes; the least recently used entries are removed."""
MEMOS = 1000
"""Maximum number of values of one memo that are kept between builds; the newest are kept."""
T = TypeVar("T")


class Cache:
    """The entries of one kind. Several processes may use them at the same time."""

    def __init__(self, root: Path, kind: str, limit: int = LIMIT) -> None:
        self.folder = root / CACHE / kind
        self._limit = limit
        self._checked: dict[str, tuple[int, ...]] = {}

    def get(self, name: str, key: str = "") -> bytes | None:
        """Return the bytes of an entry; None if it is missing, damaged, or has another key."""
        data = self._read(name, key)
        if data is not None:
            with contextlib.suppress(OSError):
                os.utime(self.folder / name)  # the most recently used entry is removed last
        return data

    def path(self, name: str) -> Path | None:
        """Return the file of an entry without key; None if it is missing or damaged."""
        with contextlib.suppress(OSError):
            file = self.folder / name
            if self._checked.get(name) == _version(file) or self.get(name) is not None:
                self._checked[name] = _version(file)
                return file
        return None

    def write(self, name: str, data: bytes, key: str = "") -> Path:
        """Write an entry and return its file; raises OSError, and then leaves the old entry unchanged."""
        files.replace(self.folder / name, data + self._seal(name, key, data))
        self._prune()
        return self.folder / name

    def put(self, name: str, data: bytes, key: str = "") -> bool:
        """Write an entry; return whether it could be written."""
        with contextlib.suppress(OSError):
            self.write(name, data, key)
            return True
        return False

    def remove(self, name: str) -> None:
        """Remove an entry if it exists."""
        with contextlib.suppress(OSError):
            (self.folder / name).unlink()

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of the entries without key, most recently used first. This does not count as a use."""
        for _, _, file in self._files():
            data = self._read(file.name, "")
            if data is not None:
                yield file.name, data

    def _read(self, name: str, key: str) -> bytes | None:
        with contextlib.suppress(OSError):
            whole = files.read(self.folder / name)
            data = whole[:-64]
            return data if whole[-64:] == self._seal(name, key, data) else None
        return None

    def _seal(self, name: str, key: str, data: bytes) -> bytes:
        sealed = hashlib.sha256(to_json([FORMAT, self.folder.name, name, key]))
        sealed.update(data)
        return sealed.hexdigest().encode()

    def _files(self) -> list[tuple[float, int, Path]]:
        """Return (time of last use, size in bytes, path) of all files, most recently used first."""
        found = []
        with contextlib.suppress(OSError):
            for file in self.folder.iterdir():
                with contextlib.suppress(OSError):
                    stat = file.stat()
                    found.append((stat.st_mtime, stat.st_size, file))
        return sorted(found, reverse=True)

    def _prune(self) -> None:
        """Remove the least recently used entries beyond the limit, and temporary files of killed builds."""
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
    """A memo of small values by key, for this process and, within `kept`, between builds.

    revive: makes a value from its JSON. maker: returns the digest of the code that makes the values.
    """

    def __init__(self, name: str, revive: Callable[[Any], T], maker: Callable[[], str]) -> None:
        self.values: dict[str, T] = {}
        self.name, self.revive, self.maker = name, revive, maker
        _memos.append(self)

    def get(self, key: str, make: Callable[[], T]) -> T:
        """Return the value of `key`; calls `make` if there is none yet."""
        if key not in self.values:
            self.values[key] = make()
        return self.values[key]


_memos: list[Memo[Any]] = []


@contextlib.contextmanager
def kept(root: Path) -> Iterator[None]:
    """Load the memos of earlier builds on entry, and save new values on exit."""
    cache = Cache(root, "memos")
    for memo in _memos:
        held = json.loads(cache.get(memo.name, memo.maker()) or b"[]")
        memo.values.update((key, memo.revive(value)) for key, value in held)
    known = {memo: len(memo.values) for memo in _memos}
    yield
    for memo in _memos:
        if len(memo.values) > known.get(memo, 0):
            latest = list(memo.values.items())[-MEMOS:]
            cache.put(memo.name, json.dumps(latest, default=astuple).encode(), memo.maker())
