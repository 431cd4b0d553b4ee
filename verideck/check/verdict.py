"""The verdict of `verify`: differences and findings, slide by slide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from verideck.check.checklist import Checklist
from verideck.check.registry import FROZEN, STALE, UNSTABLE, Waiver, names, waive
from verideck.check.results import (
    empty_outputs,
    outside_inputs,
    rounding_edges,
    stills,
    typed_numbers,
    unseeded_draws,
    unshown,
    unstable,
)
from verideck.check.runner import CheckReport
from verideck.core import run_model
from verideck.core.deck_model import Deck, Slide, runs_of
from verideck.core.errors import DeckError
from verideck.core.messages import command
from verideck.core.project import Sources
from verideck.core.run_model import Difference, Finding, Location, Plan, Results, Run, RunId
from verideck.run import RECORD_PATH, changed_frozen, compare_results, stale_runs, unrecorded_drawings, version_changes


@dataclass(frozen=True, slots=True)
class Page:
    """The verdict on one slide."""

    deck: Deck
    """Its deck."""
    slide: Slide
    """The slide."""
    differences: tuple[Difference, ...] = ()
    """Differences of these runs from the record."""
    findings: tuple[Finding, ...] = ()
    """Its findings."""
    waivers: tuple[Waiver, ...] = ()
    """Its waived rules."""

    @property
    def number(self) -> str:
        """Return the number that the slide shows: `7`, `A1`."""
        return self.slide.shown_number


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on all decks."""

    pages: tuple[Page, ...]
    """Every slide of every deck."""
    runs: tuple[Run, ...]
    """The executed runs."""
    recorded: Results = field(repr=False)
    """Recorded results."""
    fresh: Results = field(repr=False)
    """Fresh results."""
    differences: tuple[Difference, ...] = ()
    """All differences, each once."""
    others: tuple[Finding, ...] = ()
    """Findings that belong to no slide."""
    versions: tuple[tuple[str, str, str], ...] = ()
    """(package, version recorded, version now) for changed versions, which may explain a difference."""
    checklists: tuple[Checklist, ...] = ()
    """Checklist of each deck."""
    errors: tuple[DeckError, ...] = ()
    """Why decks could not be verified."""
    notes: tuple[str, ...] = ()
    """Problems that do not change the verdict."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return all findings, first those of slides."""
        return (*(finding for page in self.pages for finding in page.findings), *self.others)

    def fails(self, strict: bool = False) -> bool:
        """Tell whether there is a difference or an error; strict: or a warning."""
        wrong = any(strict or finding.level == "error" for finding in self.findings)
        return wrong or bool(self.differences or self.errors)


_UNSEEN = CheckReport()


def verify(
    decks: Sequence[Deck],
    planned: Plan,
    recorded: Results,
    fresh: Results,
    sources: Sources,
    *,
    report: CheckReport = _UNSEEN,
    again: Results | None = None,
    complete: bool = True,
) -> Verdict:
    """Compare fresh results with recorded ones, and check each slide.

    report: findings of the checks that need no run. again: results of a second run.
    complete: whether these are all decks of the project, so that unshown results can be found.
    """
    runs, tolerance = planned.runs, planned.tolerance
    differences = compare_results(runs, recorded, fresh, tolerance)
    checked = {*names("results"), *report.checked} - ({UNSTABLE.name} if again is None else set())
    declared = {run.id: run.snippet.inputs for run in runs}
    pages = []
    parts = {(run, part) for deck in decks for slide in deck.slides for run, part in _parts(slide)}
    seen: set[tuple[str, Location, str]] = set()
    for deck in decks:
        for slide in deck.slides:
            found = [
                *typed_numbers(slide, recorded, fresh, sources.line, deck.meta.lang),
                *rounding_edges(slide, recorded, fresh, tolerance),
                *unseeded_draws(slide, fresh, sources.text),
                *empty_outputs(slide, fresh),
                *outside_inputs(slide, fresh, declared),
                *stills(slide, fresh),
                *(unstable(slide, fresh, again, tolerance) if again is not None else ()),
                *report.of(slide),
            ]
            findings, waivers = waive(slide, found, checked)
            own = _parts(slide)
            mine = tuple(
                one
                for one in differences
                if one.run in slide.runs
                and (not one.part or (one.run, one.part) in own or (one.run, one.part) not in parts)
            )
            pages.append(Page(deck, slide, mine, tuple(_new(findings, seen)), waivers))
    others = [*report.others, *_frozen(sources, runs), *_stale(sources, runs, differences, recorded, fresh)]
    if complete:
        shown_anywhere = [run.id for run in runs]
        others += unshown(recorded, shown_anywhere, RECORD_PATH, unrecorded_drawings(sources))
    versions = _versions([run.id for run in runs], recorded, fresh)
    return Verdict(tuple(pages), tuple(runs), recorded, fresh, differences, tuple(others), versions)


def _parts(slide: Slide) -> set[tuple[RunId, str]]:
    """Return the cells of which a slide shows something."""
    return {(run, getattr(use, "part", "")) for use in slide.uses for run in runs_of(use)}


def remarks(decks: Sequence[Deck], results: Results, sources: Sources, report: CheckReport) -> tuple[Finding, ...]:
    """Return the findings of the checks that `build` makes, without waived ones."""
    checked = {"typed-numbers", "unseeded", "empty-output", "still", *report.checked}
    seen: set[tuple[str, Location, str]] = set()
    found: list[Finding] = []
    for deck, slide in [(one, slide) for one in decks for slide in one.slides]:
        several = (
            *typed_numbers(slide, {}, results, sources.line, deck.meta.lang),
            *unseeded_draws(slide, results, sources.text),
            *empty_outputs(slide, results),
            *stills(slide, results),
            *report.of(slide),
        )
        found += _new(waive(slide, several, checked)[0], seen)
    return (*found, *report.others)


def _new(findings: Iterable[Finding], seen: set[tuple[str, Location, str]]) -> list[Finding]:
    """Return the findings that no earlier slide had; several slides may show the same script."""
    new = []
    for finding in findings:
        key = (finding.rule, finding.at, finding.message)
        if key not in seen:
            seen.add(key)
            new.append(finding)
    return new


def _frozen(sources: Sources, runs: Sequence[Run]) -> list[Finding]:
    """Return the frozen runs whose kept result is not what their script gave."""
    return [
        FROZEN.finding(0, run.at, f"{run.id} is frozen, and {what}", command(f"figures --thaw {run.snippet.name}"))
        for run, what in changed_frozen(sources, runs)
    ]


def _stale(
    sources: Sources, runs: Sequence[Run], differences: Iterable[Difference], recorded: Results, fresh: Results
) -> list[Finding]:
    """Return the runs with unchanged results, but with changed files, or with files that the record does not name."""
    different = {difference.run for difference in differences}
    changed: Mapping[RunId, str] = dict(stale_runs(sources, [run for run in runs if not run.kept]))
    found = {
        run: (path, f"this changed after {run} was recorded; its results are the same") for run, path in changed.items()
    }
    for run in (run for run in fresh if run in recorded):
        for path in sorted(run_model.used(fresh[run]) - run_model.used(recorded[run])):
            found.setdefault(run, (RECORD_PATH, f"the record does not say that {run} uses {path}"))
    return [STALE.finding(0, Location(path), message) for run, (path, message) in found.items() if run not in different]


def _versions(runs: Iterable[RunId], recorded: Results, fresh: Results) -> tuple[tuple[str, str, str], ...]:
    changes = {change for run in runs if run in recorded for change in version_changes(recorded[run], fresh[run])}
    return tuple(sorted(changes))
