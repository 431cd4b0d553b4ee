"""What a result came from: the recipe asked for, the files that the run was seen to use, what changed since."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verideck.core.hashing import digest, engine_digest, to_json
from verideck.core.packages import installed
from verideck.core.run_model import Run

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
