"""Formulas once drawn for print, kept between builds: drawing one takes as long as setting the rest of its slide."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import astuple
from functools import cache
from pathlib import Path

from deck import files, inputs, spacing, tex

LIMIT = 1000
"""How many are kept, those drawn last."""
PATH = ".cache/formulas.json"
"""The digest of the rest, a line break, then JSON: what a formula is drawn from → its drawing."""


@contextlib.contextmanager
def kept(root: Path) -> Iterator[None]:
    """Let formulas that were drawn before be taken as they are, and keep those that are drawn meanwhile.

    A file of another version, or damaged, counts as none; one that cannot be written is done without.
    """
    tex.drawn.update(_read(root))
    known = len(tex.drawn)
    yield
    if len(tex.drawn) > known:
        latest = [(key, astuple(drawing)) for key, drawing in tex.drawn.items()][-LIMIT:]
        body = json.dumps([_maker(), latest]).encode()
        with contextlib.suppress(OSError):
            files.replace(root / PATH, inputs.digest(body).encode() + b"\n" + body)


def _read(root: Path) -> dict[str, tex.Drawing]:
    with contextlib.suppress(OSError, ValueError, TypeError):
        digest, _, body = (root / PATH).read_bytes().partition(b"\n")
        if digest == inputs.digest(body).encode():
            maker, drawings = json.loads(body)
            if maker == _maker():
                return {key: tex.Drawing(*drawing) for key, drawing in drawings}
    return {}


@cache
def _maker() -> str:
    """Return what tells one way to draw from another."""
    code = b"".join(Path(file).read_bytes() for file in (tex.__file__, spacing.__file__))
    return f"{inputs.digest(code)} {inputs.installed(sys.path).get('ziamath')}"
