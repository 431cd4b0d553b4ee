"""Findings about files in dist/ that are not up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verideck.check.registry import OUTDATED, UNKNOWN_OUTPUT
from verideck.core.messages import command
from verideck.core.run_model import Finding, Location
from verideck.publish import Presented


def outdated(files: Iterable[Presented]) -> Iterator[Finding]:
    """Yield a finding for each file that is outdated, or whose state is unknown."""
    for one in files:
        rule = UNKNOWN_OUTPUT if one.state == "unknown" else OUTDATED
        what = f"a build of {one.deck}" if one.deck else "a build of all decks"
        message = f"this is not what {what} writes now: it was edited, or built from older sources or results"
        if one.state == "unknown":
            message = f"whether {what} writes this now is unknown: it is not listed in .cache/"
        if one.state == "left over":
            yield rule.finding(0, Location(one.path), "the deck of this file no longer exists", "remove the file")
            continue
        hint = f"build it again: `{command(one.arguments)}`, or remove it"
        yield rule.finding(0, Location(one.path), message, hint)
