"""What each command does, as calls of the rooms: parse, plan, schedule, publish, check."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from verideck import check, publish
from verideck.check import Checklist, CheckReport, Verdict, drawing_notes, make_checklist, remarks, verify_html
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckError, DeckErrors, UsageError
from verideck.core.folders import CACHE, DIST
from verideck.core.messages import command
from verideck.core.progress import Progress
from verideck.core.project import Sources
from verideck.core.run_model import TOLERANCE, Difference, Finding, Plan, Results, RunId
from verideck.publish import (
    NOTHING,
    Changes,
    DeckBuild,
    apply_writes,
    deck_builds,
    deck_theme,
    file_sizes,
    lay_out_decks,
    wrong_decks,
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
    thaw: bool = False
    """Run frozen snippets, too."""
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
    errors: tuple[DeckError, ...] = ()
    """Why decks were left out."""
    findings: tuple[Finding, ...] = ()
    """Findings of the checks that need no second run."""


@dataclass(slots=True)
class _Work:
    """The decks that a command works on: without those with errors, so that one deck does not stop the others."""

    sources: Sources
    decks: tuple[Deck, ...]
    planned: Plan = field(default_factory=lambda: Plan((), TOLERANCE))
    errors: tuple[DeckError, ...] = ()

    def leave_out(self, wrong: Mapping[str, Iterable[DeckError]]) -> None:
        """Leave out decks, given as path → errors; raises DeckErrors if no deck is left."""
        self.errors += tuple(error for errors in wrong.values() for error in errors)
        self.decks = tuple(deck for deck in self.decks if deck.path not in wrong)
        if not self.decks:
            raise DeckErrors(self.errors)
        shown = {run for deck in self.decks for run in _deck_runs(deck)}
        self.planned = replace(self.planned, runs=tuple(run for run in self.planned.runs if run.id in shown))

    def leave_out_failed(self, failures: Mapping[RunId, DeckError]) -> None:
        """Leave out the decks that show a failed run."""
        if failures:
            shown = {deck.path: _deck_runs(deck) for deck in self.decks}
            wrong = {path: [failures[run] for run in failures if run in runs] for path, runs in shown.items()}
            self.leave_out({path: errors for path, errors in wrong.items() if errors})

    def leave_out_themeless(self) -> None:
        """Leave out the decks whose theme has errors."""
        wrong: dict[str, Sequence[DeckError]] = {}
        for deck in self.decks:
            try:
                deck_theme(deck, self.sources)
            except DeckErrors as several:
                wrong[deck.path] = several.errors
            except DeckError as error:
                wrong[deck.path] = [error]
        self.leave_out(wrong)

    def builds(self, results: Results, fonts: Fonts) -> list[DeckBuild]:
        """Return the decks with everything that their files are made of."""
        return deck_builds(self.decks, results, self.sources, fonts)


def _read(options: Options) -> _Work:
    """Parse and plan the decks; raises DeckErrors if all have errors."""
    sources = Sources(options.root)
    parsed = [parser.parse(path, sources) for path in sources.decks(options.decks)]
    work = _Work(sources, tuple(one.deck for one in parsed))
    work.leave_out({one.deck.path: one.errors for one in parsed if one.errors})
    while True:
        try:
            work.planned = plan(work.decks, sources, other_decks(work.decks, sources))
        except DeckError as error:  # two decks that expect different errors of one run
            if not error.at or error.at.path not in {deck.path for deck in work.decks}:
                raise
            work.leave_out({error.at.path: [error]})
        else:
            return work


def _deck_runs(deck: Deck) -> set[RunId]:
    return {run for slide in deck.slides for run in slide.runs}


def build(options: Options, progress: Progress) -> Report:
    """Build decks in dist/ from stored or fresh results; a deck with errors keeps its files.

    Raises DeckErrors if all decks have errors, and then leaves dist/ unchanged.
    """
    work = _read(options)
    work.leave_out_themeless()
    sources, fonts = work.sources, Fonts(options.root, progress)
    planned = len(work.planned.runs)
    recorded = read_record(sources, work.planned.runs)
    notes: tuple[str, ...] = ()
    stale: tuple[tuple[RunId, str], ...] = ()
    if options.recorded:
        done = RunReport(recorded, ())
        stale = stale_runs(sources, work.planned.runs)
        notes = tuple(f"{run} is stale: {path} was changed after it was recorded" for run, path in stale)
    else:
        runs = work.planned.runs
        done = schedule(options.root, runs, fonts, progress, fork=options.fork, cluster=options.cluster)
        work.leave_out_failed(done.failures)
    kinds = [*(["html"] if options.html else []), *(["pdf"] if options.pdf else []), *options.more]
    published = publish.build(work.builds(done.results, fonts), kinds=kinds, progress=progress, stale=dict(stale))
    work.leave_out(published.errors)
    differences = () if options.recorded else _differences(work.planned, recorded, done.results)
    report, _ = _check(options, work, done.results, fonts, published.layouts, make=options.pdf)
    found = remarks(work.decks, done.results, sources, report)
    notes += (*done.notes, *published.notes, *drawing_notes(done.results))
    return Report(work.decks, planned, done.ran, published.changes, differences, notes, work.errors, found)


def figures(options: Options, names: Sequence[str], progress: Progress) -> Report:
    """Run the named snippets and those of the named decks again, all without names, and write figures/."""
    named = _named_decks(options, names)
    work = _read(replace(options, decks=named) if len(named) == len(names) and named else options)
    planned, chosen = work.planned.runs, _chosen(work, names, named)
    if options.thaw:
        chosen = replace(chosen, runs=tuple(replace(run, kept=None) for run in chosen.runs))
    fonts = Fonts(options.root, progress)
    done = schedule(options.root, chosen.runs, fonts, progress, fresh=True, fork=options.fork, cluster=options.cluster)
    work.leave_out_failed(done.failures)
    everything = not names and not options.decks
    sources = without_other_format(work.sources) if everything else work.sources
    recorded = read_record(sources, planned, whole=False)
    work.leave_out(wrong_decks(work.decks, {**recorded, **done.results}, sources, done.results.keys()))
    results = {run.id: done.results[run.id] for run in work.planned.runs if run.id in done.results}
    fresh = {run: result for run, result in results.items() if not result.frozen}
    frozen = {run: recorded[run] for run in results.keys() - fresh.keys()}
    writes = record_writes(fresh, planned, frozen if everything and not work.errors else recorded, sources)
    changes = apply_writes(options.root, writes, orphaned_drawings(sources, writes))
    differences = _differences(chosen, recorded, results)
    notes = (*done.notes, *drawing_notes(results))
    return Report(work.decks, len(chosen.runs), tuple(fresh), changes, differences, notes, work.errors)


def _named_decks(options: Options, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names that are decks."""
    sources = Sources(options.root)
    return tuple(name for name in names if not name.endswith(".py") and sources.find_deck(name))


