"""Results by recipe key in .cache/results/: written whole or not at all, trusted only if every byte is as written."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
from pathlib import Path

from verideck.core import files
from verideck.core.hashing import digest, to_json
from verideck.core.run_model import Result, succeeded
from verideck.run.recipe import Recipe, recipe_key
from verideck.run.serialize import result_from_json, result_to_json

LIMIT = 512 << 20
"""Bytes that the store may take; what was used longest ago goes first."""
FORMAT = '{"sha256": "%s", "entry": '
"""Start of every entry, before the JSON that the digest is of and a closing brace."""


class Store:
    """Stored results of one project; damage of any kind reads as "not there"."""

    def __init__(self, root: Path, limit: int = LIMIT) -> None:
        self.folder = root / ".cache" / "results"
        self.limit = limit

    def get(self, key: str) -> Result | None:
        """Return the result of a recipe, or None where there is none that can be trusted."""
        entry = self._read(self.folder / f"{key}.json")
        if entry is None:
            return None
        with contextlib.suppress(OSError):
            os.utime(self.folder / f"{key}.json")  # used just now: the last to be removed
        return entry[1]

    def put(self, key: str, result: Result, recipe: Recipe) -> bool:
        """Keep a result; return whether it is kept: not if the run failed, or the folder cannot be written."""
        if not succeeded(recipe["raises"], result) or result.invalid:
            return False
        body = to_json({"key": key, "recipe": recipe, "result": result_to_json(result)})
        data = (FORMAT % digest(body)).encode() + body + b"}\n"
        try:
            files.replace(self.folder / f"{key}.json", data)
        except OSError:
            return False
        self._prune()
        return True

    def remove(self, key: str) -> None:
        """Forget the result of a recipe."""
        with contextlib.suppress(OSError):
            (self.folder / f"{key}.json").unlink()

    def latest(self, recipe: Recipe) -> tuple[Recipe, Result] | None:
        """Return recipe and result for `why`: of this very recipe, else last used of the same script and parameters.

        Code written in a slide has no name that lasts: of its deck's, the one most alike is meant.
        """
        if held := self._read(self.folder / f"{recipe_key(recipe)}.json"):
            return held
        files = sorted(_entries(self.folder), key=lambda file: file[0], reverse=True)
        found = [entry for _, _, path in files if path.suffix == ".json" and (entry := self._read(path))]
        wanted = _name(recipe)
        same = [entry for entry in found if _name(entry[0]) == wanted]
        if not recipe["snippet"].endswith(".py"):
            alike = difflib.get_close_matches(recipe["code"], [entry[0]["code"] for entry in same], 1, 0.5)
            same = [entry for entry in same if entry[0]["code"] in alike]
        return same[0] if same else None

    def _read(self, file: Path) -> tuple[Recipe, Result] | None:
        try:
            data = file.read_bytes()
            start = len(FORMAT % ("0" * 64))
            body = data[start:-2]
            if data[:start] != (FORMAT % digest(body)).encode() or data[-2:] != b"}\n":
                return None
            entry = json.loads(body)
            whole = entry["key"] == file.stem == recipe_key(entry["recipe"])
            return (entry["recipe"], result_from_json(entry["result"])) if whole else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _prune(self) -> None:
        """Remove what was used longest ago beyond the limit, and what killed builds left half written."""
        files.remove_leftovers(self.folder)
        total = 0
        for _, size, path in sorted(_entries(self.folder), key=lambda file: file[0], reverse=True):
            total += size
            if total > self.limit:
                with contextlib.suppress(OSError):
                    path.unlink()


def _name(recipe: Recipe) -> tuple[str, bytes]:
    return recipe["snippet"], to_json(recipe["parameters"])


def _entries(folder: Path) -> list[tuple[float, int, Path]]:
    """Return (modified, bytes, path) of the files in the store."""
    found = []
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            with contextlib.suppress(OSError):
                stat = file.stat()
                found.append((stat.st_mtime, stat.st_size, file))
    return found
