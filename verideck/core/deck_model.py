"""The nouns of a deck: slides and what they take from runs. See `run_model` for those of running."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from verideck.core.run_model import Location, Meta, Region, RunId, Snippet, Step, Value

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Callout:
    """A remark beside a region of the code."""

    region: Region
    """Where it points."""
    tokens: tuple[Token, ...]
    """Inline tokens of its text."""
    added: bool = False
    """Whether the region holds lines that the script adds over another."""


@dataclass(frozen=True, slots=True)
class EvalUse:
    """`` {eval}`FILE: EXPRESSION:FORMAT` ``."""

    run: RunId
    """The run whose namespace is asked."""
    expression: str
    """Python expression."""
    format: str
    """Format specification, "" for `str`."""
    at: Location
    """Place of the role."""
    follows: bool = False
    """Whether it is of the figure around it: what it shows changes with the frame."""
    by_item: bool = False
    """Whether its value is a list with an item for each frame of the figure around it, which is `FILE@*`."""


@dataclass(frozen=True, slots=True)
class SnippetUse:
    """```` ```{snippet} FILE[#REGION] ```` and ```` ```{python} ````: code that is shown and run."""

    run: RunId
    """Its run."""
    snippet: Snippet
    """The script."""
    lines: tuple[int, int]
    """First and last shown line on the slide, from 1."""
    hide: bool
    """Run, not shown."""
    raises: str
    """Exception the script is meant to end with."""
    steps: tuple[Step, ...]
    """Steps while presenting."""
    added: frozenset[int]
    """Shown lines that the other script of `:adds:` lacks."""
    others: tuple[str, ...]
    """Path of that other script."""
    callouts: tuple[Callout, ...]
    """Remarks beside the code."""
    caption: tuple[Token, ...]
    """Inline tokens."""
    at: Location
    """Place of the directive."""


@dataclass(frozen=True, slots=True)
class FigureUse:
    """```` ```{figure} FILE[@N] ````: a drawing, or several as frames of a slider."""

    runs: tuple[RunId, ...]
    """One run; with `:sweep:` one a value."""
    select: str
    """"" for the first figure, a label, a number from 1 where no label is so, or `*` for all."""
    sweep: str
    """Name of the swept parameter, "" without `:sweep:`."""
    values: tuple[Value, ...]
    """The swept values, as many as runs."""
    label: str
    """What stands beside the slider: `:label:`, else the swept parameter."""
    start: Value
    """`:at:`: the value (sweep), number from 1 or label (`@*`) shown first and in print; None where not given."""
    alt: tuple[Token, ...]
    """Alternative text: inline tokens of which the text alone counts."""
    caption: tuple[Token, ...]
    """Inline tokens."""
    at: Location
    """Place of the directive."""
    classes: tuple[str, ...] = ()
    """From `:class:`."""
    steps: tuple[str, ...] = ()
    """Names of the frames that are stepped through while presenting; ("all",) for each of them."""
    data: tuple[TableUse, ...] = ()
    """From `:data:`: what is drawn, as a table; one part a run."""


@dataclass(frozen=True, slots=True)
class OutputUse:
    """```` ```{output} FILE ````: what the script printed."""

    run: RunId
    """Its run."""
    at: Location
    """Place of the directive."""


@dataclass(frozen=True, slots=True)
class TableUse:
    """```` ```{table} FILE: EXPRESSION ````: a list of mappings as a table."""

    run: RunId
    """The run whose namespace is asked."""
    expression: str
    """Python expression that gives a list of dicts with the same keys."""
    formats: tuple[tuple[str, str], ...]
    """Column → format specification."""
    caption: tuple[Token, ...]
    """Inline tokens."""
    at: Location
    """Place of the directive."""
    part: bool = False
    """Whether it is of a figure's `:data:`, which may have a column more: the swept values."""


Use = EvalUse | SnippetUse | FigureUse | OutputUse | TableUse


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide; `tokens` are read by markdown alone."""

    number: int
    """Position from 1 on the main path, or within the appendix."""
    id: str
    """Unique in the deck; the page's anchor."""
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
    """All that the slide takes from runs."""
    at: Location
    """Line of its heading."""
    eyebrow: tuple[Token, ...] = ()
    """Inline tokens of the small line above the title."""
    seconds: int = 0
    """Planned time; 0 where not stated."""
    appendix: bool = False
    """Numbered apart, after the main path."""
    section: int = 0
    """Position from 1 among the section slides of the main path; 0 for other slides."""
    mark: str = ""
    """One character drawn large on a section slide."""
    lang: str = ""
    """Language where it is not the deck's."""
    classes: tuple[str, ...] = ()
    """Further classes of the heading."""
    allow: str = ""
    """Checks that the slide is excused from, with the reason: `typed-numbers: as printed in the paper`."""

    @property
    def shown_number(self) -> str:
        """Its number as an audience knows it: `7`, in the appendix `A1`."""
        return f"A{self.number}" if self.appendix else str(self.number)


@dataclass(frozen=True, slots=True)
class Deck:
    """A parsed deck."""

    path: str
    """`slides/talk.md`."""
    meta: Meta
    """Front matter."""
    slides: tuple[Slide, ...]
    """In order; skipped slides are not here."""
    files: tuple[str, ...] = ()
    """Other project files that its slides show: scripts, pictures."""

    @property
    def name(self) -> str:
        """File name without ending: the outputs are called so."""
        return self.path.rsplit("/", 1)[-1].removesuffix(".md")


Where = Literal["eyebrow", "heading", "body", "notes", "footnote", "alternative text", "caption", "callout"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of what the author of a slide wrote."""

    where: Where
    """What of the slide it is."""
    tokens: tuple[Token, ...]
    """Block tokens of body, notes and footnotes, inline tokens of the others."""
    at: Location
    """The slide, or the directive that it belongs to: where it begins, as far as its tokens do not know."""

    @property
    def lines(self) -> tuple[tuple[Token, ...], ...]:
        """Its inline tokens, block by block."""
        if self.where in ("body", "notes", "footnote"):
            return tuple(tuple(token.children or ()) for token in self.tokens if token.type == "inline")
        return (self.tokens,)


def passages(slide: Slide) -> Iterator[Passage]:
    """Yield all that the author of a slide wrote, but for code; `render.values.texts` is what its runs add to it."""
    yield Passage("eyebrow", slide.eyebrow, slide.at)
    yield Passage("heading", slide.heading, slide.at)
    yield Passage("body", slide.tokens, slide.at)
    yield Passage("notes", slide.notes, slide.at)
    yield from (Passage("footnote", note, slide.at) for note in slide.footnotes)
    for use in slide.uses:
        yield from passages_of(use)


def passages_of(use: Use) -> Iterator[Passage]:
    """Yield what the author wrote in a directive: alternative text, caption, callouts; nothing where it is hidden."""
    if isinstance(use, FigureUse):
        yield Passage("alternative text", use.alt, use.at)
    if isinstance(use, FigureUse | TableUse) or (isinstance(use, SnippetUse) and not use.hide):
        yield Passage("caption", use.caption, use.at)
    if isinstance(use, SnippetUse) and not use.hide:
        yield from (Passage("callout", callout.tokens, use.at) for callout in use.callouts)


def runs_of(use: Use) -> tuple[RunId, ...]:
    """Return the runs that a use shows."""
    return use.runs if isinstance(use, FigureUse) else (use.run,)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a part of what a slide shows came from: one script."""

    script: str
    """Its path; `slides/talk.md:12` for code written in a slide."""
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    """(kind, lines): what it gave, its parameters, seeds, versions, and the command that runs it again."""
