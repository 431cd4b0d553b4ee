"""What each command does, as calls of the rooms: parse, plan, schedule, publish, check."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from verideck import check, publish
from verideck.check import Checklist, CheckReport, Verdict, drawing_notes, make_checklist, remarks, verify_html
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckErrors, UsageError
from verideck.core.folders import CACHE, DIST
from verideck.core.progress import Progress
from verideck.core.project import Sources
from verideck.core.run_model import Difference, Finding, Plan, Results, RunId
from verideck.publish import (
    NOTHING,
    Changes,
    DeckBuild,
    apply_writes,
    check_shown,
    deck_builds,
    file_sizes,
    lay_out_decks,
)
from verideck.read import parser
from verideck.render import Layout
from verideck.run import (
    RunReport,
    compare_results,
    orphaned_drawings,
    other_decks,
    plan,
    read_record,
    record_writes,
    schedule,
    select_runs,
    stale_runs,
    why_stale,
    without_other_format,
)
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True, slots=True)
class Options:
    """What a command was asked to do."""

    root: Path
    """The project's folder."""
    decks: tuple[str, ...] = ()
    """Names of decks; all decks if empty."""
    html: bool = True
    """Make the HTML file."""
    pdf: bool = True
    """Make the PDF."""
    more: tuple[str, ...] = ()
    """Endings of further files: `presenting.html`, `steps.pdf`, `notes.pdf`."""
    recorded: bool = False
    """Run nothing; take the results from figures/."""
    fork: bool = True
    """Fork processes of snippets if the system can."""
    cluster: str = ""
    """Address of a Dask cluster whose workers run snippets; "" for this machine."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a command did."""

    decks: tuple[Deck, ...]
    planned: int
    """Number of runs that the decks need."""
    ran: tuple[RunId, ...] = ()
    """Runs that were executed."""
    changes: Changes = NOTHING
    """Files that were written, removed, or unchanged."""
    differences: tuple[Difference, ...] = ()
    """Differences between the results and the record."""
    notes: tuple[str, ...] = ()
    """Notes for the user."""
    findings: tuple[Finding, ...] = ()
    """Findings of the checks that need no second run."""


def build(options: Options, progress: Progress) -> Report:
    """Build decks in dist/ from stored or fresh results; raises DeckErrors, and then leaves dist/ unchanged."""
    sources, decks, planned = _read(options)
    fonts = Fonts(options.root, progress)
    recorded = read_record(sources, planned.runs)
    notes: tuple[str, ...] = ()
    stale: tuple[tuple[RunId, str], ...] = ()
    if options.recorded:
        done = RunReport(recorded, ())
        stale = stale_runs(sources, planned.runs)
        notes = tuple(f"{run} is stale: {path} was changed after it was recorded" for run, path in stale)
    else:
        done = schedule(options.root, planned.runs, fonts, progress, fork=options.fork, cluster=options.cluster)
    kinds = [*(["html"] if options.html else []), *(["pdf"] if options.pdf else []), *options.more]
    builds = deck_builds(decks, done.results, sources, fonts)
    published = publish.build(builds, kinds=kinds, progress=progress, stale=dict(stale))
    differences = () if options.recorded else _differences(planned, recorded, done.results)
    report, _ = _check(options, builds, published.layouts, make=options.pdf)
    found = remarks(decks, done.results, sources, report)
    notes += (*done.notes, *published.notes, *drawing_notes(done.results))
    return Report(decks, len(planned.runs), done.ran, published.changes, differences, notes, found)


def figures(options: Options, names: Sequence[str], progress: Progress) -> Report:
    """Run the named snippets again, all without names, and write figures/."""
    sources, decks, planned = _read(options)
    complete = not names and not options.decks
    sources = without_other_format(sources) if complete else sources
    recorded = read_record(sources, planned.runs, whole=False)
    chosen = select_runs(planned, names)
    fonts = Fonts(options.root, progress)
    done = schedule(options.root, chosen.runs, fonts, progress, fresh=True, fork=options.fork, cluster=options.cluster)
    results = done.results
    check_shown(decks, {**recorded, **results}, sources)
    writes = record_writes(results, planned.runs, {} if complete else recorded, sources)
    changes = apply_writes(options.root, writes, orphaned_drawings(sources, writes))
    differences = _differences(chosen, recorded, results)
    notes = (*done.notes, *drawing_notes(results))
    return Report(decks, len(chosen.runs), tuple(results), changes, differences, notes)


