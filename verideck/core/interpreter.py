"""The Python that runs a project's snippets, which may be another one than Verideck's own."""

from __future__ import annotations

import functools
import json
import os
import platform
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verideck.core.errors import DeckError, UsageError, did_you_mean
from verideck.core.folders import CONFIG
from verideck.core.run_model import Location

VARIABLE = "VERIDECK_PYTHON"
"""Environment variable that names the interpreter; the option `--python` sets it."""
_LIBRARIES = ("purelib", "platlib", "stdlib")
_PROBE = f"""\
import json, platform, sys, sysconfig
print(json.dumps({{
    "version": f"{{platform.python_version()}} ({{platform.python_implementation()}})",
    "prefix": sys.prefix,
    "folders": [folder for folder in sys.path if folder],
    "libraries": {{name: sysconfig.get_path(name) for name in {_LIBRARIES}}},
}}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python with its packages."""

    path: str
    version: str
    """Version and implementation: `3.13.1 (CPython)`."""
    prefix: str
    folders: tuple[str, ...]
    """Its `sys.path`."""
    libraries: Mapping[str, str] = field(hash=False)
    """Name of a folder of libraries (`purelib`) → path."""

    @property
    def own(self) -> bool:
        """Whether this is the Python that runs Verideck."""
        return self.path == sys.executable


def interpreter(root: Path) -> Interpreter:
    """Return the Python that runs the snippets of a project.

    It is the one of `--python`, else `python` in verideck.toml, else that of the project's .venv, else Verideck's own.
    Raises UsageError or DeckError for one that does not work.
    """
    path = os.environ.get(VARIABLE, "") or _configured(root) or _virtual(root)
    return _probe(path) if path and not _is_own(path) else own_interpreter()


def in_uvx() -> bool:
    """Tell whether Verideck runs in a temporary environment of uvx, whose commands are not on the user's path."""
    return "archive-v0" in Path(sys.prefix).parts


def add_packages(python: str, package: str) -> str:
    """Return what to type, so that an interpreter has a package."""
    if in_uvx() and _is_own(python):
        return f"add `--with {package}` after uvx"
    return f"{python} -m pip install {package}"


def _configured(root: Path) -> str:
    at = Location(CONFIG)
    try:
        text = (root / CONFIG).read_text("utf-8")
        settings = tomllib.loads(text)
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise DeckError(f"cannot read the settings: {error}", at, "correct the file: it is TOML") from None
    for name, value in settings.items():
        line = next((n for n, one in enumerate(text.split("\n"), 1) if one.strip().startswith(name)), 0)
        if name != "python":
            hint = did_you_mean(name, ["python"]) or "the only setting is python"
            raise DeckError(f"unknown setting '{name}'", Location(CONFIG, line), hint)
        if not isinstance(value, str) or not (root / value).is_file():
            hint = 'name an interpreter: python = ".venv/bin/python"'
            raise DeckError(f"'{value}' is not a file", Location(CONFIG, line), hint)
    python = settings.get("python", "")
    return os.path.abspath(root / python) if python else ""


def _virtual(root: Path) -> str:
    """Return the interpreter of the project's virtual environment; "" without one."""
    files = (root / ".venv" / name for name in ("bin/python", "Scripts/python.exe"))
    return next((str(file) for file in files if file.is_file()), "")


def _is_own(path: str) -> bool:
    """Tell whether a path names the interpreter of Verideck: the same environment, not only the same binary."""
    own, other = Path(sys.executable), Path(path)
    return own == other or (own.name[:6] == other.name[:6] and own.parent.resolve() == other.parent.resolve())


def own_interpreter() -> Interpreter:
    """Return the Python that runs Verideck."""
    return _own(tuple(filter(None, sys.path)))


@functools.cache
def _own(folders: tuple[str, ...]) -> Interpreter:
    libraries = {name: sysconfig.get_path(name) for name in _LIBRARIES}
    version = f"{platform.python_version()} ({platform.python_implementation()})"
    return Interpreter(sys.executable, version, sys.prefix, folders, libraries)


@functools.cache
def _probe(path: str) -> Interpreter:
    hint = "name another interpreter: `--python PATH`, or python in verideck.toml"
    try:
        done = subprocess.run([path, "-P", "-c", _PROBE], capture_output=True, text=True, timeout=60, check=True)
        told = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", "") or str(error)
        last = reason.strip().split("\n")[-1]
        raise UsageError(f"'{path}' is not a Python of version 3.11 or newer: {last}", None, hint) from None
    return Interpreter(path, told["version"], told["prefix"], tuple(told["folders"]), told["libraries"])
