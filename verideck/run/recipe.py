"""What a result came from: the recipe asked for, the files that the run was seen to use, what changed since."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from verideck.core.hashing import digest, engine_digest, to_json
from verideck.core.packages import installed
from verideck.core.run_model import STARTED_PROCESSES, Result, Run, Value

Environment = Mapping[str, str]
"""Part of the machine → its version or digest.

Parts are `Python`, `package numpy`, `file matplotlibrc`, `font NAME`, `variable NAME`.
"""
Recipe = dict[str, Any]
"""All that is known of a run before it runs; JSON."""

PROGRAMS = Path(__file__).parent / "sandbox"
"""The folder of the programs that run snippets."""
VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Environment variables handed on to snippets: they choose how numbers are computed."""


def environment(style: Path | None, fonts: Iterable[Path]) -> dict[str, str]:
    """Return what every run depends on: Python, installed packages, our programs, the style, fonts.

    fonts: files of the cache, whose names end in the digest of what they were made from.
    """
    keys = [file.stem.rpartition("-") for file in fonts]
    return {
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        **{f"package {name}": version for name, version in installed(sys.path).items()},
        "file verideck": engine_digest("run"),
        **({f"file {style.name}": digest(style.read_bytes())} if style else {}),
        **{f"font {name}": key for name, _, key in keys},
        **{f"variable {name}": os.environ[name] for name in VARIABLES if name in os.environ},
    }


def make_recipe(run: Run, environment: Environment) -> Recipe:
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


def is_fresh(result: Result, digest_of: Callable[[str], str]) -> bool:
    """Whether all that the run was seen to use is as it was; `digest_of(path)` is "" for what is not there."""
    return all(digest_of(path) == before for path, before in result.inputs)


def reasons(before: Recipe, now: Recipe, result: Result, digest_of: Callable[[str], str]) -> tuple[str, ...]:
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
