"""The store: results of runs in the cache, each under the key of its recipe."""

from __future__ import annotations

import contextlib
import difflib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from verideck.core.cache import LIMIT, Cache
from verideck.core.folders import is_script
from verideck.core.hashing import to_json
from verideck.core.run_model import Result, succeeded
from verideck.run.recipe import Recipe
from verideck.run.serialize import result_from_json, result_to_json


class Store:
    """Stored results of one project; a damaged entry counts as missing."""

    def __init__(self, root: Path, limit: int = LIMIT) -> None:
        self._cache = Cache(root, "results", limit)

    def get(self, key: str) -> Result | None:
        """Return the result of a recipe; None if it is missing or damaged."""
        entry = _entry(self._cache.get(key))
        return entry[1] if entry else None

    def put(self, key: str, result: Result, recipe: Recipe) -> bool:
        """Store a result; return False if the run failed or the folder cannot be written."""
        if not succeeded(recipe["raises"], result) or result.invalid:
            return False
        return self._cache.put(key, to_json({"recipe": recipe, "result": result_to_json(result)}))

    def remove(self, key: str) -> None:
        """Remove the result of a recipe."""
        self._cache.remove(key)

    def latest(self, recipe: Recipe) -> tuple[Recipe, Result] | None:
        """Return recipe and result for `why`: for this recipe, else the latest for the same script and parameters.

        For code in a slide, whose name changes with its line, it is the entry of the deck with the most similar code.
        """
        found = [entry for _, data in self._cache.entries() if (entry := _entry(data))]
        wanted = _name(recipe)
        same = [entry for entry in found if _name(entry[0]) == wanted]
        if held := [entry for entry in same if to_json(entry[0]) == to_json(recipe)]:
            return held[0]
        if not is_script(recipe["snippet"]):
            alike = difflib.get_close_matches(recipe["code"], [entry[0]["code"] for entry in same], 1, 0.5)
            same = [entry for entry in same if entry[0]["code"] in alike]
        return same[0] if same else None


def _entry(data: bytes | None) -> tuple[Recipe, Result] | None:
    """Return recipe and result; None if the data has another form."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        entry = json.loads(data or b"")
        return entry["recipe"], result_from_json(entry["result"])
    return None


def _name(recipe: Recipe) -> tuple[str, bytes]:
    return recipe["snippet"], to_json(recipe["parameters"])


def changed_inputs(result: Result, digest_of: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    """Yield (path, digest before, digest now) of the files that a run used and that changed; "" for a missing file.

    A stored result is valid if there are none.
    """
    for path, before in result.inputs:
        if (now := digest_of(path)) != before:
            yield path, before, now
