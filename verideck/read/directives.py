"""The table of directives: argument, options and body of each, and how a fence becomes a `Use`.

Errors in a fence are raised with location and remedy.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from markdown_it.token import Token

from verideck.core.deck_model import (
    Callout,
    CellUse,
    EvalUse,
    FigureUse,
    OutputUse,
    ShowUse,
    SnippetUse,
    TableOptions,
    TableUse,
    Use,
)
from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.markdown_tokens import Picture, attach, use_of, walk
from verideck.core.project import Sources
from verideck.core.run_model import Location, Meta, Region, RunId, Snippet, Stream, Value, is_outside
from verideck.read import fences, foreign, pictures, references, snippets
from verideck.read.cells import Cells
from verideck.read.fences import Fence
from verideck.read.markdown import Directive
from verideck.typeset.highlight import is_language

_CALLOUT = re.compile(r"([\w-]+):\s+(.+)$")
_NO_FRAMES = "add `:sweep:`, or write FILE@*"
_STREAMS: tuple[Stream, ...] = ("out", "err", "both")
_FILE = re.compile(r"([\w./-]+\.py|[\w-]+)\s*:")


@dataclass(frozen=True, slots=True)
class Context:
    """What directives need besides their own text."""

    sources: Sources
    """The project's files."""
    meta: Meta
    """The deck's front matter."""
    inline: Callable[..., tuple[Token, ...]]
    """Parses a caption or callout: (text, location, run of roles without FILE) → inline tokens with resolved roles."""
    cells: Cells = field(default_factory=Cells)
    """The deck's cells."""


class Script(NamedTuple):
    """A file in snippets/, or a cell with those that it continues."""

    snippet: Snippet
    """The file; of a cell, the script that it is part of."""
    run: RunId
    """With the deck's parameters, and those that the cell sets."""
    part: str
    """The cell; "" for a file."""


def resolve(written: Directive, at: Location, context: Context) -> Use:
    """Return the use of a directive whose `{` is at `at`; raises DeckError or DeckErrors."""
    if written.name not in DIRECTIVES:
        known = foreign.hint(foreign.DIRECTIVES, written.name) or did_you_mean(written.name, DIRECTIVES)
        if is_language(written.name):
            known = known or f"Verideck runs Python only; to show this code, write ```{written.name} without braces"
        hint = known or f"use one of {', '.join(DIRECTIVES)}"
        raise DeckError(f"unknown directive '{written.name}'", at, hint)
    directive = DIRECTIVES[written.name]
    return directive.read(fences.read(written, tuple(directive.options), at), context)


def evaluation(text: str, at: Location, context: Context, own: RunId | None = None) -> EvalUse:
    """Return the use of a role `FILE: EXPRESSION:FORMAT`; without FILE, the run is `own`, that of the figure around it.

    Raises DeckError or DeckErrors.
    """
    named = _FILE.match(text)
    follows = own is not None and not (named and (named[1].endswith(".py") or named[1] in context.cells.by_name))
    part = ""
    if own is not None and follows:
        run, rest = own, text
    else:
        script, rest = _script_and_rest(text, at, context)
        run, part = script.run, script.part
    expression, format_spec = fences.split_format(rest)
    fences.check_expression(expression, at)
    return EvalUse(run, expression, format_spec, at, follows, part=part)


def _script_and_rest(text: str, at: Location, context: Context) -> tuple[Script, str]:
    name, colon, rest = text.partition(":")
    if not colon or not rest.strip():
        raise DeckError(f"'{text}' has no expression", at, "write FILE: EXPRESSION, as in ridge.py: slope:.2f")
    return _script(name.strip(), at, context), rest.strip()


def _script(name: str, at: Location, context: Context) -> Script:
    """Return the cell, or the script in snippets/, that a deck calls `name`; raises DeckError or DeckErrors."""
    cells = context.cells
    if cell := cells.by_name.get(name.removeprefix("#")):
        return Script(cells.scripts[cell.script], RunId(cell.script, cell.parameters), cell.part)
    if not name.endswith(".py") and (hint := did_you_mean(name, cells.by_name)):
        raise DeckError(f"no cell is called '{name}'", at, hint)
    snippet = load(name, at, context.sources)
    return Script(snippet, RunId(snippet.path, fences.settings(snippet, {}, context.meta)), "")


def _with(script: Script, given: Mapping[str, Value], context: Context) -> RunId:
    """Return the run of a script with other parameters."""
    given = {**dict(script.run.parameters), **given} if script.part else given
    return RunId(script.run.snippet, fences.settings(script.snippet, given, context.meta))


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


