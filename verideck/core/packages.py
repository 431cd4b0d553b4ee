"""Installed packages and their versions."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable

from verideck.core.interpreter import Interpreter, own_interpreter

VERSION = "0.1.0"
"""Version of Verideck."""


def installed(folders: Iterable[str]) -> dict[str, str]:
    """Return name → version of the distributions in `folders`, read from the names of their metadata folders."""
    found: dict[str, str] = {}
    for folder in folders:
        entries = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        for stem, kind in map(os.path.splitext, entries):
            if kind in (".dist-info", ".egg-info"):
                name, _, version = stem.partition("-")
                found.setdefault(name.lower().replace("_", "-"), version)
    return found


def versions(modules: Iterable[str], python: Interpreter | None = None) -> tuple[tuple[str, str], ...]:
    """Return Python's version, then (distribution, version) for the distributions of top-level modules, sorted."""
    python = python or own_interpreter()
    if python.own:
        import importlib.metadata  # slow, and only needed after runs

        distributions = {name for module in modules for name in _distributions().get(module, ())}
        found = sorted((name, importlib.metadata.version(name)) for name in distributions)
    else:
        others = _other_distributions(python.folders)
        found = sorted({pair for module in modules for pair in others.get(module, ())})
    return (("Python", python.version.partition(" ")[0]), *found)


@functools.cache
def _distributions() -> dict[str, list[str]]:
    import importlib.metadata

    return dict(importlib.metadata.packages_distributions())


@functools.cache
def _other_distributions(folders: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """Return top-level module → (distribution, version) of another interpreter."""
    import importlib.metadata

    found: dict[str, list[tuple[str, str]]] = {}
    for one in importlib.metadata.distributions(path=list(folders)):
        listed = (one.read_text("top_level.txt") or "").split()
        files = [str(file).partition("/")[0].partition(".")[0] for file in one.files or ()]
        for module in dict.fromkeys(listed or files):
            found.setdefault(module, []).append((one.name, one.version))
    return found
