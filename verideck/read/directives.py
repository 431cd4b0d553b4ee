"""The table of directives: argument, options and body of each, and how a fence becomes a `Use`.

Errors in a fence are raised with location and remedy.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from markdown_it.token import Token

from verideck.core.deck_model import Callout, EvalUse, FigureUse, OutputUse, SnippetUse, TableUse, Use
from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.markdown_tokens import attach, use_of, walk
from verideck.core.project import Sources
from verideck.core.run_model import Location, Meta, Parameters, Region, RunId, Snippet, Stream, Value, is_outside
from verideck.read import fences, foreign, snippets
from verideck.read.fences import Fence
from verideck.read.markdown import Directive

_CALLOUT = re.compile(r"([\w-]+):\s+(.+)$")
_NO_FRAMES = "add `:sweep:`, or write FILE@*"
_STREAMS: tuple[Stream, ...] = ("out", "err", "both")
_FILE = re.compile(r"[\w./-]+\.py\s*:")


@dataclass(frozen=True, slots=True)
class Context:
    """What directives need besides their own text."""

    sources: Sources
    """The project's files."""
    meta: Meta
    """The deck's front matter."""
    inline: Callable[..., tuple[Token, ...]]
    """Parses a caption or callout: (text, location, run of roles without FILE) → inline tokens with resolved roles."""


def resolve(written: Directive, at: Location, context: Context) -> Use:
    """Return the use of a directive whose `{` is at `at`; raises DeckError or DeckErrors."""
    if written.name not in DIRECTIVES:
        known = foreign.hint(foreign.DIRECTIVES, written.name) or did_you_mean(written.name, DIRECTIVES)
        hint = known or f"use one of {', '.join(DIRECTIVES)}"
        raise DeckError(f"unknown directive '{written.name}'", at, hint)
    directive = DIRECTIVES[written.name]
    return directive.read(fences.read(written, tuple(directive.options), at), context)


def evaluation(text: str, at: Location, context: Context, own: RunId | None = None) -> EvalUse:
    """Return the use of a role `FILE: EXPRESSION:FORMAT`; without FILE, the run is `own`, that of the figure around it.

    Raises DeckError or DeckErrors.
    """
    follows = own is not None and not _FILE.match(text)
    if own is not None and follows:
        run, rest = own, text
    else:
        snippet, rest = _snippet_and_rest(text, at, context)
        run = _run(snippet, (), context)
    expression, format_spec = fences.split_format(rest)
    fences.check_expression(expression, at)
    return EvalUse(run, expression, format_spec, at, follows)


def _snippet_and_rest(text: str, at: Location, context: Context) -> tuple[Snippet, str]:
    name, colon, rest = text.partition(":")
    if not colon or not rest.strip():
        raise DeckError(f"'{text}' has no expression", at, "write FILE: EXPRESSION, as in ridge.py: slope:.2f")
    return load(name.strip(), at, context.sources), rest.strip()


def load(name: str, at: Location, sources: Sources) -> Snippet:
    """Return the script in snippets/ that a deck calls `name`; raises DeckError or DeckErrors."""
    if not name:
        raise DeckError("the name of the snippet is missing", at, "name a script in snippets/, as in ridge.py")
    path, source = sources.snippet(name, at)
    snippet = snippets.read_snippet(path, source)
    for file in snippet.inputs:
        line = next((n for n, row in enumerate(source.split("\n"), 1) if "inputs:" in row and file in row), 0)
        if not is_outside(file):
            sources.locate(file, Location(path, line))
        if (sources.root / file).resolve() == sources.root or not (sources.root / file).exists():
            hint = "write paths relative to the project: snippets/data.db, data/, ../shared/data.db"
            raise DeckError(f"no file '{file}'", Location(path, line), hint)
    return snippet


def _run(snippet: Snippet, given: Iterable[tuple[str, Value]], context: Context) -> RunId:
    """Return the run of a script with the deck's parameters that it declares; `given` overrides them."""
    defaults = dict(snippet.parameters)
    values = {name: value for name, value in context.meta.parameters if name in defaults}
    values.update(given)
    changed = {name: value for name, value in values.items() if repr(value) != repr(defaults[name])}  # 1 is not 1.0
    return RunId(snippet.path, _sorted(changed))


def _sorted(values: Mapping[str, Value]) -> Parameters:
    return tuple(sorted(values.items()))


