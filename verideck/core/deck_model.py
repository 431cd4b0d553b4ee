"""The records of a deck: slides and their uses of run results. The records of runs are in `run_model`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from verideck.core.folders import deck_name, talk_name
from verideck.core.run_model import Location, Meta, Region, RunId, Snippet, Step, Stream, Value

if TYPE_CHECKING:
    from markdown_it.token import Token

    from verideck.core.markdown_tokens import Picture


@dataclass(frozen=True, slots=True)
class Callout:
    """A remark beside a region of code."""

    region: Region
    """The region that it explains."""
    tokens: tuple[Token, ...]
    """Inline tokens of its text."""
    added: bool = False
    """Whether all code lines of the region are lines that `:adds:` marks as added."""


def value_key(part: str, expression: str) -> str:
    """Return the key of a value in a result: of an expression, at the end of a part, or of a cell's last expression."""
    return f"{part} {expression}".strip()


@dataclass(frozen=True, slots=True)
class EvalUse:
    """`` {eval}`FILE: EXPRESSION:FORMAT` ``."""

    run: RunId
    """The run in whose namespace the expression is evaluated."""
    expression: str
    """Python expression."""
    format: str
    """Format specification, "" for `str`."""
    at: Location
    """Location of the role."""
    follows: bool = False
    """Whether it belongs to the figure around it, so that its value changes with the frame."""
    by_item: bool = False
    """Whether its value is a list with one item for each frame of the figure around it (`FILE@*`)."""
    part: str = ""
    """The cell at whose end it is evaluated; "" for the end of the script."""

    @property
    def key(self) -> str:
        """Its key in a result."""
        return value_key(self.part, self.expression)


@dataclass(frozen=True, slots=True)
class SnippetUse:
    """```` ```{snippet} FILE[#REGION] ```` and ```` ```{python} ````: code that is shown and run."""

    run: RunId
    """The run of the script."""
    snippet: Snippet
    """The script."""
    lines: tuple[int, int]
    """First and last shown line on the slide, from 1."""
    hide: bool
    """Run, not shown."""
    raises: str
    """Name of the exception that the script is expected to end with; "" for none."""
    steps: tuple[Step, ...]
    """Steps while presenting."""
    added: frozenset[int]
    """Shown lines that the other script of `:adds:` lacks."""
    others: tuple[str, ...]
    """Path of that other script; empty without `:adds:`."""
    callouts: tuple[Callout, ...]
    """Remarks beside the code."""
    caption: tuple[Token, ...]
    """Inline tokens."""
    at: Location
    """Location of the directive."""
    frozen: bool = False
    """From `:frozen:`."""


@dataclass(frozen=True, slots=True)
class FigureUse:
    """```` ```{figure} FILE[@N] ````: one figure, or several figures as frames of a slider."""

    runs: tuple[RunId, ...]
    """One run; with `:sweep:`, one run per value."""
    select: str
    """"" for the first figure, a label, a number from 1 (if no figure has that label), or `*` for all figures."""
    sweep: str
    """Name of the swept parameter; "" without `:sweep:`."""
    values: tuple[Value, ...]
    """The swept values, one per run; empty without `:sweep:`."""
    label: str
    """Text beside the slider: `:label:`, else the name of the swept parameter."""
    start: Value
    """`:at:`, the frame shown first and in print: a swept value, or for `@*` a number from 1 or a label.

    None if `:at:` is not given.
    """
    alt: tuple[Token, ...]
    """Alternative text: inline tokens; only their text is used."""
    caption: tuple[Token, ...]
    """Inline tokens."""
    at: Location
    """Location of the directive."""
    classes: tuple[str, ...] = ()
    """From `:class:`."""
    steps: tuple[str, ...] = ()
    """Frames that are stepped through while presenting: names, or literals of swept values; ("all",) for all."""
    data: tuple[TableUse, ...] = ()
    """From `:data:`: the drawn data as a table, one part per run."""
    part: str = ""
    """The cell whose figures it shows; "" for those of a script."""
    every: bool = False
    """Whether it shows all figures, one below the other."""
    optional: bool = False
    """Whether it shows nothing where nothing was drawn; it may then lack `alt`."""
    frozen: bool = False
    """From `:frozen:`."""


Lines = tuple[tuple[int, int], ...]
"""First and last line or row of each piece, from 1; -1 is the last one."""


