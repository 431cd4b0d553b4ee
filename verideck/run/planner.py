"""Which runs the decks need: each script with each set of parameters once, with all expressions asked of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from verideck.core.deck_model import Deck, EvalUse, SnippetUse, TableUse, Use, runs_of
from verideck.core.errors import DeckError, UsageError, did_you_mean
from verideck.core.folders import SLIDES, snippet_name
from verideck.core.project import Sources
from verideck.core.run_model import Meta, Plan, Run, RunId, Snippet
from verideck.read import parser, snippets


def plan(decks: Iterable[Deck], sources: Sources, others: Iterable[Deck] = ()) -> Plan:
    """Return the runs in the order in which the decks first ask for them.

    others: decks whose own runs are not wanted; where they share a run, it gives what they ask of it as well, so that
    a run is the same whichever decks are asked for. Raises DeckError where one run is to raise different exceptions.
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
    return Plan(tuple(_run(run_id, uses, sources, paths) for run_id, uses in asked.items()))


def other_decks(decks: Iterable[Deck], sources: Sources) -> tuple[Deck, ...]:
    """Return the project's other decks that are right; what is wrong with the others is said elsewhere."""
    paths = sorted({*sources.decks()} - {deck.path for deck in decks})
    return tuple(one.deck for one in (parser.parse(path, sources) for path in paths) if not one.errors)


def select_runs(planned: Plan, names: Sequence[str]) -> Plan:
    """Return the runs of the named snippets, or all; raises UsageError for a name that no deck uses.

    Code written in a slide is named by deck and line (`slides/talk.md:12`), or by deck: all of its code.
    """
    known = {name for run in planned.runs for name in _names(run)}
    chosen = {_known(name, known) for name in names}
    return Plan(tuple(run for run in planned.runs if not chosen or chosen & _names(run)))


def _known(name: str, known: set[str]) -> str:
    script = snippet_name(name).removesuffix(".py") + ".py"
    for meant in (name, f"{SLIDES}/{name}", script):
        if meant in known:
            return meant
    hint = f"decks run {', '.join(sorted(known))}" if known else "no deck runs anything"
    if re.search(r"\.md(:\d+)?$", name):
        raise UsageError(f"no code that runs is written in '{name}'", None, did_you_mean(name, known) or hint)
    raise UsageError(f"no deck runs '{name}'", None, did_you_mean(script, known) or hint)


def _names(run: Run) -> set[str]:
    return {run.snippet.name, snippet_name(run.id.snippet)}


def _uses(deck: Deck) -> Iterator[tuple[RunId, Use]]:
    for slide in deck.slides:
        for use in slide.uses:
            for run_id in runs_of(use):
                yield run_id, use


def _run(run_id: RunId, asked: Iterable[tuple[Use, Meta]], sources: Sources, wanted: Collection[str]) -> Run:
    uses, metas = zip(*asked, strict=True)
    expressions = {use.expression for use in uses if isinstance(use, EvalUse | TableUse)}
    raises = {use.raises: use.at for use in uses if isinstance(use, SnippetUse) and use.raises}
    if len(raises) > 1:
        (one, first), (other, at) = list(raises.items())[:2]
        hint = "one run ends in one way: name the same exception, or show the script with other parameters"
        raise DeckError(f"{run_id} is meant to raise {other} here, and {one} at {first}", at, hint)
    saying = {use.at.path for use in uses if getattr(use, "raises", "")}
    silent = [use.at for use in uses if raises and use.at.path in wanted and use.at.path not in saying]
    if silent:
        name, place = next(iter(raises.items()))
        message = f"{run_id} is meant to raise {name} at {place}, but nothing in {silent[0].path} says so"
        raise DeckError(message, silent[0], f"show its code with `:raises: {name}`; with `:hide:`, nobody sees it")
    snippet = next((use.snippet for use in uses if isinstance(use, SnippetUse)), None) or _load(run_id, sources)
    return Run(
        id=run_id,
        snippet=snippet,
        expressions=tuple(sorted(expressions)),
        raises=next(iter(raises), ""),
        timeout=max(meta.timeout for meta in metas),
        memory=max(meta.memory for meta in metas),
        at=uses[0].at,
    )


def _load(run_id: RunId, sources: Sources) -> Snippet:
    return snippets.read_snippet(run_id.snippet, sources.text(run_id.snippet))