def _snippet(fence: Fence, context: Context) -> SnippetUse:
    name, _, part = fence.argument.partition("#")
    snippet = load(name.strip(), fence.at, context.sources)
    run = RunId(snippet.path, fences.settings(snippet, fences.parameters(fence, snippet), context.meta))
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
    return replace(use, run=run, others=others)


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
        caption=_inline(fence, "caption", context),
        at=fence.at,
        frozen=fences.flag(fence, "frozen"),
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


def _inline(fence: Fence, name: str, context: Context, own: RunId | None = None) -> tuple[Token, ...]:
    """Return the tokens of an option that is Markdown; () without it. own: the run of roles without FILE."""
    return context.inline(fence.option(name), fence.place(name), own) if fence.option(name) else ()


def _python(fence: Fence, context: Context) -> CellUse:
    cell = context.cells.at(fence.at)
    run, snippet = RunId(cell.script, cell.parameters), cell.snippet
    hidden = fences.flag(fence, "hide")
    shown = _slots(fence, hidden)
    regions = {region.name: region for region in snippet.regions}
    code = _shown(fence, context, snippet, (1, len(snippet.shown)), regions, frozenset())
    code = replace(code, run=run, hide="code" not in shown, caption=code.caption if "code" in shown else ())
    alt = _inline(fence, "alt", context, run)
    named = "show" in fence.options
    if named and "figure" in shown and not alt:
        raise DeckError("the figure has no `:alt:`", fence.place("alt"), _DESCRIBE)
    caption = () if "code" in shown else _inline(fence, "caption", context)
    named_figure = cell.name.startswith("fig-")
    of_figure = caption if "figure" in shown else ()
    of_value = caption if "figure" not in shown else ()
    if named_figure:
        of_figure = (*_label(fence, cell.name, "figure", alone=not of_figure), *of_figure)
    elif _kind(cell.name) == "table":
        of_value = (*_label(fence, cell.name, "table", alone=not of_value), *of_value)
    lines, options = fences.pieces(fence, "lines"), _table_options(fence)
    figure = FigureUse(
        (run,), "", "", (), "", None, alt, of_figure, fence.at, part=cell.part, every=True, optional=not named
    )
    parts: dict[str, SnippetUse | OutputUse | FigureUse | ShowUse] = {
        "code": code,
        "output": OutputUse(run, fence.at, "out", cell.part, lines, optional=not named),
        "figure": figure,
        "value": ShowUse(
            run, "", options, alt, of_value, fence.at, cell.part, optional=not named, still=_still(fence, context)
        ),
    }
    return CellUse((*(parts[name] for name in shown), *([] if "code" in shown else [code])), run, fence.at)


SLOTS = ("code", "output", "figure", "value")
"""What a cell shows, in this order where `:show:` does not say otherwise."""
_DESCRIBE = "describe the figure: :alt: Points and a falling line"


def _slots(fence: Fence, hidden: bool) -> tuple[str, ...]:
    """Return what a cell shows, in order; raises DeckError."""
    if "show" not in fence.options:
        return () if hidden else SLOTS
    at = fence.place("show")
    if hidden:
        raise DeckError("`:show:` and `:hide:` cannot be combined", at, "remove one of them")
    names = tuple(name.strip() for name in fence.option("show").split(","))
    for name in names:
        if name not in SLOTS:
            hint = did_you_mean(name, SLOTS) or f"write some of {', '.join(SLOTS)}"
            raise DeckError(f"a cell cannot show '{name}'", at, hint)
    return tuple(dict.fromkeys(names))