@dataclass(frozen=True, slots=True)
class OutputUse:
    """```` ```{output} FILE[#REGION] ````: what a script, a region of it, or a cell printed."""

    run: RunId
    """The run of the script."""
    at: Location
    """Location of the directive."""
    stream: Stream = "out"
    """From `:stream:`."""
    part: str = ""
    """The region or cell; "" for the whole script."""
    lines: Lines = ()
    """Lines that are shown; empty for all."""
    optional: bool = False
    """Whether it shows nothing where nothing was printed."""
    frozen: bool = False
    """From `:frozen:`."""


@dataclass(frozen=True, slots=True)
class TableOptions:
    """Which parts of a table are shown, and how."""

    formats: tuple[tuple[str, str], ...] = ()
    """Column → format specification; the column "" stands for all others."""
    columns: tuple[str, ...] = ()
    """Columns in the order shown; empty for all."""
    rows: Lines = ()
    """Rows that are shown; empty for all, or of many the first and the last."""
    index: bool | None = None
    """Whether the index is shown; None: if it says more than the number of the row."""


@dataclass(frozen=True, slots=True)
class TableUse:
    """```` ```{table} FILE: EXPRESSION ````: a data frame, or a list of mappings, as a table."""

    run: RunId
    """The run in whose namespace the expression is evaluated."""
    expression: str
    """Python expression that gives a data frame, or a list of dicts with the same keys."""
    options: TableOptions
    """What is shown of it."""
    caption: tuple[Token, ...]
    """Inline tokens."""
    at: Location
    """Location of the directive."""
    for_figure: bool = False
    """Whether it is a figure's `:data:`; the table may then have an additional column, the swept values."""
    part: str = ""
    """The cell at whose end it is evaluated; "" for the end of the script."""

    @property
    def key(self) -> str:
        """Its key in a result."""
        return value_key(self.part, self.expression)


@dataclass(frozen=True, slots=True)
class ShowUse:
    """```` ```{show} FILE: EXPRESSION ```` and the value of a cell: any value, as a notebook shows it."""

    run: RunId
    """The run in whose namespace the expression is evaluated."""
    expression: str
    """Python expression; "" for the last one of the cell `part`."""
    options: TableOptions
    """What is shown of it if it is a table."""
    alt: tuple[Token, ...]
    """Alternative text of a value that is a picture: inline tokens."""
    caption: tuple[Token, ...]
    """Inline tokens."""
    at: Location
    """Location of the directive."""
    part: str = ""
    """The cell at whose end it is evaluated; "" for the end of the script."""
    optional: bool = False
    """Whether it shows nothing where there is no value."""
    still: Picture | None = None
    """`:print:`, the picture that print shows in the place of an interactive figure."""

    @property
    def key(self) -> str:
        """Its key in a result."""
        return value_key(self.part, self.expression)


@dataclass(frozen=True, slots=True)
class CellUse:
    """```` ```{python} ````: code written in a slide, and what it gives. `Slide.uses` has its parts, not itself."""

    parts: tuple[SnippetUse | OutputUse | FigureUse | ShowUse, ...]
    """What is shown, in this order."""
    run: RunId
    """The run of the script that it is a cell of."""
    at: Location
    """Location of the directive."""


Use = EvalUse | SnippetUse | FigureUse | OutputUse | TableUse | ShowUse | CellUse