def _chosen(work: _Work, names: Sequence[str], decks: Sequence[str]) -> Plan:
    """Return the runs of some snippets and decks; raises UsageError, or the errors of decks that may show them."""
    paths = {work.sources.find_deck(name) for name in decks}
    wanted = {run for deck in work.decks if deck.path in paths for run in _deck_runs(deck)}
    snippets = [name for name in names if name not in decks]
    try:
        wanted |= {run.id for run in select_runs(work.planned, snippets).runs} if snippets or not names else set()
    except UsageError:
        if work.errors:
            raise DeckErrors(work.errors) from None
        raise
    work.errors = () if names else work.errors
    return replace(work.planned, runs=tuple(run for run in work.planned.runs if run.id in wanted))


def verify(options: Options, progress: Progress, *, twice: bool = False) -> Verdict:
    """Run every snippet again, each in a new interpreter, compare with figures/, and write dist/verify.html.

    twice: run each a second time with another hash seed, to find results that change from run to run.
    """
    work = _read(options)
    work.leave_out_themeless()
    sources, fonts = work.sources, Fonts(options.root, progress)
    recorded = read_record(sources, work.planned.runs)
    first = _run_again(options, work, fonts, progress, 0)
    again = _run_again(options, work, fonts, progress, 1).results if twice else None
    results = first.results
    work.leave_out(wrong_decks(work.decks, results, sources))
    builds = work.builds(results, fonts)
    report, _ = _check(options, work, results, fonts, {})
    complete = not options.decks and not work.errors
    done = check.verify(
        work.decks, work.planned, recorded, results, sources, report=report, again=again, complete=complete
    )
    sizes = file_sizes(builds)
    # Equal results may differ by rounding errors; a build may have used the recorded or the fresh ones.
    versions = [builds] if done.differences else [builds, work.builds(recorded, fonts)]
    presented = publish.not_current(versions, complete=complete)
    done = replace(
        done,
        checklists=tuple(_checklist(deck, done, sizes) for deck in work.decks),
        others=(*done.others, *check.outdated(presented)),
        errors=work.errors,
    )
    done = replace(done, notes=(*done.notes, *first.notes, *_frozen(work.planned)))
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


