"""Errors for authors, with location, cause and remedy, and the exit codes of the commands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from verideck.core.run_model import Location
from verideck.core.unseen import escaped

FINE, DIFFERENT, USAGE, DECK, SNIPPET, BUG = range(6)
"""Exit codes of all commands; DIFFERENT is also the code for findings of the checks."""


class DeckError(Exception):
    """An error that the author of a deck can correct."""

    exit_code = DECK

    def __init__(self, message: str, at: Location | None = None, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint
        self.detail = detail
        """Further lines shown below the message: a traceback, a list."""

    def __str__(self) -> str:
        return f"{self.at}: {self.message}" if self.at else self.message


class SnippetError(DeckError):
    """A snippet that failed while it ran."""

    exit_code = SNIPPET


class UsageError(DeckError):
    """A command that was called wrongly, or a machine that lacks what it needs."""

    exit_code = USAGE


class DeckErrors(Exception):
    """All errors of one stage, without duplicates, sorted by location."""

    def __init__(self, errors: Iterable[DeckError]) -> None:
        unique = {(str(error), error.hint): error for error in errors}
        self.errors = tuple(sorted(unique.values(), key=lambda error: error.at or Location("")))
        super().__init__("\n".join(str(error) for error in self.errors))

    @property
    def exit_code(self) -> int:
        """The smallest exit code of the errors: an error in a deck comes before a failed snippet."""
        return min((error.exit_code for error in self.errors), default=BUG)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the candidate closest to `word`, or "" if none is a likely misspelling."""
    far = len(word)
    distances = {name: _distance(word.casefold(), name.casefold()) for name in candidates if abs(len(name) - far) < 4}
    near = [name for name in distances if distances[name] <= min(len(word), len(name)) // 3]
    return f"did you mean '{min(near, key=distances.__getitem__)}'?" if near else ""


def _distance(one: str, other: str) -> int:
    """Return how many letters must be added, removed, replaced or swapped with the next (optimal string alignment)."""
    before, last, row = [0], [0], list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = last, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]


def format_error(error: DeckError, line_of: Callable[[str, int], str | None]) -> str:
    """Return the error as text: location, message, source line with a caret, hint.

    Control characters and invisible ones are escaped.
    `line_of(path, line)` returns the source line, or None if it cannot be read.
    """
    parts = [str(error)]
    line = line_of(error.at.path, error.at.line) if error.at and error.at.line else None
    if error.at and line is not None and line.strip():
        gutter = f"{error.at.line} | "
        parts.append(gutter + line)
        if error.at.column:
            parts.append(" " * (len(gutter) - 2) + "| " + " " * _width(escaped(line[: error.at.column - 1])) + "^")
    if error.detail:
        parts.append(error.detail.rstrip("\n"))
    if error.hint:
        parts.append(f"hint: {error.hint}")
    text = _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), escaped("\n".join(parts)))
    return text.replace("\n", "\n  ")


def _width(text: str) -> int:
    """Return the number of terminal cells that `text` takes: two for a full-width character."""
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text if not unicodedata.combining(char)
    )


LineOf = Callable[[str, int], str | None]
"""(path, line) → that line of a file."""
