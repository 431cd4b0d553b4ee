"""`dist/verify.html`: what `verify` found, one self-contained page; no script runs in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from markupsafe import Markup

from verideck.check import changes
from verideck.check.changes import Sentence, Table
from verideck.check.verdict import Page, Verdict
from verideck.core.errors import UsageError
from verideck.core.project import Sources
from verideck.core.run_model import Difference, Figure, Finding, Result, Run, RunId, Write
from verideck.core.theme import Palette, custom_properties, load_palette
from verideck.render import characters, render_template, screen_fonts
from verideck.typeset import figure, highlight
from verideck.typeset.fonts import Fonts
from verideck.typeset.svg import UnsafeDrawing

VERIFY_PAGE = "dist/verify.html"
TEMPLATES = ("tokens.toml", "verify.css", "verify.html.jinja")


@dataclass(frozen=True, slots=True)
class Pair:
    """A drawing before and after, as SVG; "" where there is none or it cannot be shown."""

    name: str
    before: Markup
    after: Markup
    overlay: str
    """`viewBox` of the two laid over each other, "" where they cannot be."""
    scope: str
    """Prefix of the two drawings' ids: SCOPE-before, SCOPE-after."""
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is shown of one run whose results differ."""

    run: str
    command: str
    differences: tuple[Difference, ...]
    """All but those of drawings that are shown."""
    output: tuple[tuple[str | None, str | None, bool], ...]
    pairs: tuple[Pair, ...]
    listing: tuple[tuple[int, Markup], ...]
    """(line in the file, highlighted code)."""


@dataclass(frozen=True, slots=True)
class View:
    """One slide of the page."""

    deck: str
    """Title of its deck."""
    number: str
    title: str
    anchor: str
    at: str
    state: str
    """`fine`, `remark`, `wrong`."""
    differs: bool
    """Whether it shows something else than its snippets produce."""
    takes: str
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...]
    evidence: tuple[Evidence, ...]
    elsewhere: tuple[tuple[str, str, str], ...]
    """(run, anchor, slide's number and title) of what an earlier slide shows."""
    findings: tuple[Finding, ...]


def verify_html(verdict: Verdict, sources: Sources, fonts: Fonts) -> Write:
    """Return the page as a file to be written; raises UsageError for a deck whose own page would be that file."""
    if f"slides/{PurePosixPath(VERIFY_PAGE).stem}.md" in sources.decks():
        raise UsageError(
            f"a deck called 'verify' and what `verify` writes are one file, {VERIFY_PAGE}", None, "rename the deck"
        )
    templates = {name: sources.text(f"templates/{name}") for name in TEMPLATES}
    tokens = load_palette(templates["tokens.toml"])
    views = tuple(_views(verdict, tokens))
    names: dict[str, object] = dict(
        title=" · ".join(dict.fromkeys(one.deck.meta.title for one in verdict.pages)),
        views=views,
        verdict=verdict,
        counts=_counts(verdict),
        waivers=[(one, waiver) for one in verdict.pages for waiver in one.waivers],
        tokens_css=Markup(custom_properties(tokens)),
        css=Markup(templates["verify.css"]),
    )
    text = render_template("verify.html.jinja", templates, fonts_css="", **names)
    faces = screen_fonts(dict.fromkeys(("text", "code"), characters(text)), fonts)
    return Write(
        VERIFY_PAGE, render_template("verify.html.jinja", templates, fonts_css=Markup(faces), **names).encode()
    )


def _counts(verdict: Verdict) -> Mapping[str, int]:
    results = verdict.fresh.values()
    return {
        "slide": len(verdict.pages),
        "run": len(verdict.runs),
        "value": sum(len(result.values) for result in results),
        "drawing": sum(len(result.figures) for result in results),
    }


def _views(verdict: Verdict, palette: Palette) -> Iterator[View]:
    runs = {run.id: run for run in verdict.runs}
    first: dict[RunId, Page] = {}
    for index, one in enumerate(verdict.pages):
        different = list(dict.fromkeys(difference.run for difference in one.differences))
        here = [run for run in different if first.setdefault(run, one) is one]
        yield View(
            deck=one.deck.meta.title,
            number=one.number,
            title=one.slide.title,
            anchor=_anchor(one),
            at=str(one.slide.at),
            state=_state(one),
            differs=bool(one.differences),
            takes=_takes(one),
            sentences=tuple(changes.sentences(one.slide, verdict.recorded, verdict.fresh)) if different else (),
            tables=tuple(changes.tables(one.slide, verdict.recorded, verdict.fresh)) if different else (),
            evidence=tuple(_evidence(runs[run], one, verdict, palette, f"s{index}-{n}") for n, run in enumerate(here)),
            elsewhere=tuple(
                (str(r), _anchor(first[r]), f"{first[r].number}, {first[r].slide.title}")
                for r in different
                if first[r] is not one
            ),
            findings=one.findings,
        )


def _state(one: Page) -> str:
    if one.differences or any(finding.level == "error" for finding in one.findings):
        return "wrong"
    return "remark" if one.findings else "fine"


def _anchor(one: Page) -> str:
    return f"{one.deck.name}-{one.slide.id}"


def _takes(one: Page) -> str:
    """Return what a slide takes from runs: `3 values, 1 drawing`."""
    return ", ".join(f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in changes.counted(one.slide))


def _evidence(run: Run, one: Page, verdict: Verdict, palette: Palette, scope: str) -> Evidence:
    before, after = verdict.recorded.get(run.id, Result()), verdict.fresh[run.id]
    mine = [difference for difference in one.differences if difference.run == run.id]
    pairs = tuple(_pairs(before, after, mine, palette, scope))
    painted = {id(difference) for pair in pairs for difference in pair.differences}
    wrong_output = any(difference.what == "stdout" for difference in mine)
    highlighted = highlight.highlight(run.snippet.shown, "python")
    return Evidence(
        run=str(run.id),
        command=f"python {run.snippet.path}" if run.snippet.path.endswith(".py") else "",
        differences=tuple(difference for difference in mine if id(difference) not in painted),
        output=changes.lines(before.stdout, after.stdout) if wrong_output else (),
        pairs=pairs,
        listing=tuple(zip(run.snippet.lines, map(Markup, highlighted), strict=True)),
    )


def _pairs(
    before: Result, after: Result, differences: Iterable[Difference], palette: Palette, scope: str
) -> Iterator[Pair]:
    """Yield the drawings of a run that differ; label and drawing of one make one pair."""
    numbered = [(int(match[1]), d) for d in differences if (match := re.fullmatch(r"figure (\d+)", d.what))]
    for number in dict.fromkeys(number for number, _ in numbered):
        name = f"{scope}-{number}"
        old, new = (_drawn(result.figures, number, f"{name}-{when}", palette) for result, when in
                    ((before, "before"), (after, "after")))  # fmt: skip
        size = re.search(r' width="([\d.]+)" height="([\d.]+)"', new) if old and new else None
        overlay = f"0 0 {size[1]} {size[2]}" if size else ""
        mine = tuple(difference for n, difference in numbered if n == number)
        yield Pair(f"Figure {number}", Markup(old), Markup(new), overlay, name, mine)


def _drawn(figures: tuple[Figure, ...], number: int, scope: str, palette: Palette) -> str:
    if number > len(figures):
        return ""
    try:
        svg = figure.screen(figures[number - 1].svg, scope, palette, f"figure {number}, {scope.rpartition('-')[2]}")
    except UnsafeDrawing:
        return ""
    return svg.replace("<svg ", f'<svg id="{scope}" ', 1)
