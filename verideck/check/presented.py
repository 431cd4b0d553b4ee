"""Findings about the files in dist/: what is presented must be what the decks and their scripts give now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verideck.check.registry import OUTDATED, UNKNOWN_OUTPUT
from verideck.core.messages import command
from verideck.core.run_model import Finding, Location
from verideck.publish import Presented


def outdated(files: Iterable[Presented]) -> Iterator[Finding]:
    """Yield the files that are not current, and those of which it cannot be known."""
    for one in files:
        rule = UNKNOWN_OUTPUT if one.state == "unknown" else OUTDATED
        what = f"a build of {one.deck}" if one.deck else "a build of all decks"
        message = f"this is not what {what} writes now: it was edited, or built from older sources or results"
        if one.state == "unknown":
            message = f"it cannot be known whether {what} writes this: .cache/ has no note of it"
        hint = f"build it again: `{command(one.arguments)}`, or remove it"
        yield rule.finding(0, Location(one.path), message, hint)
