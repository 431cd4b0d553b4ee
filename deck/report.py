"""What commands did, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deck.model import Difference, RunId
from deck.output import Changes
from deck.pipeline import Report
from deck.plan import runs_of
from deck.slides import Deck


def built(done: Report) -> str:
    """Return what a build made, and whether figures/ still holds."""
    lines = [_ran(done), *_files(done.changes), *(f"note: {note}" for note in done.notes)]
    if done.differences:
        several = len({difference.run for difference in done.differences})
        what = f"{several} result{'s differ' if several > 1 else ' differs'} from figures/"
        lines.append(f"note: {what}: see `python build.py verify`, accept with `python build.py figures`")
    return "\n".join(lines)


def accepted(done: Report) -> str:
    """Return what was written to the record."""
    changes = done.changes
    lines = [
        _ran(done),
        *(f"wrote {path}" for path in changes.written),
        *(f"removed {path}" for path in changes.removed),
    ]
    if not changes.written and not changes.removed:
        lines.append("figures/ already holds these results")
    return "\n".join(lines)


def verified(done: Report) -> str:
    """Return each difference by slide: number, title, snippet, before and after."""
    if not done.differences:
        return f"{_ran(done)}\nfine: {_count(len(done.ran), 'result')} as recorded in figures/"
    lines = [_ran(done)]
    for deck in done.decks:
        lines += _by_slide(deck, done.differences)
    count = len({difference.run for difference in done.differences})
    lines.append(f"{_count(count, 'result')} no longer as recorded; accept with `python build.py figures`")
    return "\n".join(lines)


def reasons(found: Mapping[RunId, tuple[str, ...] | None]) -> str:
    """Return, for each run of a snippet, why its stored result no longer holds."""
    lines = []
    for run, why in found.items():
        if why is None:
            lines.append(f"{run}: nothing is stored, it will run")
        elif not why:
            lines.append(f"{run}: the stored result holds")
        else:
            lines += [f"{run}: will run again", *(f"  {reason}" for reason in why)]
    return "\n".join(lines)


def _by_slide(deck: Deck, differences: Iterable[Difference]) -> list[str]:
    lines = []
    for slide in deck.slides:
        runs = {run for use in slide.uses for run in runs_of(use)}
        found = [difference for difference in differences if difference.run in runs]
        if found:
            number = f"A{slide.number}" if slide.appendix else str(slide.number)
            lines.append(f"{slide.at}: slide {number} {slide.title}")
            lines += [f"  {_difference(difference)}" for difference in found]
    return lines


def _difference(difference: Difference) -> str:
    text = f"{difference.run}: {difference.what}: {difference.before or 'nothing'} → {difference.after or 'nothing'}"
    return f"{text} ({difference.detail})" if difference.detail else text


def _ran(done: Report) -> str:
    kept = done.planned - len(done.ran)
    if not done.ran:
        return (
            "nothing to run"
            if not kept
            else f"ran nothing; {_count(kept, 'stored result')} {'hold' if kept > 1 else 'holds'}"
        )
    return f"ran {_count(len(done.ran), 'snippet run')}" + (f", {kept} stored" if kept else "")


def _files(changes: Changes) -> list[str]:
    lines = [f"wrote {path}" for path in changes.written] + [f"removed {path}" for path in changes.removed]
    return lines or ["dist/ is up to date"]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