@dataclass(frozen=True, slots=True)
class Remark:
    """What another tool would read otherwise than it is read here."""

    at: Location
    message: str
    hint: str
    """How it is written here."""


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide of a deck."""

    number: int
    """Position from 1 on the main path, or within the appendix."""
    id: str
    """Anchor in the page, unique in the deck."""
    title: str
    """Text of the first heading, without markup."""
    kind: Literal["plain", "title", "section", "closing"]
    """Layout."""
    heading: tuple[Token, ...]
    """Inline tokens of the first heading."""
    tokens: tuple[Token, ...]
    """Block tokens of the body, without heading, notes and footnotes."""
    footnotes: tuple[tuple[Token, ...], ...]
    """Block tokens of each footnote, in the order of their numbers."""
    notes: tuple[Token, ...]
    """Block tokens of the speaker notes."""
    uses: tuple[Use, ...]
    """All uses of run results on the slide."""
    at: Location
    """Line of its heading."""
    eyebrow: tuple[Token, ...] = ()
    """Inline tokens of the small line above the title."""
    seconds: int = 0
    """Planned time in seconds; 0 if not given."""
    appendix: bool = False
    """Whether the slide is in the appendix, which has its own numbers."""
    section: int = 0
    """Position from 1 among the section slides of the main path; 0 for other slides."""
    mark: str = ""
    """One character drawn large on a section slide."""
    lang: str = ""
    """Language tag of the slide; "" for the language of the deck."""
    background: str = ""
    """Background: `#rrggbb`, a colour of the theme, or a picture relative to the deck; "" for that of the theme."""
    fit: Literal["", "shrink", "strict"] = ""
    """Whether text may shrink until its content fits; "" for what the deck says."""
    classes: tuple[str, ...] = ()
    """Other classes of the heading."""
    remarks: tuple[Remark, ...] = ()
    """Other tools' syntax on the slide, which is shown as text or left out."""
    allow: str = ""
    """Waived checks with a reason: `typed-numbers: as printed in the paper`."""

    @property
    def shown_number(self) -> str:
        """The number that the slide shows: `7`, or `A1` in the appendix."""
        return f"A{self.number}" if self.appendix else str(self.number)

    @property
    def runs(self) -> tuple[RunId, ...]:
        """The runs whose results it shows, each once."""
        return tuple(dict.fromkeys(run for use in self.uses for run in runs_of(use)))


@dataclass(frozen=True, slots=True)
class Deck:
    """A parsed deck."""

    path: str
    """`slides/talk.md`."""
    meta: Meta
    """Front matter."""
    slides: tuple[Slide, ...]
    """Slides in order, without skipped slides."""
    files: tuple[str, ...] = ()
    """Scripts and pictures that its slides show."""
    scripts: Mapping[str, Snippet] = field(default_factory=dict)
    """The scripts that its cells make up, by the `snippet` of their runs."""

    @property
    def name(self) -> str:
        """File name without extension; the built files have this name, too."""
        return deck_name(self.path)

    @property
    def talk(self) -> str:
        """The name that all editions of its talk share."""
        return talk_name(self.name, self.meta.lang)


Where = Literal["eyebrow", "heading", "body", "notes", "footnote", "alternative text", "caption", "callout"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that the author wrote on a slide."""

    where: Where
    """Which part of the slide it is."""
    tokens: tuple[Token, ...]
    """Block tokens of the body, notes and footnotes; inline tokens of all other parts."""
    at: Location
    """Location of its slide or directive, for tokens that have no location of their own."""

    @property
    def lines(self) -> tuple[tuple[Token, ...], ...]:
        """Its inline tokens, block by block."""
        if self.where in ("body", "notes", "footnote"):
            return tuple(tuple(token.children or ()) for token in self.tokens if token.type == "inline")
        return (self.tokens,)


def passages(slide: Slide) -> Iterator[Passage]:
    """Yield all text that the author wrote on a slide, except code; `render.values.texts` adds the text from runs."""
    yield Passage("eyebrow", slide.eyebrow, slide.at)
    yield Passage("heading", slide.heading, slide.at)
    yield Passage("body", slide.tokens, slide.at)
    yield Passage("notes", slide.notes, slide.at)
    yield from (Passage("footnote", note, slide.at) for note in slide.footnotes)
    for use in slide.uses:
        yield from passages_of(use)


def passages_of(use: Use) -> Iterator[Passage]:
    """Yield alternative text, caption and callouts of a directive; nothing for hidden code."""
    if isinstance(use, FigureUse | ShowUse):
        yield Passage("alternative text", use.alt, use.at)
    if isinstance(use, FigureUse | TableUse | ShowUse) or (isinstance(use, SnippetUse) and not use.hide):
        yield Passage("caption", use.caption, use.at)
    if isinstance(use, SnippetUse) and not use.hide:
        yield from (Passage("callout", callout.tokens, use.at) for callout in use.callouts)


def runs_of(use: Use) -> tuple[RunId, ...]:
    """Return the runs whose results a use shows."""
    return use.runs if isinstance(use, FigureUse) else (use.run,)


@dataclass(frozen=True, slots=True)
class Origin:
    """One script that produced a part of a slide."""

    script: str
    """Path of the script; `slides/talk.md:12` for code written in a slide."""
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    """(kind, lines) of its results, parameters, seeds, versions, and the command that runs it again."""