def _run_again(options: Options, work: _Work, fonts: Fonts, progress: Progress, seed: int) -> RunReport:
    """Execute all runs; leaves out the decks that show a failed run."""
    done = schedule(
        options.root,
        work.planned.runs,
        fonts,
        progress,
        fresh=True,
        fork=options.fork,
        hash_seed=seed,
        cluster=options.cluster,
    )
    work.leave_out_failed(done.failures)
    return done


def _check(
    options: Options,
    work: _Work,
    results: Results,
    fonts: Fonts,
    layouts: Mapping[str, Layout],
    *,
    make: bool = True,
) -> tuple[CheckReport, Mapping[str, Layout]]:
    """Return the findings of the checks that need no run, and the decks' layouts.

    layouts: known layouts. make: whether to make the missing ones.
    """
    builds = work.builds(results, fonts)
    laid_out = lay_out_decks(builds, layouts, make=make)
    return check.check(builds, laid_out, complete=not options.decks and not work.errors), laid_out


def _frozen(planned: Plan) -> list[str]:
    """Return a note for each script with runs that were not executed, because their results are kept."""
    names = dict.fromkeys(run.snippet.name for run in planned.runs if run.kept)
    return [f"{name} is frozen, not run again: {command(f'figures --thaw {name}')}" for name in names]


def _checklist(deck: Deck, done: Verdict, sizes: Mapping[str, Mapping[str, int]]) -> Checklist:
    pages = [page for page in done.pages if page.deck is deck]
    runs = {run for page in pages for run in page.slide.runs}
    changed = {difference.run for page in pages for difference in page.differences}
    found = Counter(finding.rule for page in pages for finding in page.findings)
    return make_checklist(deck, len(runs), len(changed), found, sizes.get(deck.name, {}))


def _differences(planned: Plan, recorded: Results, fresh: Results) -> tuple[Difference, ...]:
    """Return the differences between fresh and recorded results, in the order of the plan."""
    runs = [run for run in planned.runs if run.id in fresh]
    return compare_results(runs, recorded, fresh, planned.tolerance)


def check_theme(root: Path, name: str) -> tuple[str, ...]:
    """Return what is wrong with a theme; raises DeckError, DeckErrors for errors in its files."""
    return check.check_theme(Sources(root), name, Fonts(root))


def why(options: Options, snippet: str) -> dict[RunId, tuple[str, ...] | None]:
    """Return, for each run of a snippet, what changed since its result was stored; see `why_stale`."""
    work = _read(options)
    fonts = Fonts(options.root)
    return why_stale(options.root, work.planned.runs, _chosen(work, [snippet], ()).runs, fonts)
