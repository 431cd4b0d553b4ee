"""Checks of the results that a deck shows: typed numbers, rounding edges, randomness, unshown results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from verideck.check.registry import (
    EMPTY_OUTPUT,
    OUTSIDE_INPUT,
    ROUNDING_EDGE,
    STILL,
    TYPED_NUMBERS,
    UNSEEDED,
    UNSHOWN,
    UNSTABLE,
)
from verideck.check.typed_numbers import Computed, numbers, same
from verideck.core.deck_model import EvalUse, FigureUse, OutputUse, ShowUse, Slide, SnippetUse, TableUse, Use, runs_of
from verideck.core.errors import DeckError, LineOf
from verideck.core.folders import is_script, snippet_name
from verideck.core.run_model import Finding, Location, Result, Results, RunId, Snippet, Value, is_outside, used
from verideck.read.seeds import draws
from verideck.render import output_text, texts
from verideck.run import compare_result, unequal, value_name
from verideck.typeset import figure_facts


def typed_numbers(
    slide: Slide, recorded: Results, fresh: Results, line_of: LineOf, lang: str = ""
) -> Iterator[Finding]:
    """Yield the typed numbers on a slide that its snippets compute: equal to a value at their precision, or nearly."""
    snippets = {run.snippet for run in slide.runs}
    computed = [
        Computed(run, expression, value, old)
        for results, old in ((fresh, False), (recorded, True))
        for run, result in sorted(results.items(), key=lambda item: len(item[0].parameters))
        if run.snippet in snippets
        for expression, value in (*result.values.items(), ("", result.stdout), *_displayed(result))
    ]
    for number in numbers(slide, line_of, lang) if computed else ():
        found = same(number, computed)
        if found:
            hint = f'{found.remedy}, or allow it: allow="typed-numbers: the reason"'
            yield TYPED_NUMBERS.finding(slide.number, number.at, found.message, hint)


def _displayed(result: Result) -> Iterator[tuple[str, Value]]:
    """Yield (expression, value) of what is shown as a table or a text."""
    for key, display in result.displays.items():
        if isinstance(display, dict):
            yield key, display.get("rows", display.get("text", ""))


def rounding_edges(slide: Slide, recorded: Results, fresh: Results, tolerance: float) -> Iterator[Finding]:
    """Yield values and lines of output that changed by less than the tolerance, but are shown as a different text."""
    for use in slide.uses:
        for run, name, old, new in _edges(use, recorded, fresh, tolerance):
            message = f"{run}: {name} is shown as {old} → {new}, although it changed by less than the tolerance"
            yield ROUNDING_EDGE.finding(slide.number, use.at, message)


def drawing_notes(results: Results) -> Iterator[str]:
    """Yield the remarks on how figures were drawn, each once per run."""
    for run, result in results.items():
        said: dict[str, list[int]] = {}
        for number, figure in enumerate(result.figures, 1):
            for note in figure_facts.notes(figure.svg):
                if note != figure_facts.ANIMATED:
                    said.setdefault(note, []).append(number)
        for note, places in said.items():
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            yield f"{run}: {note} in figure {places[0]}{more}"


def stills(slide: Slide, results: Results) -> Iterator[Finding]:
    """Yield the figures of a slide that show the first frame of an animation alone."""
    for use in slide.uses:
        if isinstance(use, FigureUse) and not use.select and use.runs[0] in results:
            figures = results[use.runs[0]].figures
            frames = [figure for figure in figures if figure_facts.ANIMATED in figure_facts.notes(figure.svg)]
            if len(frames) > 1 and figures[0] is frames[0]:
                run = use.runs[0]
                message = f"of the {len(frames)} frames of an animation that {run} draws, this shows the first alone"
                hint = f"write {snippet_name(run.snippet)}@* for all of them, or @1 if you mean this one"
                yield STILL.finding(slide.number, use.at, message, hint)


def unseeded_draws(slide: Slide, fresh: Results, text_of: Callable[[str], str]) -> Iterator[Finding]:
    """Yield the calls in a slide's scripts and their modules that draw random numbers without a seed."""
    in_slide: dict[RunId, list[Snippet]] = {}
    for use in slide.uses:
        if isinstance(use, SnippetUse):
            in_slide.setdefault(use.run, []).append(use.snippet)
    found: dict[tuple[str, int, str], None] = {}
    for run in (run for run in slide.runs if run in fresh and not fresh[run].frozen):
        inside = (path for path, digest in fresh[run].inputs if digest and not is_outside(path))
        files = {path: text_of(path) for path in inside if path.endswith(".py")}
        if is_script(run.snippet):
            files = {run.snippet: text_of(run.snippet), **files}
        for snippet in () if is_script(run.snippet) else in_slide.get(run, ()):
            found |= dict.fromkeys(draws({snippet.path: snippet.source}))
        found |= dict.fromkeys(draws(files))
    for path, line, what in found:
        message = f"{what}: its results may change from run to run"
        hint = "run one trial at a time: n_jobs=1" if "n_jobs" in what else ""
        yield UNSEEDED.finding(slide.number, Location(path, line), message, hint)


