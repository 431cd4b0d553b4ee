"""How far a command has come, for who waits."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, and how many of how many are done."""


def silent(what: str, done: int, total: int) -> None:
    """Report no progress."""