def _figure(fence: Fence, context: Context) -> FigureUse:
    name, _, select = fence.argument.partition("@")
    script = _script(name.strip(), fence.at, context)
    given = fences.parameters(fence, script.snippet)
    sweep, values = _sweep(fence, script.snippet, select)
    swept = [_with(script, {**given, sweep: value}, context) for value in values]
    runs = tuple(swept) or (_with(script, given, context),)
    start = _start(fence, values, select)
    literals = list(map(repr, values))
    own = runs[literals.index(repr(start))] if repr(start) in literals else runs[0]
    alt = _inline(fence, "alt", context, own)
    caption = context.inline(fence.body, fence.body_at, own) if fence.body else ()
    caption = (*_label(fence, fence.option("name"), "figure", alone=not caption), *caption)
    if select == "*":
        _by_item((*alt, *caption))
    classes = tuple(fence.option("class").split())
    label = fence.option("label") or sweep
    steps = _frame_steps(fence, values, select)
    data = _data(fence, runs) if "data" in fence.options else ()
    return FigureUse(
        runs, select, sweep, values, label, start, alt, caption, fence.at, classes, steps, data, part=script.part,
        frozen=fences.flag(fence, "frozen"),
    )  # fmt: skip


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
    options = TableOptions(_formats(fence))
    return tuple(TableUse(run, fence.option("data"), options, (), at, for_figure=True) for run in runs)


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
    name, _, region = fence.argument.removeprefix("#").partition("#")
    script = _script(name.strip(), fence.at, context)
    run, part = _with(script, fences.parameters(fence, script.snippet), context), script.part
    stream = fence.option("stream").strip() if "stream" in fence.options else "out"
    if stream not in _STREAMS:
        raise DeckError(f"'{stream}' is not a stream", fence.place("stream"), f"use one of {', '.join(_STREAMS)}")
    if region and part:
        raise DeckError("a cell has no regions", fence.at, f"write {{output}} {name.strip()}")
    if region:
        snippets.check_runs_alone(script.snippet, snippets.region(script.snippet, region.strip(), fence.at), fence.at)
        part = f"#{region.strip()}"
    if part and stream != "out":
        raise DeckError(
            "only of a whole script can the standard error be shown", fence.place("stream"), "name FILE alone"
        )
    frozen = fences.flag(fence, "frozen")
    return OutputUse(run, fence.at, stream, part, fences.pieces(fence, "lines"), frozen=frozen)


def _table(fence: Fence, context: Context) -> TableUse:
    script, expression = _script_and_rest(fence.argument, fence.at, context)
    fences.check_expression(expression, fence.at)
    run = _with(script, fences.parameters(fence, script.snippet), context)
    caption = _named_caption(fence, context, fence.option("name"), "table")
    return TableUse(run, expression, _table_options(fence), caption, fence.at, part=script.part)


def _show(fence: Fence, context: Context) -> ShowUse:
    script, expression = _script_and_rest(fence.argument, fence.at, context)
    fences.check_expression(expression, fence.at)
    run = _with(script, fences.parameters(fence, script.snippet), context)
    alt = _inline(fence, "alt", context, run)
    options, still = _table_options(fence), _still(fence, context)
    name = fence.option("name")
    caption = _named_caption(fence, context, name, _kind(name))
    return ShowUse(run, expression, options, alt, caption, fence.at, script.part, still=still)


def _kind(name: str) -> str:
    return "table" if name.startswith(("tbl-", "tab-")) else "figure"


def _label(fence: Fence, name: str, kind: str, *, alone: bool) -> tuple[Token, ...]:
    return references.label(name.removeprefix("#"), kind, fence.at, alone)


def _named_caption(fence: Fence, context: Context, name: str, kind: str) -> tuple[Token, ...]:
    """Return a caption with its number, if there is a name."""
    caption = _inline(fence, "caption", context)
    return (*_label(fence, name, kind, alone=not caption), *caption)


def _still(fence: Fence, context: Context) -> Picture | None:
    """Return the picture that `:print:` names, a file beside the deck; raises DeckError."""
    if "print" not in fence.options:
        return None
    return pictures.load(fence.option("print"), fence.at.path, context.sources, fence.place("print"))


def _table_options(fence: Fence) -> TableOptions:
    """Return what is shown of a table; raises DeckError."""
    columns = tuple(name.strip() for name in fence.option("columns").split(",") if name.strip())
    index = fence.option("index")
    if index not in ("", "true", "false", "yes", "no"):
        raise DeckError(f"cannot read '{index}'", fence.place("index"), "write :index: or :index: no")
    shown = index not in ("false", "no") if "index" in fence.options else None
    return TableOptions(_formats(fence), columns, fences.pieces(fence, "rows"), shown)