def _snippet(fence: Fence, context: Context) -> SnippetUse:
    name, _, part = fence.argument.partition("#")
    snippet = load(name.strip(), fence.at, context.sources)
    given = fences.keywords(fence.option("set"), snippet, fence.place("set")) if "set" in fence.options else {}
    selected = snippets.region(snippet, part.strip(), fence.at) if part else None
    first, last = (selected.ranges[0][0], selected.ranges[-1][1]) if selected else (1, len(snippet.shown))
    regions = {region.name: region for region in snippet.regions}
    added: frozenset[int] = frozenset()
    others: tuple[str, ...] = ()
    if "adds" in fence.options:
        other = load(fence.option("adds"), fence.place("adds"), context.sources)
        added = snippets.added(snippet, other)
        others = (other.path,)
        regions["adds"] = Region("adds", tuple((line, line) for line in sorted(added)))
    use = _shown(fence, context, snippet, (first, last), regions, added)
    return replace(use, run=_run(snippet, given.items(), context), others=others)


def _shown(
    fence: Fence,
    context: Context,
    snippet: Snippet,
    lines: tuple[int, int],
    regions: Mapping[str, Region],
    added: frozenset[int],
) -> SnippetUse:
    """Return the use of a `{snippet}` or `{python}`, still without its run."""
    steps = (
        snippets.steps(fence.option("steps"), snippet, lines, regions, fence.place("steps"))
        if fence.option("steps")
        else ()
    )
    return SnippetUse(
        run=RunId(""),
        snippet=snippet,
        lines=lines,
        hide=fences.flag(fence, "hide"),
        raises=fence.option("raises"),
        steps=steps,
        added=added,
        others=(),
        callouts=_callouts(fence, context, snippet, regions, added) if fence.name == "snippet" else (),
        caption=_caption(fence, context),
        at=fence.at,
    )


def _callouts(
    fence: Fence, context: Context, snippet: Snippet, regions: Mapping[str, Region], added: frozenset[int]
) -> tuple[Callout, ...]:
    callouts, errors = [], []
    for index, line in enumerate(fence.body.split("\n") if fence.body else ()):
        match = _CALLOUT.match(line)
        at = replace(fence.body_at, line=fence.body_at.line + index)
        if not line.strip():
            continue
        if not match:
            errors.append(DeckError(f"cannot read the callout '{line}'", at, "write `region: text`"))
        elif match[1] not in regions:
            hint = did_you_mean(match[1], regions) or f"mark it in the script: # region {match[1]}"
            errors.append(DeckError(f"no region '{match[1]}' in {snippet.name}", at, hint))
        else:
            region = regions[match[1]]
            is_added = all(
                n in added for a, b in region.ranges for n in range(a, b + 1) if snippet.shown[n - 1].strip()
            )
            place = replace(at, column=at.column + match.start(2))
            callouts.append(Callout(region, context.inline(match[2], place), is_added))
    if errors:
        raise DeckErrors(errors)
    return tuple(callouts)


def _caption(fence: Fence, context: Context) -> tuple[Token, ...]:
    return context.inline(fence.option("caption"), fence.place("caption")) if fence.option("caption") else ()


def _python(fence: Fence, context: Context) -> SnippetUse:
    if fence.argument:
        raise DeckError("`{python}` takes no file name", fence.at, "write ```{python} alone, or ```{snippet} FILE")
    error = snippets.check_compiles(fence.body, fence.at.path, fence.body_at.line)
    if error:
        raise error
    padding = "\n" * (fence.body_at.line - 1)
    shown = tuple(fence.body.split("\n"))
    lines = tuple(range(fence.body_at.line, fence.body_at.line + len(shown)))
    snippet = Snippet(fence.at.path, padding + fence.body + "\n", shown, lines)
    use = _shown(fence, context, snippet, (1, len(shown)), {}, frozenset())
    return replace(use, run=RunId(f"{fence.at.path}:{fence.at.line}"))


