"""What a speaker finds out at the rehearsal: slides without notes, time that does not suffice, editions out of step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from verideck.check.registry import EDITIONS, NOTES, TIME
from verideck.core import deck_model, markdown_tokens, messages
from verideck.core.deck_model import Deck, EvalUse, FigureUse, OutputUse, Slide, SnippetUse, TableUse, Use
from verideck.core.folders import snippet_name
from verideck.core.markdown_tokens import walk
from verideck.core.run_model import Finding

CHARACTERS = 300
"""Japanese characters a minute: what NHK's newsreaders keep to."""
WORDS = 130
"""Words a minute: a lecture's pace, below the 150 of conversation."""
_OVER = 1.1
"""Estimates may be that many times the time there is."""
_SLIDE_OVER, _SLIDE_SECONDS = 1.5, 20
"""A slide's notes may take that many times its own time, and so many seconds more."""
_COMMON = ("id", "layout", "snippets", "values", "pictures")
_SHOWN = {FigureUse: "figure", SnippetUse: "code", OutputUse: "output", TableUse: "table"}


def without_notes(deck: Deck) -> Iterator[tuple[Slide, Finding]]:
    """Yield the slides without notes of a deck that has notes elsewhere; covers, sections and closings need none."""
    if any(slide.notes for slide in deck.slides):
        for slide in deck.slides:
            if slide.kind == "plain" and not slide.notes:
                message = "this slide has no notes, others have"
                yield slide, NOTES.finding(slide.number, slide.at, message)


def minutes(seconds: float) -> str:
    """Return a time as speakers write it: `2:05`."""
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"


def spoken(slide: Slide, lang: str) -> float:
    """Return how many seconds a slide's notes take to say."""
    inline = (token for token in walk(slide.notes) if token.type == "inline")
    text = " ".join(markdown_tokens.plain(token.children or ()) for token in inline)
    if messages.is_japanese(slide.lang or lang):
        return 60 * len("".join(text.split())) / CHARACTERS
    return 60 * len(text.split()) / WORDS


def times(deck: Deck) -> tuple[int, float]:
    """Return the seconds that the main path is planned for, and that its notes take to say."""
    path = [slide for slide in deck.slides if not slide.appendix]
    return sum(slide.seconds for slide in path), sum(spoken(slide, deck.meta.lang) for slide in path)


def out_of_time(deck: Deck) -> Iterator[tuple[Slide, Finding]]:
    """Yield where planned times or the notes' length do not go with the talk's duration, or with a slide's own time."""
    first, duration = deck.slides[0], deck.meta.duration
    planned, said = times(deck)
    if duration and planned > duration:
        message = f"the slides are planned for {minutes(planned)}, the talk for {minutes(duration)}"
        yield first, _late(first, message, "give slides fewer `seconds`, or the talk a longer `duration`")
    if duration and said > _OVER * duration:
        message = f"the notes take about {minutes(said)} to say, the talk {minutes(duration)}"
        yield first, _late(first, message)
    for slide in deck.slides:
        takes = spoken(slide, deck.meta.lang)
        if slide.seconds and takes > max(_SLIDE_OVER * slide.seconds, slide.seconds + _SLIDE_SECONDS):
            message = f"the notes take about {minutes(takes)} to say, the slide is planned for {minutes(slide.seconds)}"
            yield slide, _late(slide, message, "shorten the notes, or give it more `seconds`")


def _late(slide: Slide, message: str, hint: str = "") -> Finding:
    return TIME.finding(slide.number, slide.at, message, hint)


def out_of_step(deck: Deck, decks: Sequence[Deck]) -> Iterator[tuple[Slide, Finding]]:
    """Yield where an edition in another language (NAME.LANG.md) is not as its original (NAME.md)."""
    name, _, edition = deck.name.rpartition(".")
    original = next((one for one in decks if edition and one.name == name), None)
    if not original:
        return
    for mine, theirs in zip_longest(deck.slides, original.slides):
        if not mine or not theirs:
            last = mine or deck.slides[-1]
            message = f"{len(deck.slides)} slides here, {len(original.slides)} in {original.path}"
            yield last, _differs(last, message)
            return
        for what, one, other in zip(_COMMON, _shape(mine), _shape(theirs), strict=True):
            if one != other:
                message = f"the {what} here: {one or 'none'}; in {theirs.at}: {other or 'none'}"
                yield mine, _differs(mine, message)


def _shape(slide: Slide) -> tuple[str, str, str, str, str]:
    """Return what editions have in common: id, layout, what is shown of which snippets, which values, pictures."""
    shown = ", ".join(filter(None, (_shown(use) for use in slide.uses if type(use) in _SHOWN)))
    values = {use.expression for use in slide.uses if isinstance(use, EvalUse)}
    pictures = sum(token.type == "image" for token in walk(slide.tokens))
    layout = f"{'appendix ' * slide.appendix}{slide.kind}"
    return slide.id, layout, shown, ", ".join(sorted(values)), str(pictures or "")


def _shown(use: Use) -> str:
    path = deck_model.runs_of(use)[0].snippet
    lines = f" lines {use.lines[0]}-{use.lines[1]}" if isinstance(use, SnippetUse) else ""
    return f"{_SHOWN[type(use)]} {snippet_name(path)}{lines}" if path.endswith(".py") else ""


def _differs(slide: Slide, message: str) -> Finding:
    return EDITIONS.finding(slide.number, slide.at, message)
