"""Checks before a rehearsal: slides without notes, too little time, differences between editions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from verideck.check.registry import EDITIONS, NOTES, TIME
from verideck.core import deck_model, markdown_tokens, messages
from verideck.core.deck_model import Deck, EvalUse, FigureUse, OutputUse, ShowUse, Slide, SnippetUse, TableUse, Use
from verideck.core.folders import is_script, snippet_name
from verideck.core.markdown_tokens import walk
from verideck.core.run_model import Finding

CHARACTERS = 300
"""Japanese characters per minute: the pace of NHK's newsreaders."""
WORDS = 130
"""Words per minute: the pace of a lecture; in conversation it is 150."""
_OVER = 1.1
"""Maximum ratio of the notes' estimated time to the talk's duration."""
_SLIDE_OVER, _SLIDE_SECONDS = 1.5, 20
"""The notes of a slide may take this many times its planned time, and at least this many seconds more."""
_COMMON = ("id", "layout", "snippets", "values", "pictures")
_SHOWN = {FigureUse: "figure", SnippetUse: "code", OutputUse: "output", TableUse: "table", ShowUse: "value"}


def without_notes(deck: Deck) -> Iterator[tuple[Slide, Finding]]:
    """Yield slides without notes, if other slides have notes; titles, sections and closings need none."""
    if any(slide.notes for slide in deck.slides):
        for slide in deck.slides:
            if slide.kind == "plain" and not slide.notes:
                message = "this slide has no notes, but others have"
                yield slide, NOTES.finding(slide.number, slide.at, message)


def minutes(seconds: float) -> str:
    """Return a time as speakers write it: `2:05`."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def spoken(slide: Slide, lang: str) -> float:
    """Return the estimated time for a slide's notes in seconds."""
    inline = (token for token in walk(slide.notes) if token.type == "inline")
    text = " ".join(markdown_tokens.plain(token.children or ()) for token in inline)
    if messages.is_japanese(slide.lang or lang):
        return 60 * len("".join(text.split())) / CHARACTERS
    return 60 * len(text.split()) / WORDS


def times(deck: Deck) -> tuple[int, float]:
    """Return planned time and estimated time for the notes in seconds, without the appendix."""
    path = [slide for slide in deck.slides if not slide.appendix]
    return sum(slide.seconds for slide in path), sum(spoken(slide, deck.meta.lang) for slide in path)


def out_of_time(deck: Deck) -> Iterator[tuple[Slide, Finding]]:
    """Yield where planned or estimated times exceed the talk's duration, or the planned time of a slide."""
    first, duration = deck.slides[0], deck.meta.duration
    planned, said = times(deck)
    if duration and planned > duration:
        message = f"the slides are planned for {minutes(planned)}, but the talk for {minutes(duration)}"
        yield first, _late(first, message, "give slides fewer `seconds`, or the talk a longer `duration`")
    if duration and said > _OVER * duration:
        message = f"the notes take about {minutes(said)}, but the talk {minutes(duration)}"
        yield first, _late(first, message)
    for slide in deck.slides:
        takes = spoken(slide, deck.meta.lang)
        if slide.seconds and takes > max(_SLIDE_OVER * slide.seconds, slide.seconds + _SLIDE_SECONDS):
            message = f"the notes take about {minutes(takes)}, but the slide is planned for {minutes(slide.seconds)}"
            yield slide, _late(slide, message, "shorten the notes, or give the slide more `seconds`")


def _late(slide: Slide, message: str, hint: str = "") -> Finding:
    return TIME.finding(slide.number, slide.at, message, hint)


def out_of_step(deck: Deck, decks: Sequence[Deck]) -> Iterator[tuple[Slide, Finding]]:
    """Yield where an edition in another language (NAME.LANG.md) differs from its original (NAME.md)."""
    original = next((one for one in decks if deck.name != deck.talk and one.name == deck.talk), None)
    if not original:
        return
    for mine, theirs in zip_longest(deck.slides, original.slides):
        if not mine or not theirs:
            last = mine or deck.slides[-1]
            message = f"{len(deck.slides)} slides here, but {len(original.slides)} in {original.path}"
            yield last, _differs(last, message)
            return
        for what, one, other in zip(_COMMON, _shape(mine), _shape(theirs), strict=True):
            if one != other:
                message = f"{what} here: {one or 'none'}; at {theirs.at}: {other or 'none'}"
                yield mine, _differs(mine, message)


def _shape(slide: Slide) -> tuple[str, str, str, str, str]:
    """Return what all editions have in common, in the order of `_COMMON`."""
    shown = ", ".join(filter(None, (_shown(use) for use in slide.uses if type(use) in _SHOWN)))
    values = {use.expression for use in slide.uses if isinstance(use, EvalUse)}
    pictures = sum(token.type == "image" for token in walk(slide.tokens))
    layout = f"{'appendix ' * slide.appendix}{slide.kind}"
    return slide.id, layout, shown, ", ".join(sorted(values)), str(pictures or "")


def _shown(use: Use) -> str:
    path = deck_model.runs_of(use)[0].snippet
    lines = f" lines {use.lines[0]}-{use.lines[1]}" if isinstance(use, SnippetUse) else ""
    return f"{_SHOWN[type(use)]} {snippet_name(path)}{lines}" if is_script(path) else ""


def _differs(slide: Slide, message: str) -> Finding:
    return EDITIONS.finding(slide.number, slide.at, message)