def _figure(fence: Fence, context: Context) -> FigureUse:
    name, _, select = fence.argument.partition("@")
    snippet = load(name.strip(), fence.at, context.sources)
    given = fences.keywords(fence.option("set"), snippet, fence.place("set")) if "set" in fence.options else {}
    if not fence.option("alt"):
        hint = "describe the figure: :alt: Points and a falling line"
        raise DeckError("the figure has no `:alt:`", fence.place("alt"), hint)
    sweep, values = _sweep(fence, snippet, select)
    swept = [_run(snippet, {**given, sweep: value}.items(), context) for value in values]
    runs = tuple(swept) or (_run(snippet, given.items(), context),)
    start = _start(fence, values, select)
    literals = list(map(repr, values))
    own = runs[literals.index(repr(start))] if repr(start) in literals else runs[0]
    alt = context.inline(fence.option("alt"), fence.place("alt"), own)
    caption = context.inline(fence.body, fence.body_at, own) if fence.body else ()
    if select == "*":
        _by_item((*alt, *caption))
    classes = tuple(fence.option("class").split())
    label = fence.option("label") or sweep
    steps = _frame_steps(fence, values, select)
    data = _data(fence, runs) if "data" in fence.options else ()
    return FigureUse(runs, select, sweep, values, label, start, alt, caption, fence.at, classes, steps, data)


def _by_item(tokens: Iterable[Token]) -> None:
    """Mark the roles without FILE: their values are lists with one item per frame."""
    for token in walk(tokens):
        use = use_of(token)
        if isinstance(use, EvalUse) and use.follows:
            attach(token, replace(use, by_item=True))


def _data(fence: Fence, runs: Iterable[RunId]) -> tuple[TableUse, ...]:
    """Return the table of the drawn data, one part per run."""
    at = fence.place("data")
    fences.check_expression(fence.option("data"), at)
    return tuple(TableUse(run, fence.option("data"), _formats(fence), (), at, part=True) for run in runs)


def _sweep(fence: Fence, snippet: Snippet, select: str) -> tuple[str, tuple[Value, ...]]:
    if "sweep" not in fence.options:
        return "", ()
    at = fence.place("sweep")
    given = fences.keywords(fence.option("sweep"), snippet, at)
    name, values = next(iter(given.items()), ("", None))
    if len(given) != 1 or not isinstance(values, list) or not values:
        raise DeckError(
            f"cannot read '{fence.option('sweep')}'", at, "write one parameter and a list: alpha=[0, 1, 10]"
        )
    if select == "*":
        raise DeckError("`@*` and `:sweep:` cannot be combined: both make frames", at, "remove one of them")
    return name, tuple(values)


def _start(fence: Fence, values: tuple[Value, ...], select: str) -> Value:
    if "at" not in fence.options:
        return None
    at = fence.place("at")
    if not values and select != "*":
        raise DeckError("`:at:` names a frame, but this figure has no frames", at, _NO_FRAMES)
    return _frame(fence.option("at"), values, at)


def _frame(text: str, values: tuple[Value, ...], at: Location) -> Value:
    """Return the value that names a frame: a swept one, or without `:sweep:` any; raises DeckError."""
    try:
        named: Value = ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        named = text
    same = [value for value in values if repr(value) == repr(named)] or [value for value in values if value == named]
    if values and not same:
        raise DeckError(f"'{text}' is not a swept value", at, f"use one of {', '.join(map(str, values))}")
    return same[0] if same else named


def _frame_steps(fence: Fence, values: tuple[Value, ...], select: str) -> tuple[str, ...]:
    """Return the names of the frames in `:steps:`; with `:sweep:`, the literals of their values."""
    if "steps" not in fence.options:
        return ()
    steps, at = tuple(step.strip() for step in fence.option("steps").split("|")), fence.place("steps")
    if not values and select != "*":
        raise DeckError("`:steps:` names frames, but this figure has no frames", at, _NO_FRAMES)
    if not all(steps):
        raise DeckError(f"cannot read '{fence.option('steps')}'", at, "write frames, as in 1 | 5 | 20, or all")
    return steps if not values or steps == ("all",) else tuple(repr(_frame(step, values, at)) for step in steps)


def _output(fence: Fence, context: Context) -> OutputUse:
    snippet = load(fence.argument, fence.at, context.sources)
    given = fences.keywords(fence.option("set"), snippet, fence.place("set")) if "set" in fence.options else {}
    stream = fence.option("stream").strip() if "stream" in fence.options else "out"
    if stream not in _STREAMS:
        raise DeckError(f"'{stream}' is not a stream", fence.place("stream"), f"use one of {', '.join(_STREAMS)}")
    return OutputUse(_run(snippet, given.items(), context), fence.at, stream)


def _table(fence: Fence, context: Context) -> TableUse:
    snippet, expression = _snippet_and_rest(fence.argument, fence.at, context)
    fences.check_expression(expression, fence.at)
    return TableUse(_run(snippet, (), context), expression, _formats(fence), _caption(fence, context), fence.at)


