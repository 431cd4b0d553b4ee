"""The recipe of a run: what its result depends on, as far as that is known before it runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verideck.core.hashing import digest, engine_digest, to_json
from verideck.core.interpreter import Interpreter, own_interpreter
from verideck.core.packages import installed
from verideck.core.run_model import Run

Environment = Mapping[str, str]
"""Part of the environment → its version or digest.

Parts are `Python`, `package numpy`, `file matplotlibrc`, `font NAME`, `variable NAME`.
"""
Recipe = dict[str, Any]
"""JSON data."""

PROGRAMS = Path(__file__).parent / "sandbox"
"""Folder of the sandbox programs."""
VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Environment variables that are passed on to snippets: they choose BLAS kernels, which may round differently."""


def environment(style: Path | None, fonts: Iterable[Path], python: Interpreter | None = None) -> dict[str, str]:
    """Return what every run depends on: Python, installed packages, the sandbox programs, the style, fonts.

    fonts: files in the cache, whose names end with the digest of their sources. python: None for Verideck's own.
    """
    python = python or own_interpreter()
    keys = [file.stem.rpartition("-") for file in fonts]
    return {
        "Python": python.version,
        **{f"package {name}": version for name, version in installed(python.folders).items()},
        "file verideck": engine_digest("run"),
        **({f"file {style.name}": digest(style.read_bytes())} if style else {}),
        **{f"font {name}": key for name, _, key in keys},
        **{f"variable {name}": os.environ[name] for name in VARIABLES if name in os.environ},
    }


def make_recipe(run: Run, environment: Environment) -> Recipe:
    """Return a run's recipe, part by part, so that `why` can name the part that changed."""
    of_cells = ", ".join(f"#{number} {cell.raises}" for number, cell in enumerate(run.snippet.cells, 1) if cell.raises)
    return {
        "snippet": run.snippet.path,
        "code": run.snippet.code,
        "parameters": {name: value for name, value in run.id.parameters},
        "expressions": sorted(run.expressions),
        "shows": sorted(run.shows),
        "raises": run.raises or of_cells,
        "parts": list(run.parts),
        "declared": sorted(run.snippet.inputs),
        "environment": dict(environment),
    }


def recipe_key(recipe: Recipe) -> str:
    """Return the SHA-256 of a recipe, the key of its result in the store."""
    return digest(to_json(recipe))
