"""Finds snippets and regions that no slide uses, and callouts that point at code that is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verideck.check.registry import UNUSED
from verideck.core.deck_model import Deck, Slide, SnippetUse
from verideck.core.folders import is_single, snippet_path
from verideck.core.project import Sources
from verideck.core.run_model import PARAMETERS, Finding, Location, Region, Results


def snippets(decks: Sequence[Deck], results: Results, sources: Sources) -> Iterator[Finding]:
    """Yield the scripts that no slide and no other script uses. decks: all decks of the project."""
    runs = {run for deck in decks for slide in deck.slides for run in slide.runs}
    used = {run.snippet for run in runs} | {path for deck in decks for path in deck.files}
    used |= {path for run in runs if run in results for path, _ in results[run].inputs}
    for name in () if is_single(sources.root) else sources.snippets():
        path = snippet_path(name)
        if path not in used:
            yield UNUSED.finding(0, Location(path), "no slide uses this snippet")


def regions(decks: Sequence[Deck], sources: Sources) -> Iterator[tuple[Slide, Finding]]:
    """Yield the regions that no slide uses, with the first slide that shows the script."""
    shown: dict[str, list[tuple[Slide, SnippetUse]]] = {}
    for slide in (slide for deck in decks for slide in deck.slides):
        for use in slide.uses:
            if isinstance(use, SnippetUse):
                shown.setdefault(use.snippet.path, []).append((slide, use))
    for path, uses in shown.items():
        slide, first = uses[0]
        for region in first.snippet.regions:
            if region.name != PARAMETERS and not any(_names(use, region) for _, use in uses):
                at = _line(rf"\s*# region {re.escape(region.name)}\s*$", Location(path, 1), sources)
                hint = "name it in `:steps:`, a callout or FILE#REGION, or remove its marker"
                message = f"no slide uses the region '{region.name}'"
                yield slide, UNUSED.finding(slide.number, at, message, hint)


def callouts(slide: Slide, sources: Sources) -> Iterator[Finding]:
    """Yield the callouts that point at lines that the slide does not show."""
    for use in slide.uses:
        if isinstance(use, SnippetUse):
            first, last = use.lines
            for callout in use.callouts:
                if use.hide or not any(start <= last and end >= first for start, end in callout.region.ranges):
                    name = callout.region.name
                    at = _line(rf"\s*{re.escape(name)}:\s", use.at, sources)
                    message = f"the callout '{name}' points at lines that this slide does not show"
                    yield UNUSED.finding(slide.number, at, message, "show these lines, or remove it")


def _names(use: SnippetUse, region: Region) -> bool:
    """Tell whether a use shows only this region, steps to it, or has a callout at it."""
    whole = (region.ranges[0][0], region.ranges[-1][1]) if region.ranges else (0, 0)
    return (
        use.lines == whole
        or any(callout.region.name == region.name for callout in use.callouts)
        or any(set(region.ranges) <= set(step.ranges) for step in use.steps)
    )


def _line(pattern: str, start: Location, sources: Sources) -> Location:
    """Return the location of the first line from `start` that matches; `start` if there is none."""
    lines = sources.text(start.path).split("\n")
    for number in range(start.line, len(lines) + 1):
        if re.match(pattern, lines[number - 1]):
            return Location(start.path, number)
    return start
