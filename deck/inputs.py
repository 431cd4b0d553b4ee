"""What a result came from: the recipe asked for, the files that the run was seen to use, what changed since."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from deck.model import Result, Run, Value

Environment = Mapping[str, str]
"""Part of the machine → its version or digest: `Python`, `package numpy`, `file matplotlibrc`, `variable NAME`."""
Recipe = dict[str, Any]
"""All that is known of a run before it runs; JSON."""

PROGRAMS = ("supervisor.py", "alone.py", "child.py", "observer.py", "pyplot.py")
"""The files that run snippets."""
VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Environment variables handed on to snippets: they choose how numbers are computed."""
STARTED_PROCESSES = "(processes)"
"""Stands among a result's inputs for files that nobody saw being read, "" where the script declares them itself.

No such file is ever there.
"""


def environment(style: Path | None, fonts: Iterable[Path]) -> dict[str, str]:
    """Return what every run depends on: Python, installed packages, our programs, style and fonts, by content."""
    here = Path(__file__).parent
    files = [*(here / name for name in PROGRAMS), *([style] if style else []), *fonts]
    return {
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        **{f"package {name}": version for name, version in installed(sys.path).items()},
        **{f"file {file.name}": digest(file.read_bytes()) for file in files},
        **{f"variable {name}": os.environ[name] for name in VARIABLES if name in os.environ},
    }


def installed(folders: Iterable[str]) -> dict[str, str]:
    """Return name → version of the distributions in `folders`, from the names of their metadata folders alone."""
    found: dict[str, str] = {}
    for folder in folders:
        entries = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        for stem, kind in map(os.path.splitext, entries):
            if kind in (".dist-info", ".egg-info"):
                name, _, version = stem.partition("-")
                found.setdefault(name.lower().replace("_", "-"), version)
    return found


def digest(data: bytes) -> str:
    """Return the sha256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def to_json(value: Any) -> bytes:
    """Return `value` as JSON, keys in their order (that of a table's columns); inf and nan as Python writes them."""
    return json.dumps(value, separators=(",", ":")).encode()


def recipe(run: Run, environment: Environment) -> Recipe:
    """Return what makes `run` what it is, part by part, so that `why` can tell what changed."""
    path, source = run.snippet.path, run.snippet.source
    in_slide = not path.endswith(".py")
    return {
        "snippet": path,
        # Prose above code in a slide moves its lines; that matters only where a traceback is the result.
        "code": source.lstrip("\n") if in_slide and not run.raises else source,
        "parameters": {name: value for name, value in run.id.parameters},
        "expressions": sorted(run.expressions),
        "raises": run.raises,
        "declared": sorted(run.snippet.inputs),
        "environment": dict(environment),
    }


def recipe_key(recipe: Recipe) -> str:
    """Return the sha256 that names the result of a recipe."""
    return digest(to_json(recipe))


def succeeded(raises: str, result: Result) -> bool:
    """Whether a run gave what it was meant to give: no error, or the exception that it is meant to raise."""
    return result.error is None or (bool(raises) and result.error.kind == raises)


def used(result: Result) -> set[str]:
    """Return the files that a run used, by their content: neither what was not there, nor folders asked about."""
    return {path for path, digest in result.inputs if digest not in ("", "folder", "unknown")}


def is_fresh(result: Result, digest_of: Callable[[str], str]) -> bool:
    """Whether all that the run was seen to use is as it was; `digest_of(path)` is "" for what is not there."""
    return all(digest_of(path) == before for path, before in result.inputs)


def why(before: Recipe, now: Recipe, result: Result, digest_of: Callable[[str], str]) -> tuple[str, ...]:
    """Return in words what changed between a stored result and now; empty if it still holds."""
    reasons = [*_code(before, now), *_named("parameter", before["parameters"], now["parameters"])]
    for name, text in (("expressions", "expression"), ("declared", "declared input")):
        reasons += [f"{text} {item} is new" for item in now[name] if item not in before[name]]
        reasons += [f"{text} {item} is no longer asked for" for item in before[name] if item not in now[name]]
    if before["raises"] != now["raises"]:
        reasons.append(f"meant to raise {now['raises'] or 'nothing'}, before {before['raises'] or 'nothing'}")
    reasons += _named("", before["environment"], now["environment"])
    for path, then in result.inputs:
        if (current := digest_of(path)) != then:
            reasons.append(_file(path, then, current))
    return tuple(reasons)


def modules_imported(source: str) -> set[str]:
    """Return the modules that import statements of `source` may name (`a`, `a.b`); empty for code that does not parse.

    What follows `from a import` is named too, as it may be a module.
    """
    found: set[str] = set()
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return found
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*"}
    return found


def versions(modules: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return Python's version and (distribution, version) of what top-level modules belong to, sorted."""
    import importlib.metadata  # slow, and only needed where something ran

    distributions = {name for module in modules for name in _distributions().get(module, ())}
    found = sorted((name, importlib.metadata.version(name)) for name in distributions)
    return (("Python", platform.python_version()), *found)


@functools.cache
def _distributions() -> dict[str, list[str]]:
    import importlib.metadata

    return dict(importlib.metadata.packages_distributions())


def _code(before: Recipe, now: Recipe) -> list[str]:
    old, new = before["code"].split("\n"), now["code"].split("\n")
    if before["snippet"] != now["snippet"]:
        return [f"{now['snippet']} was {before['snippet']}"]
    if old == new:
        return []
    pairs = zip(old, new, strict=False)
    line = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), min(len(old), len(new)) + 1)
    return [f"{now['snippet']} changed, first in line {line}" if now["snippet"].endswith(".py") else "its code changed"]


def _named(kind: str, before: Mapping[str, Value], now: Mapping[str, Value]) -> list[str]:
    reasons = []
    for name in sorted(before.keys() | now.keys()):
        label = f"{kind} {name}".strip()
        if name not in now or name not in before:
            reasons.append(f"{label} is {'new' if name in now else 'gone'}")
        elif to_json(before[name]) != to_json(now[name]):
            detail = "changed" if name.startswith("file ") else f"was {before[name]}, is {now[name]}"
            reasons.append(f"{label.removeprefix('file ')} {detail}")
    return reasons


def _file(path: str, then: str, current: str) -> str:
    if path == STARTED_PROCESSES:
        return "it starts processes, and nobody sees what they read: name their files in a line `# inputs: …`"
    return f"{path} {'changed' if then and current else 'is gone' if then else 'is there now'}"
