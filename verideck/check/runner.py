"""Runs all checks that need no second run of the snippets, slide by slide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from verideck.check import disguised, glyphs, links, registry, rehearsal, unused
from verideck.check.layout import overflows, pale, pale_formulas, small_texts
from verideck.core.deck_model import Deck, Slide
from verideck.core.run_model import Finding
from verideck.publish import DeckBuild
from verideck.render import Layout

_SIZED = (".css", ".jinja")
_PAGE = ("screen.html.jinja", "panels.html.jinja")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Findings of all checks."""

    slides: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)
    """`id(slide)` → its findings."""
    others: tuple[Finding, ...] = ()
    """Findings that belong to no slide."""
    checked: frozenset[str] = frozenset()
    """Names of the rules that were checked in every deck."""

    def of(self, slide: Slide) -> tuple[Finding, ...]:
        """Return a slide's findings."""
        return self.slides.get(id(slide), ())


def check(builds: Sequence[DeckBuild], layouts: Mapping[str, Layout], *, complete: bool) -> CheckReport:
    """Return the findings for decks.

    layouts: path of a deck → layout; without it, the deck's layout is not checked.
    complete: whether these are all decks of the project, so that unused snippets and regions can be found.
    """
    found: dict[int, list[Finding]] = {}
    decks, first = [deck_build.deck for deck_build in builds], builds[0]
    said = {id(slide): links.read(slide) for deck in decks for slide in deck.slides}
    known = {deck.name: links.ids(deck, said) for deck in decks}
    of_decks = (_of_deck(one, decks, layouts.get(one.deck.path), said, known) for one in builds)
    for slide, finding in chain(*of_decks, unused.regions(decks, first.sources) if complete else ()):
        found.setdefault(id(slide), []).append(finding)
    themes = {one.theme.name: one.theme for one in builds}.values()
    sized = {
        theme.places.get(name, name): text
        for theme in themes
        for name, text in theme.templates.items()
        if name.endswith(_SIZED)
    }
    others = list(links.outside_templates(sized))
    if complete:
        others += unused.snippets(decks, first.results, first.sources)
    laid_out = all(layouts.get(deck.path) for deck in decks)
    checked = frozenset(registry.names("texts", "talk", *(("stage",) if laid_out else ())))
    slides = {key: tuple(sorted(several, key=lambda one: one.at)) for key, several in found.items()}
    return CheckReport(slides, tuple(others), checked)


def _of_deck(
    deck_build: DeckBuild,
    decks: Sequence[Deck],
    layout: Layout | None,
    said: Mapping[int, Sequence[links.Placed]],
    known: links.Known,
) -> Iterator[tuple[Slide, Finding]]:
    """Yield the findings for one deck."""
    deck, sources, fonts, theme = deck_build.deck, deck_build.sources, deck_build.fonts, deck_build.theme
    yield from links.again(deck, {name: theme.templates[name] for name in _PAGE}, said)
    known = {**known, "": known[deck.name]}
    yield from rehearsal.without_notes(deck)
    yield from rehearsal.out_of_time(deck)
    yield from rehearsal.out_of_step(deck, decks)
    yield from ((deck.slides[0], one) for one in glyphs.missing_in_front_matter(deck, fonts, sources.line))
    for slide in deck.slides:
        mine = said[id(slide)]
        of_texts = (
            glyphs.missing(slide, deck_build.results, fonts, sources.line),
            disguised.disguised(slide, deck_build.results),
            links.links(slide, mine, known, sources.root),
            links.outside(slide, mine),
            links.wordless(slide, mine),
            links.headings(slide, mine),
            unused.callouts(slide, sources),
            (registry.FOREIGN.finding(slide.number, one.at, one.message, one.hint) for one in slide.remarks),
        )
        yield from ((slide, finding) for finding in chain(*of_texts))
    for slide, facts in zip(deck.slides, layout.slides if layout else (), strict=False):
        shown = (
            overflows(slide, facts),
            small_texts(slide, facts),
            pale(slide, facts, theme.palette, deck.meta.mode),
            pale_formulas(slide, theme.palette, deck.meta.mode),
        )
        yield from ((slide, finding) for finding in chain(*shown))
