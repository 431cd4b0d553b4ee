"""Pictures that a deck names: files beside it, of a known type."""

from __future__ import annotations

import posixpath

from verideck.core.errors import DeckError
from verideck.core.markdown_tokens import Picture
from verideck.core.project import Sources
from verideck.core.run_model import Location

KINDS = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".gif": "gif"}
"""Ending of a picture's file → its media type without `image/`."""


def is_picture(name: str) -> bool:
    """Tell whether a name has the ending of a picture."""
    return _ending(name) in KINDS


def path_beside(deck: str, name: str) -> str:
    """Return the path of a file from its name, which is relative to the deck at path `deck`."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(deck), name))


def load(name: str, deck: str, sources: Sources, at: Location) -> Picture:
    """Return a picture by its name, which is relative to the deck; raises DeckError at `at`."""
    if not is_picture(name):
        raise DeckError(f"'{name}' is not a picture of a known type", at, f"use one of {', '.join(KINDS)}")
    path = path_beside(deck, name)
    return Picture(KINDS[_ending(name)], sources.data(path, at), path)


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].lower()
