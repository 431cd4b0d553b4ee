"""`dist/verify.html`: the verdict of `verify` on one page without scripts.

This module decides all content of the page; the template only loops over its records.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from markupsafe import Markup

from verideck.check import changes
from verideck.check.changes import Sentence, Table
from verideck.check.checklist import Checklist
from verideck.check.registry import Waiver
from verideck.check.verdict import Page, Verdict
from verideck.core.deck_model import Deck
from verideck.core.errors import UsageError
from verideck.core.folders import deck_path, output_path
from verideck.core.messages import command
from verideck.core.project import Sources
from verideck.core.run_model import Difference, Figure, Finding, Result, Run, RunId, Write
from verideck.core.theme import Palette, load_theme
from verideck.render import static_page
from verideck.run import STREAMS
from verideck.typeset import figure, highlight
from verideck.typeset.fonts import Fonts
from verideck.typeset.svg import UnsafeDrawing, parse_svg

VERIFY_PAGE = output_path("verify.html")
_OPEN = 16
"""Maximum number of lines of a listing that is open at first."""
_NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Count:
    """A number and a noun: `1 run`, `3 runs`."""

    number: int
    noun: str


@dataclass(frozen=True, slots=True)
class OutputRow:
    """A line of an output before and after; () for a missing line."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure before and after, as SVG, or as a text if there is none."""

    name: str
    before: Markup
    after: Markup
    overlay: str
    """`viewBox` of both figures in one picture; "" if one is missing."""
    scope: str
    """Prefix of the ids of both figures: SCOPE-before, SCOPE-after."""
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Details of one run whose results differ."""

    run: str
    command: str
    differences: tuple[Difference, ...]
    """Differences, without those of shown figures and outputs."""
    output: tuple[OutputRow, ...]
    pairs: tuple[Pair, ...]
    listing: tuple[tuple[int, Markup], ...]
    """(line in the file, highlighted code)."""
    short: bool
    """Whether the listing is open at first."""


@dataclass(frozen=True, slots=True)
class SlideView:
    """One slide of the page."""

    number: str
    title: str
    anchor: str
    """Its id on the page; "" if the slide is fine, so that the page has no details of it."""
    at: str
    state: str
    """`fine`, `remark`, `wrong`."""
    differs: bool
    """Whether a result on it is not as recorded."""
    takes: str
    """Its results: `3 values, 1 drawing`."""
    found: str
    """Short verdict."""
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...]
    evidence: tuple[Evidence, ...]
    elsewhere: tuple[tuple[str, str, str], ...]
    """(run, anchor, slide's number and title) of runs with details at an earlier slide."""
    remarks: tuple[Finding, ...]

    @property
    def shows_changes(self) -> bool:
        """Tell whether a text on it is not as recorded."""
        return bool(self.sentences or self.tables)


@dataclass(frozen=True, slots=True)
class DeckView:
    """One deck of the page."""

    name: str
    """Its title; with its path if another deck has the same title."""
    checklist: tuple[tuple[str, str, str, str], ...]
    """(state, name, text, `fine` or `not yet`) of each line."""
    slides: tuple[SlideView, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The page."""

    title: str
    state: str
    """`fine` or `wrong`."""
    verdict: str
    """In the title of the window."""
    headline: str
    slides: Count
    runs: Count
    values: Count
    drawings: Count
    versions: tuple[tuple[str, str, str], ...]
    """(package, version recorded, version now)."""
    decks: tuple[DeckView, ...]
    told: tuple[SlideView, ...]
    """Slides that are not fine."""
    remarks: tuple[Finding, ...]
    """Findings that belong to no slide."""
    waivers: tuple[tuple[str, Waiver], ...]
    """(slide's number, waived rule)."""
    next: str
    """What to do next."""
    command: str


def verify_html(verdict: Verdict, sources: Sources, fonts: Fonts) -> Write:
    """Return the page as a file to write.

    Raises DeckErrors for an error in its template or in theme.toml, and UsageError if a deck has the same file.
    """
    if deck_path(PurePosixPath(VERIFY_PAGE).stem) in sources.all_decks():
        raise UsageError(
            f"the deck 'verify' and the command `verify` have the same file, {VERIFY_PAGE}", None, "rename the deck"
        )
    theme = load_theme(sources)
    css, names = theme.templates["verify.css"], {"page": view_page(verdict, theme.palette)}
    return Write(VERIFY_PAGE, static_page("verify.html.jinja", theme, fonts, css, {}, names).encode())


def view_page(verdict: Verdict, palette: Palette) -> View:
    """Return the content of the page."""
    pages = list(zip(verdict.pages, _slides(verdict, palette), strict=True))
    decks = tuple(dict.fromkeys(page.deck.path for page in verdict.pages))
    slides = [slide for _, slide in pages]
    wrong = verdict.fails() or any(slide.state == "wrong" for slide in slides)
    results = verdict.fresh.values()
    return View(
        title=" · ".join(dict.fromkeys(page.deck.meta.title for page in verdict.pages)),
        state="wrong" if wrong else "fine",
        verdict="Not as recorded" if wrong else "Shown = produced",
        headline=_headline(slides, verdict),
        slides=_count(len(pages), "slide"),
        runs=_count(len(verdict.runs), "run"),
        values=_count(sum(len(result.values) for result in results), "value"),
        drawings=_count(sum(len(result.figures) for result in results), "drawing"),
        versions=tuple((name, before or "none", after or "none") for name, before, after in verdict.versions),
        decks=tuple(_deck(path, pages, verdict.checklists) for path in decks),
        told=tuple(slide for slide in slides if slide.state != "fine"),
        remarks=verdict.others,
        waivers=tuple((page.number, waiver) for page in verdict.pages for waiver in page.waivers),
        next="Correct the slides, or accept the new results:" if wrong else "Verify it again:",
        command=command("figures" if wrong else "verify"),
    )


def _headline(slides: Sequence[SlideView], verdict: Verdict) -> str:
    wrong = sum(slide.state == "wrong" for slide in slides)
    differing = sum(slide.differs for slide in slides)
    if differing:
        do, their = ("slide does", "its") if differing == 1 else ("slides do", "their")
        return f"{differing} {do} not show what {their} snippets produce."
    if wrong:
        return f"{wrong} {'slide has' if wrong == 1 else 'slides have'} an error."
    return "There is an error outside the slides." if verdict.fails() else "The slides show what their code produces."


def _deck(path: str, pages: Sequence[tuple[Page, SlideView]], checklists: Iterable[Checklist]) -> DeckView:
    titles = Counter({page.deck.path: page.deck.meta.title for page, _ in pages}.values())
    mine = [(page, slide) for page, slide in pages if page.deck.path == path]
    deck: Deck = mine[0][0].deck
    lines = (line for one in checklists if one.deck.path == path for line in one.lines)
    return DeckView(
        name=deck.meta.title if titles[deck.meta.title] == 1 else f"{deck.meta.title} ({path})",
        checklist=tuple(
            ("fine" if line.fine else "wrong", line.name, line.text, "fine" if line.fine else "not yet")
            for line in lines
        ),
        slides=tuple(slide for _, slide in mine),
    )


def _slides(verdict: Verdict, palette: Palette) -> Iterator[SlideView]:
    runs = {run.id: run for run in verdict.runs}
    first: dict[RunId, Page] = {}
    for index, page in enumerate(verdict.pages):
        different = list(dict.fromkeys(difference.run for difference in page.differences))
        here = [run for run in different if first.setdefault(run, page) is page]
        state, takes = _state(page), _takes(page)
        yield SlideView(
            number=page.number,
            title=page.slide.title,
            anchor=_anchor(page) if state != "fine" else "",
            at=str(page.slide.at),
            state=state,
            differs=bool(page.differences),
            takes=takes or "nothing computed",
            found=_found(page, state, takes),
            sentences=tuple(changes.sentences(page.slide, verdict.recorded, verdict.fresh)) if different else (),
            tables=tuple(changes.tables(page.slide, verdict.recorded, verdict.fresh)) if different else (),
            evidence=tuple(_evidence(runs[run], page, verdict, palette, f"s{index}-{n}") for n, run in enumerate(here)),
            elsewhere=tuple(
                (str(run), _anchor(first[run]), _name(first[run], page.deck))
                for run in different
                if first[run] is not page
            ),
            remarks=page.findings,
        )


def _state(page: Page) -> str:
    if page.differences or any(finding.level == "error" for finding in page.findings):
        return "wrong"
    return "remark" if page.findings else "fine"


def _found(page: Page, state: str, takes: str) -> str:
    if state == "wrong":
        return "differs" if page.differences else "an error"
    return "a remark" if state == "remark" else "as recorded" if takes else ""


def _anchor(page: Page) -> str:
    return f"{page.deck.name}/{page.slide.id}"


def _name(page: Page, here: Deck) -> str:
    """Return number and title of a slide, with the path of its deck if that is not `here`."""
    other = f" ({page.deck.path})" if page.deck.path != here.path else ""
    return f"{page.number}, {page.slide.title}{other}"


def _takes(page: Page) -> str:
    return ", ".join(f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in changes.counted(page.slide))


def _count(number: int, noun: str) -> Count:
    return Count(number, noun if number == 1 else f"{noun}s")


def _evidence(run: Run, page: Page, verdict: Verdict, palette: Palette, scope: str) -> Evidence:
    before, after = verdict.recorded.get(run.id, Result()), verdict.fresh[run.id]
    mine = [difference for difference in page.differences if difference.run == run.id]
    printed = {STREAMS[stream]: stream for stream in run.streams}
    shown = {difference.what for difference in mine if difference.what in printed or _figure_number(difference)}
    rows = [
        row
        for what, stream in printed.items()
        if what in shown
        for row in changes.lines(before.printed(stream), after.printed(stream))
    ]
    highlighted = highlight.highlight(run.snippet.shown, "python")
    return Evidence(
        run=str(run.id),
        command="" if run.snippet.in_slide else f"python {run.snippet.path}",
        differences=tuple(
            replace(one, before=one.before or _NOTHING, after=one.after or _NOTHING)
            for one in mine
            if one.what not in shown
        ),
        output=tuple(OutputRow(_one(old), _one(new), differs) for old, new, differs in rows),
        pairs=tuple(_pairs(before, after, mine, palette, scope)),
        listing=tuple(zip(run.snippet.lines, map(Markup, highlighted), strict=True)),
        short=len(run.snippet.shown) <= _OPEN,
    )


def _one(line: str | None) -> tuple[str, ...]:
    return () if line is None else (line,)


def _figure_number(difference: Difference) -> int:
    """Return the number of the figure in a difference, from 1; 0 for other differences."""
    match = re.fullmatch(r"figure (\d+)", difference.what)
    return int(match[1]) if match else 0


def _pairs(
    before: Result, after: Result, differences: Iterable[Difference], palette: Palette, scope: str
) -> Iterator[Pair]:
    """Yield the figures of a run that differ; all differences of a figure are in one pair."""
    several: dict[int, list[Difference]] = {}
    for difference in differences:
        if number := _figure_number(difference):
            several.setdefault(number, []).append(difference)
    for number, mine in several.items():
        name = f"{scope}-{number}"
        old, new = (_drawn(result.figures, number, f"{name}-{when}", palette) for result, when in
                    ((before, "before"), (after, "after")))  # fmt: skip
        size = parse_svg(after.figures[number - 1].svg).size if old and new else None
        overlay = f"0 0 {size[0]:g} {size[1]:g}" if size else ""
        told = tuple(map(_sentence, mine))
        nothing = "no figure"
        yield Pair(f"Figure {number}", Markup(old or nothing), Markup(new or nothing), overlay, name, told)


def _sentence(difference: Difference) -> str:
    if difference.before == difference.after:
        return difference.detail
    return f"{difference.detail}: {difference.before or _NOTHING} → {difference.after or _NOTHING}"


def _drawn(figures: tuple[Figure, ...], number: int, scope: str, palette: Palette) -> str:
    if number > len(figures):
        return ""
    try:
        svg = figure.screen(figures[number - 1].svg, scope, palette, f"figure {number}, {scope.rpartition('-')[2]}")
    except UnsafeDrawing:
        return ""
    return svg.replace("<svg ", f'<svg id="{scope}" ', 1)
