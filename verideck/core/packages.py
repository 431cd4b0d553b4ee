"""Installed packages and their versions."""

from __future__ import annotations

import functools
import os
import platform
from collections.abc import Iterable

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


def versions(modules: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return Python's version, then (distribution, version) for the distributions of top-level modules, sorted."""
    import importlib.metadata  # slow, and only needed after runs

    distributions = {name for module in modules for name in _distributions().get(module, ())}
    found = sorted((name, importlib.metadata.version(name)) for name in distributions)
    return (("Python", platform.python_version()), *found)


@functools.cache
def _distributions() -> dict[str, list[str]]:
    import importlib.metadata

    return dict(importlib.metadata.packages_distributions())
