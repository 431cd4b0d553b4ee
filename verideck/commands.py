"""The table of contents: what each command does, one call a stage.

sources → parse → plan → fulfil → page → fonts, pdf → output; verify: fulfil → verdict → proof → output
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from verideck.check import checklist, runner, verdict, verify_page
from verideck.check.checklist import Room
from verideck.check.runner import Survey
from verideck.check.verdict import Verdict
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.progress import Progress
from verideck.core.project import Sources
from verideck.core.run_model import Difference, Finding, Plan, Results, RunId
from verideck.publish import builder
from verideck.publish.deck_build import Binding
from verideck.publish.layouts import layouts
from verideck.publish.output import NOTHING, Changes, apply
from verideck.read import parser
from verideck.render.pdf.layout import Layout
from verideck.run import compare, planner, record, scheduler
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True, slots=True)
class Options:
    """What a command was asked to do."""

    root: Path
    """The project's folder."""
    decks: tuple[str, ...] = ()
    """Names of decks; all where empty."""
    html: bool = True
    """Make the HTML file."""
    pdf: bool | None = None
    """Make the PDF; None: where this machine can."""
    more: tuple[str, ...] = ()
    """Further files, by their endings: `presenting.html`, `steps.pdf`, `notes.pdf`."""
    recorded: bool = False
    """Run nothing; take the results from figures/."""
    fork: bool = True
    """Fork snippets' processes where the system can."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a command did."""

    decks: tuple[Deck, ...]
    planned: int
    """How many runs the decks need."""
    ran: tuple[RunId, ...] = ()
    """Runs that were made now."""
    changes: Changes = NOTHING
    """Files written, removed, left alone."""
    differences: tuple[Difference, ...] = ()
    """Where results are not what figures/ holds."""
    notes: tuple[str, ...] = ()
    """What the user should know."""
    findings: tuple[Finding, ...] = ()
    """What is wrong with decks that build, as far as it can be seen without running anything again."""


def build(options: Options, progress: Progress) -> Report:
    """Render decks to dist/ from stored or fresh results; raises DeckErrors, dist/ then untouched."""
    sources, decks, planned = _read(options)
    fonts = Fonts(options.root / ".cache", progress)
    recorded = record.read(sources, planned.runs)
    notes: tuple[str, ...] = ()
    stale: tuple[tuple[RunId, str], ...] = ()
    if options.recorded:
        done = scheduler.Fulfilled(recorded, ())
        stale = record.stale(sources, planned.runs)
        notes = tuple(f"{run} is stale: {path} was changed after it was recorded" for run, path in stale)
    else:
        done = scheduler.stored_or_run(options.root, planned.runs, fonts, progress, fork=options.fork)
    kinds = [*(["html"] if options.html else []), *(["pdf"] if options.pdf is not False else []), *options.more]
    asked = any(kind.endswith("pdf") for kind in options.more) or options.pdf is True
    bindings = builder.bindings(decks, done.results, sources, fonts)
    published = builder.publish(bindings, kinds=kinds, asked=asked, progress=progress, stale=dict(stale))
    differences = () if options.recorded else _differences(decks, planned, recorded, done.results)
    surveyed, _ = _survey(options, bindings, make=options.pdf is not False)
    found = verdict.remarks(decks, done.results, sources, surveyed)
    notes += published.notes
    return Report(decks, len(planned.runs), done.ran, published.changes, differences, notes, found)


def figures(options: Options, names: Sequence[str], progress: Progress) -> Report:
    """Run the snippets (all, or the named) afresh and write figures/."""
    sources, decks, planned = _read(options)
    recorded = record.read(sources, planned.runs)
    chosen = planner.select(planned, names)
    fonts = Fonts(options.root / ".cache", progress)
    results = scheduler.run_all(options.root, chosen.runs, fonts, progress, cold=True, fork=options.fork)
    builder.check(decks, {**recorded, **results}, sources)
    complete = not names and not options.decks
    writes = record.writes(results, planned.runs, {} if complete else recorded, sources)
    changes = apply(options.root, writes, record.orphans(sources, writes))
    return Report(decks, len(chosen.runs), tuple(results), changes, _differences(decks, chosen, recorded, results))


def verify(options: Options, progress: Progress, *, twice: bool = False) -> Verdict:
    """Run every snippet afresh, each in a cold interpreter, compare with figures/, and write dist/verify.html.

    twice: run each again under another hash seed, to find results that change from run to run.
    """
    sources, decks, planned = _read(options)
    recorded = record.read(sources, planned.runs)
    fonts = Fonts(options.root / ".cache", progress)
    results, again = (
        scheduler.run_all(options.root, planned.runs, fonts, progress, cold=True, fork=options.fork, hash_seed=seed)
        if seed == 0 or twice
        else None
        for seed in (0, 1)
    )
    assert results is not None
    builder.check(decks, results, sources)
    bindings = builder.bindings(decks, results, sources, fonts)
    surveyed, laid_out = _survey(options, bindings)
    done = verdict.judge(
        decks, planned.runs, recorded, results, sources, surveyed=surveyed, again=again, complete=not options.decks
    )
    sizes = builder.sizes(bindings)
    done = replace(done, rooms=tuple(_room(deck, done, laid_out[deck.path], sizes) for deck in decks))
    apply(options.root, [verify_page.write(done, sources, fonts)])
    return done


def _read(options: Options) -> tuple[Sources, tuple[Deck, ...], Plan]:
    """Parse the decks; raises DeckErrors with what is wrong in any of them."""
    sources = Sources(options.root)
    decks: list[Deck] = []
    errors: list[DeckError] = []
    for path in sources.decks(options.decks):
        try:
            decks.append(parser.parse(path, sources))
        except DeckErrors as several:
            errors += several.errors
    if errors:
        raise DeckErrors(errors)
    return sources, tuple(decks), planner.plan(decks, sources, planner.others(decks, sources))


def _survey(
    options: Options, bindings: Sequence[Binding], *, make: bool = True
) -> tuple[Survey, Mapping[str, Layout | None]]:
    """Return what is wrong with decks as they stand; `make`: lay out slides of which nothing is remembered."""
    laid_out = layouts(bindings, make=make)
    known = {path: layout for path, layout in laid_out.items() if layout or make}
    return runner.survey(bindings, known, complete=not options.decks), laid_out


def _room(deck: Deck, done: Verdict, layout: Layout | None, sizes: Mapping[str, Mapping[str, int]]) -> Room:
    pages = [page for page in done.pages if page.deck is deck]
    runs = {run for page in pages for run in page.runs}
    changed = {difference.run for page in pages for difference in page.differences}
    found = Counter(finding.gate for page in pages for finding in page.findings)
    return checklist.room(deck, len(runs), len(changed), found, layout, sizes.get(deck.name, {}))


def _differences(decks: Sequence[Deck], planned: Plan, recorded: Results, fresh: Results) -> tuple[Difference, ...]:
    """Return where fresh results are not what was recorded, in the order of the plan."""
    tolerance = min(deck.meta.tolerance for deck in decks)
    return compare.compare_all([run.id for run in planned.runs], recorded, fresh, tolerance)


def why(options: Options, snippet: str) -> dict[RunId, tuple[str, ...] | None]:
    """Return, for each run of a snippet, what changed since its stored result."""
    _, _, planned = _read(options)
    fonts = Fonts(options.root / ".cache")
    return {run.id: scheduler.why(options.root, run, fonts) for run in planner.select(planned, [snippet]).runs}
