"""The plan: which runs the decks need. There is one run for each script and set of parameters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from verideck.core.deck_model import Deck, EvalUse, FigureUse, OutputUse, ShowUse, SnippetUse, TableUse, Use, runs_of
from verideck.core.errors import DeckError, UsageError, did_you_mean
from verideck.core.folders import SLIDES, snippet_name
from verideck.core.project import Sources
from verideck.core.run_model import TOLERANCE, Meta, Plan, Result, Run, RunId, Snippet
from verideck.read import parser, snippets
from verideck.run.record import read_record


def plan(decks: Iterable[Deck], sources: Sources, others: Iterable[Deck] = ()) -> Plan:
    """Return the runs in the order of their first use.

    others: further decks of the project. Their own runs are not planned, but a shared run also evaluates their
    expressions, so that a run does not depend on which decks were chosen.
    A frozen run holds its recorded result.
    Raises DeckError if one run is expected to raise different exceptions.
    """
    asked: dict[RunId, list[tuple[Use, Meta]]] = {}
    wanted = tuple(decks)
    for deck in wanted:
        for run_id, use in _uses(deck):
            asked.setdefault(run_id, []).append((use, deck.meta))
    for deck in others:
        for run_id, use in _uses(deck):
            if run_id in asked:
                asked[run_id].append((use, deck.meta))
    paths = {deck.path for deck in wanted}
    scripts = {name: script for deck in wanted for name, script in deck.scripts.items()}
    runs = tuple(_run(run_id, uses, scripts, sources, paths) for run_id, uses in asked.items())
    if any(run.frozen for run in runs):
        recorded = read_record(sources, runs, whole=False)
        runs = tuple(_frozen(run, recorded.get(run.id)) if run.frozen else run for run in runs)
    return Plan(runs, min((deck.meta.tolerance for deck in wanted), default=TOLERANCE))


def _frozen(run: Run, recorded: Result | None) -> Run:
    return replace(run, kept=recorded and replace(recorded, frozen=True))


def other_decks(decks: Iterable[Deck], sources: Sources) -> tuple[Deck, ...]:
    """Return the project's other decks, without those that have errors."""
    paths = sorted({*sources.all_decks()} - {deck.path for deck in decks})
    return tuple(one.deck for one in (parser.parse(path, sources) for path in paths) if not one.errors)


def select_runs(planned: Plan, names: Sequence[str]) -> Plan:
    """Return the runs of the named snippets, all runs without names; raises UsageError for unknown names.

    The name of code in a slide is deck and line (`slides/talk.md:12`); the name of a deck means all code in it.
    """
    known = {name for run in planned.runs for name in _names(run)}
    chosen = {_known(name, known) for name in names}
    runs = tuple(run for run in planned.runs if not chosen or chosen & _names(run))
    return replace(planned, runs=runs)


def _known(name: str, known: set[str]) -> str:
    script = snippet_name(name).removesuffix(".py") + ".py"
    for meant in (name, f"{SLIDES}/{name}", script):
        if meant in known:
            return meant
    hint = f"use one of {', '.join(sorted(known))}" if known else "no deck runs a snippet"
    if re.search(r"\.md(:\d+)?$", name):
        raise UsageError(f"'{name}' contains no code that runs", None, did_you_mean(name, known) or hint)
    raise UsageError(f"no deck runs '{name}'", None, did_you_mean(script, known) or hint)


def _names(run: Run) -> set[str]:
    return {run.snippet.name, snippet_name(run.id.snippet)}


def _uses(deck: Deck) -> Iterator[tuple[RunId, Use]]:
    for use in (use for slide in deck.slides for use in slide.uses):
        for run_id in runs_of(use):
            yield run_id, use


def _run(
    run_id: RunId,
    asked: Iterable[tuple[Use, Meta]],
    scripts: Mapping[str, Snippet],
    sources: Sources,
    wanted: Collection[str],
) -> Run:
    uses, metas = zip(*asked, strict=True)
    of_cells = run_id.snippet in scripts
    expressions = {use.key for use in uses if isinstance(use, EvalUse)}
    shows = {use.key for use in uses if isinstance(use, TableUse | ShowUse)}
    shows |= {use.part for use in uses if isinstance(use, FigureUse) and use.every}  # a value may be a picture
    raises = {use.raises: use.at for use in uses if isinstance(use, SnippetUse) and use.raises and not of_cells}
    if len(raises) > 1:
        (one, first), (other, at) = list(raises.items())[:2]
        hint = "name the same exception in both places, or show the script with other parameters"
        raise DeckError(f"{run_id} must raise {other} here, but {one} at {first}", at, hint)
    saying = {use.at.path for use in uses if getattr(use, "raises", "")}
    silent = [use.at for use in uses if raises and use.at.path in wanted and use.at.path not in saying]
    if silent:
        name, place = next(iter(raises.items()))
        message = f"{run_id} must raise {name} at {place}, but {silent[0].path} does not expect that"
        raise DeckError(message, silent[0], f"add its code with `:raises: {name}`; `:hide:` hides it")
    return Run(
        id=run_id,
        snippet=scripts.get(run_id.snippet) or snippets.read_snippet(run_id.snippet, sources.text(run_id.snippet)),
        expressions=tuple(sorted(expressions)),
        raises=next(iter(raises), ""),
        streams=tuple(sorted({use.stream for use in uses if isinstance(use, OutputUse) and not use.part})),
        shows=tuple(sorted(shows)),
        parts=tuple(sorted({use.part for use in uses if isinstance(use, OutputUse) and use.part})),
        timeout=max(meta.timeout for meta in metas),
        memory=max(meta.memory for meta in metas),
        at=uses[0].at,
        frozen=any(getattr(use, "frozen", False) for use in uses),
    )