def _formats(fence: Fence) -> tuple[tuple[str, str], ...]:
    """Return column → format of `:format: {w: .2f, E: .1f}`; raises DeckError."""
    text = fence.option("format").strip().removeprefix("{").removesuffix("}")
    pairs = [part.partition(":") for part in text.split(",") if part.strip()]
    if any(not colon or not key.strip() for key, colon, _ in pairs):
        hint = "write column: format, …, as in {w: .2f, E: .1f}"
        raise DeckError(f"cannot read '{fence.option('format')}'", fence.place("format"), hint)
    return tuple((key.strip().strip("'\""), spec.strip()) for key, _, spec in pairs)


@dataclass(frozen=True, slots=True)
class DirectiveType:
    """One directive. The texts are Markdown, and the documentation prints them."""

    read: Callable[[Fence, Context], Use]
    does: str
    argument: str
    """What follows the name; "" if there is no argument."""
    options: Mapping[str, str]
    """Option → what it does."""
    body: str
    """What the lines below the options are; "" if there are none."""


_SET = '`:set: alpha=10, label="a, b"` runs the script with these values of its parameters.'
_CAPTION = "The caption below, a line of Markdown that may contain `{eval}`."
_HIDE = "Run the code, but do not show it."
_RAISES = "`:raises: ValueError`: the code is expected to end with this exception. If it does not, that is an error."
_FORMAT = "`:format: {w: .2f, E: .1f}` formats the columns of the table with these names."

DIRECTIVES: Mapping[str, DirectiveType] = {
    "snippet": DirectiveType(
        _snippet,
        "Shows the code of a script and runs the script.",
        "`FILE`, a script in snippets/, or `FILE#REGION` to show one of its regions",
        {
            "steps": "`:steps: fit | draw, 12-14 | all` highlights parts of the code step by step. A part is a "
            "region, a line, a range of lines, `adds` or `all`.",
            "adds": "`:adds: FILE` marks the lines that this script has and the other script does not.",
            "set": _SET,
            "hide": _HIDE,
            "raises": _RAISES,
            "caption": _CAPTION,
        },
        "Callouts, one per line: `region: text` puts the text beside the region, `adds: text` beside the added lines.",
    ),
    "python": DirectiveType(
        _python,
        "Shows code that is written in the slide, and runs it.",
        "",
        {
            "steps": "`:steps: 1 | 2-3 | all` highlights lines step by step.",
            "hide": _HIDE,
            "raises": _RAISES,
            "caption": _CAPTION,
        },
        "The code.",
    ),
    "figure": DirectiveType(
        _figure,
        "Shows a figure that a script draws. Several figures become the frames of a slider.",
        "`FILE` for the script's first figure, `FILE@2` for its second, `FILE@label` for the one drawn with "
        '`plt.figure("label")`, or `FILE@*` for all of them as frames. A label wins over a number',
        {
            "alt": "Required: what the picture shows, for those who cannot see it. It may contain `{eval}`.",
            "sweep": "`:sweep: alpha=[0, 10, 100]` runs the script once for each value; each run is a frame.",
            "label": "The text beside the slider. The default is the name of the swept parameter.",
            "at": "The frame that is shown first, and in print: a swept value, or for `FILE@*` a number from 1 or a "
            "label. Without it, the first frame is shown, or the first step on the screen and the last step in print.",
            "steps": "`:steps: 1 | 5 | 20` steps through these frames while you present, `:steps: all` through all.",
            "data": "An expression whose value is the drawn data, a list of dicts. Readers can open it as a table.",
            "format": _FORMAT,
            "set": _SET,
            "class": "CSS classes of the figure.",
        },
        "The caption. In caption and `:alt:`, an `{eval}` without FILE belongs to the frame that is shown: it is "
        "evaluated in that frame's run. With `FILE@*` it gives a list with one item for each frame.",
    ),
    "output": DirectiveType(
        _output,
        "Shows what a script prints.",
        "`FILE`",
        {
            "stream": "`:stream: out`, the default, shows its standard output, `err` its standard error (warnings, "
            "logs, progress), `both` both in the order in which they came. `verify` compares what is shown.",
            "set": _SET,
        },
        "",
    ),
    "table": DirectiveType(
        _table,
        "Shows a list of dicts as a table: one row for each dict, one column for each key.",
        "`FILE: EXPRESSION`",
        {"caption": _CAPTION, "format": _FORMAT},
        "",
    ),
}
"""Name → directive."""
