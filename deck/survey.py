"""Everything that can be said of decks without running a snippet again, slide by slide: one list of gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from deck import assets, fit, gates, glyphs, links, rehearsal, unused
from deck.fonts import Fonts
from deck.layout import Layout
from deck.model import Finding, Results
from deck.slides import Deck, Slide
from deck.sources import Sources

_SIZED = (".css", ".jinja")
_PAGE = ("screen.html.jinja", "panels.html.jinja")


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found."""

    slides: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)
    """`id` of a slide → what is wrong with it."""
    others: tuple[Finding, ...] = ()
    """What belongs to no slide."""
    checked: frozenset[str] = frozenset()
    """Names of the checks that were made of every deck."""

    def of(self, slide: Slide) -> tuple[Finding, ...]:
        """Return what is wrong with a slide."""
        return self.slides.get(id(slide), ())


def survey(
    decks: Sequence[Deck],
    results: Results,
    layouts: Mapping[str, Layout | None],
    sources: Sources,
    fonts: Fonts,
    *,
    complete: bool,
) -> Survey:
    """Return what is wrong with decks as they stand.

    layouts: by a deck's path; None where it cannot be had, left out where nobody asked for it.
    complete: whether these are all decks, so that what they do not use, none does.
    """
    found: dict[int, list[Finding]] = {}
    ids = {deck.name: links.ids(deck) for deck in decks}
    said = chain(*(_of_deck(deck, decks, results, layouts.get(deck.path), sources, fonts, ids) for deck in decks))
    for slide, finding in chain(said, unused.regions(decks, sources) if complete else ()):
        found.setdefault(id(slide), []).append(finding)
    others = [fit.unchecked(path) for path, layout in layouts.items() if layout is None]
    templates = assets.read_look(sources).templates
    others += links.outside_templates({name: text for name, text in templates.items() if name.endswith(_SIZED)})
    if complete:
        others += unused.snippets(decks, results, sources)
    laid_out = all(layouts.get(deck.path) for deck in decks)
    checked = frozenset((*gates.TEXTS, *gates.TALK, *(gates.STAGE if laid_out else ())))
    slides = {key: tuple(sorted(several, key=lambda one: one.at)) for key, several in found.items()}
    return Survey(slides, tuple(others), checked)


def _of_deck(
    deck: Deck,
    decks: Sequence[Deck],
    results: Results,
    layout: Layout | None,
    sources: Sources,
    fonts: Fonts,
    known: links.Known,
) -> Iterator[tuple[Slide, Finding]]:
    """Yield what is wrong with the slides of one deck, gate by gate."""
    look = assets.read_look(sources)
    yield from links.again(deck, {name: look.templates[name] for name in _PAGE})
    known = {**known, "": known[deck.name]}
    yield from rehearsal.without_notes(deck)
    yield from rehearsal.out_of_time(deck)
    yield from rehearsal.out_of_step(deck, decks)
    yield from ((deck.slides[0], finding) for finding in glyphs.missing_in_front_matter(deck, fonts))
    for slide in deck.slides:
        gates_of_texts = (
            glyphs.missing(slide, results, fonts, sources.line),
            links.links(slide, known, sources.root),
            links.outside(slide),
            links.wordless(slide),
            links.headings(slide),
            unused.callouts(slide, sources),
        )
        yield from ((slide, finding) for finding in chain(*gates_of_texts))
    for slide, facts in zip(deck.slides, layout.slides if layout else (), strict=False):
        shown = (
            fit.overflows(slide, facts),
            fit.small_texts(slide, facts),
            fit.pale(slide, facts, look.tokens, deck.meta.theme),
        )
        yield from ((slide, finding) for finding in chain(*shown))