def verify(options: Options, progress: Progress, *, twice: bool = False) -> Verdict:
    """Run every snippet again, each in a new interpreter, compare with figures/, and write dist/verify.html.

    twice: run each a second time with another hash seed, to find results that change from run to run.
    """
    sources, decks, planned = _read(options)
    recorded = read_record(sources, planned.runs)
    fonts = Fonts(options.root, progress)
    first, second = (
        schedule(
            options.root,
            planned.runs,
            fonts,
            progress,
            fresh=True,
            fork=options.fork,
            hash_seed=seed,
            cluster=options.cluster,
        )
        if seed == 0 or twice
        else None
        for seed in (0, 1)
    )
    assert first is not None
    results, again = first.results, second.results if second else None
    check_shown(decks, results, sources)
    builds = deck_builds(decks, results, sources, fonts)
    report, _ = _check(options, builds, {})
    done = check.verify(
        decks, planned, recorded, results, sources, report=report, again=again, complete=not options.decks
    )
    sizes = file_sizes(builds)
    # Equal results may differ by rounding errors; a build may have used the recorded or the fresh ones.
    versions = [builds] if done.differences else [builds, deck_builds(decks, recorded, sources, fonts)]
    presented = publish.not_current(versions, complete=not options.decks)
    done = replace(
        done,
        checklists=tuple(_checklist(deck, done, sizes) for deck in decks),
        others=(*done.others, *check.outdated(presented)),
    )
    done = replace(done, notes=(*done.notes, *first.notes))
    page = verify_html(done, sources, fonts)
    try:
        apply_writes(options.root, [page])
    except UsageError as error:
        done = replace(done, notes=(*done.notes, f"{error.message}; {error.hint}"))
    return done


def clean(root: Path) -> list[str]:
    """Remove dist/ and .cache/, which can be built again, and return what was removed; raises UsageError for links."""
    removed = []
    for name in (DIST, CACHE):
        path = root / name
        if path.is_symlink():
            raise UsageError(f"'{name}' is a link", None, "remove it yourself")
        if path.is_dir():
            shutil.rmtree(path)
            removed.append(f"{name}/")
        elif path.exists():
            path.unlink()
            removed.append(name)
    return removed


def _read(options: Options) -> tuple[Sources, tuple[Deck, ...], Plan]:
    """Parse and plan the decks; raises DeckErrors with all errors."""
    sources = Sources(options.root)
    parsed = [parser.parse(path, sources) for path in sources.decks(options.decks)]
    if errors := [error for one in parsed for error in one.errors]:
        raise DeckErrors(errors)
    decks = tuple(one.deck for one in parsed)
    return sources, decks, plan(decks, sources, other_decks(decks, sources))


def _check(
    options: Options, builds: Sequence[DeckBuild], layouts: Mapping[str, Layout], *, make: bool = True
) -> tuple[CheckReport, Mapping[str, Layout]]:
    """Return the findings of the checks that need no run, and the decks' layouts.

    layouts: known layouts. make: whether to make the missing ones.
    """
    laid_out = lay_out_decks(builds, layouts, make=make)
    return check.check(builds, laid_out, complete=not options.decks), laid_out


def _checklist(deck: Deck, done: Verdict, sizes: Mapping[str, Mapping[str, int]]) -> Checklist:
    pages = [page for page in done.pages if page.deck is deck]
    runs = {run for page in pages for run in page.slide.runs}
    changed = {difference.run for page in pages for difference in page.differences}
    found = Counter(finding.rule for page in pages for finding in page.findings)
    return make_checklist(deck, len(runs), len(changed), found, sizes.get(deck.name, {}))


def _differences(planned: Plan, recorded: Results, fresh: Results) -> tuple[Difference, ...]:
    """Return the differences between fresh and recorded results, in the order of the plan."""
    return compare_results(planned.runs, recorded, fresh, planned.tolerance)


def why(options: Options, snippet: str) -> dict[RunId, tuple[str, ...] | None]:
    """Return, for each run of a snippet, what changed since its result was stored; see `why_stale`."""
    _, _, planned = _read(options)
    fonts = Fonts(options.root)
    return why_stale(options.root, planned.runs, select_runs(planned, [snippet]).runs, fonts)