def outside_inputs(slide: Slide, fresh: Results, declared: Mapping[RunId, Collection[str]]) -> Iterator[Finding]:
    """Yield the files outside the project that a slide's runs read and their scripts do not declare."""
    for run in dict.fromkeys(run for use in slide.uses for run in runs_of(use) if run in fresh):
        known = declared.get(run, ())
        for path in sorted(filter(is_outside, used(fresh[run]))):
            name = path.rstrip("/")
            if not any(name == one.rstrip("/") or name.startswith(one.rstrip("/") + "/") for one in known):
                message = (
                    f"{run} reads '{name}', which is outside the project: elsewhere it may be missing or different"
                )
                hint = f"move it into the project, or write `# inputs: {name}` in the script"
                yield OUTSIDE_INPUT.finding(slide.number, Location(run.snippet.partition(":")[0]), message, hint)


def unstable(slide: Slide, once: Results, twice: Results, tolerance: float) -> Iterator[Finding]:
    """Yield where a second run with another hash seed gave a different result, or a different text on the slide."""
    found: list[tuple[RunId, str, str, Location]] = []
    for run in slide.runs:
        uses = [use for use in slide.uses if run in runs_of(use)]
        streams = sorted({use.stream for use in uses if isinstance(use, OutputUse)})
        for change in compare_result(once[run], twice[run], run, tolerance, streams):
            said = (use.at for use in uses if change.what == f"value {value_name(getattr(use, 'key', ''))}")
            detail = f" ({change.detail})" if change.detail else ""
            told = f"{change.before} → {change.after}{detail}"
            found.append((run, change.what, told, next(said, uses[0].at)))
    for use in slide.uses:
        found += [(run, name, f"{old} → {new}", use.at) for run, name, old, new in _edges(use, once, twice, tolerance)]
    for run, what, told, at in found:
        yield UNSTABLE.finding(slide.number, at, f"{run}: {what} changes from run to run: {told}")


def empty_outputs(slide: Slide, results: Results) -> Iterator[Finding]:
    """Yield the empty outputs on a slide."""
    for use in slide.uses:
        if isinstance(use, OutputUse) and not use.optional and use.run in results and not output_text(results, use):
            other = next((stream for stream in ("out", "err") if results[use.run].printed(stream)), "")
            other = "" if use.part else other
            where = f" to its standard {'output' if use.stream == 'out' else 'error'}" if other else ""
            where = " in this part" if use.part else where
            message = f"{use.run} prints nothing{where}"
            yield EMPTY_OUTPUT.finding(slide.number, use.at, message, other and f"write `:stream: {other}`")


def unshown(recorded: Results, shown: Iterable[RunId], record: str, files: Iterable[str]) -> Iterator[Finding]:
    """Yield recorded results that no deck shows, and figures that belong to no result.

    record: path of the record. files: SVG files in figures/ that the record does not name.
    """
    for run in recorded.keys() - set(shown):
        yield UNSHOWN.finding(0, Location(record), f"no deck shows {run}")
    for path in files:
        yield UNSHOWN.finding(0, Location(path), "this figure belongs to no recorded result", "remove it")


def _edges(use: Use, recorded: Results, fresh: Results, tolerance: float) -> Iterator[tuple[RunId, str, str, str]]:
    """Yield (run, name, text before, text after) where a use shows a different text for an equal result."""
    if isinstance(use, EvalUse | TableUse | OutputUse | ShowUse):
        try:
            before, after = texts(recorded, use), texts(fresh, use)
            same_result = _is_same(use, recorded, fresh, tolerance)
        except DeckError:  # reported when the slide is rendered
            return
        pairs = zip(before, after, strict=False) if same_result else ()
        changed = [(use.run, old.name, old.text, new.text) for old, new in pairs if old.text != new.text]
        yield from changed[:1] if isinstance(use, OutputUse) else changed


def _is_same(
    use: EvalUse | TableUse | OutputUse | ShowUse, recorded: Results, fresh: Results, tolerance: float
) -> bool:
    """Tell whether the two results of a use are equal within the tolerance."""
    if isinstance(use, OutputUse):
        old, new = (
            Result(results[use.run].outputs.get(use.part, "") if use.part else results[use.run].printed(use.stream))
            for results in (recorded, fresh)
        )
        return not compare_result(old, new, use.run, tolerance)
    old_value, new_value = (_given(use, results[use.run]) for results in (recorded, fresh))
    return not unequal(old_value, new_value, tolerance)


def _given(use: EvalUse | TableUse | ShowUse, result: Result) -> Value:
    """Return what a use takes from its run."""
    return result.displays.get(use.key, result.values.get(use.key))
