"""Progress of a command."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (task, number of steps done, total number of steps)."""


def silent(what: str, done: int, total: int) -> None:
    """Report no progress."""