def _formats(fence: Fence) -> tuple[tuple[str, str], ...]:
    """Return column → format of `:format: {w: .2f, E: .1f}`, or of `:format: .2f` for all; raises DeckError."""
    if (given := fence.option("format").strip()) and not re.search(r"[{:]", given):
        return (("", given),)
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
_NAME = "`:name: fig-fit` numbers it; `[](#fig-fit)` anywhere in the deck is then a link that says its number."
_RAISES = "`:raises: ValueError`: the code is expected to end with this exception. If it does not, that is an error."
_FROZEN = (
    "Keep the recorded result, and do not run the script again (see [frozen results](results.md)): "
    "`figures --thaw FILE` makes it anew."
)
_FORMAT = "`:format: {w: .2f, E: .1f}` formats the columns of the table with these names, `:format: .2f` all numbers."
_LINES = "`:lines: 1-5, -3` shows these lines of the output: the first five and the last three."
_TABLE = {
    "format": _FORMAT,
    "columns": "`:columns: name, price` shows these columns of the table, in this order.",
    "rows": "`:rows: 1-5, -3` shows these rows of the table. Without it, a table of more than ten rows is cut.",
    "index": "`:index:` shows the index of a data frame, `:index: no` leaves it out. Without it, an index that only "
    "counts the rows is left out.",
}
_PRINT = (
    "`:print: FILE` prints this picture in the place of an interactive figure (Plotly), if no browser can draw one."
)
_ALT = "What the picture shows, for those who cannot see it. Required if there is a picture."

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
            "hide": "Run the code, but do not show it.",
            "raises": _RAISES,
            "frozen": _FROZEN,
            "caption": _CAPTION,
        },
        "Callouts, one per line: `region: text` puts the text beside the region, `adds: text` beside the added lines.",
    ),
    "python": DirectiveType(
        _python,
        "A cell: shows code that is written in the slide, runs it, and shows what it prints, draws, and gives as the "
        "value of its last expression.",
        "`#NAME`, a name by which `{eval}`, `{output}`, `{figure}`, `{table}` and `{show}` can refer to the cell; it "
        "may be left out",
        {
            "show": "`:show: output, code` chooses what is shown, in this order, of `code`, `output`, `figure` and "
            "`value`.",
            "continues": "The cell knows what the cell before it has defined; with `:continues: NAME`, what the cell "
            "of that name has. Without it, a cell knows nothing of other cells.",
            "set": '`:set: alpha=10, label="a, b"` runs the cell, and those that continue it, with these values of '
            "its parameters.",
            "alt": _ALT + " It may contain `{eval}`.",
            "print": _PRINT,
            "lines": _LINES,
            **_TABLE,
            "steps": "`:steps: 1 | 2-3 | all` highlights lines step by step.",
            "hide": "Run the code, but show nothing.",
            "raises": _RAISES + " The error is shown after what the cell prints.",
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
            "name": _NAME,
            "alt": "What the picture shows, for those who cannot see it. It may contain `{eval}`. "
            "`verify` requires it.",
            "sweep": "`:sweep: alpha=[0, 10, 100]` runs the script once for each value; each run is a frame.",
            "label": "The text beside the slider. The default is the name of the swept parameter.",
            "at": "The frame that is shown first, and in print: a swept value, or for `FILE@*` a number from 1 or a "
            "label. Without it, the first frame is shown, or the first step on the screen and the last step in print.",
            "steps": "`:steps: 1 | 5 | 20` steps through these frames while you present, `:steps: all` through all.",
            "data": "An expression whose value is the drawn data, a list of dicts. Readers can open it as a table.",
            "format": _FORMAT,
            "set": _SET,
            "frozen": _FROZEN,
            "class": "CSS classes of the figure.",
        },
        "The caption. In caption and `:alt:`, an `{eval}` without FILE belongs to the frame that is shown: it is "
        "evaluated in that frame's run. With `FILE@*` it gives a list with one item for each frame.",
    ),
    "output": DirectiveType(
        _output,
        "Shows what a script prints.",
        "`FILE`, or `FILE#REGION` for what one of its regions prints",
        {
            "stream": "`:stream: out`, the default, shows its standard output, `err` its standard error (warnings, "
            "logs, progress), `both` both in the order in which they came. `verify` compares what is shown.",
            "lines": _LINES,
            "set": _SET,
            "frozen": _FROZEN,
        },
        "",
    ),
    "table": DirectiveType(
        _table,
        "Shows a data frame, or a list of dicts, as a table.",
        "`FILE: EXPRESSION`",
        {"name": _NAME, "caption": _CAPTION, **_TABLE, "set": _SET},
        "",
    ),
    "show": DirectiveType(
        _show,
        "Shows any value as a notebook does: a table, a formula, a picture, a text.",
        "`FILE: EXPRESSION`",
        {"name": _NAME, "alt": _ALT, "print": _PRINT, "caption": _CAPTION, **_TABLE, "set": _SET},
        "",
    ),
}
"""Name → directive. FILE may be the name of a cell."""
