"""`dist/index.html`, which links the files of all decks; and which decks are editions of one talk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from verideck.core import messages
from verideck.core.deck_model import Deck
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.folders import INDEX, deck_name, output_path, talk_name
from verideck.core.project import Sources
from verideck.core.run_model import Meta, Results, Write
from verideck.core.theme import Theme
from verideck.read import frontmatter
from verideck.render import cover, static_page
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True, slots=True)
class Link:
    """One file of an edition."""

    href: str
    what: str
    size: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One edition of a talk."""

    meta: Meta
    title: Markup
    """With the line breaks of its first slide, if that shows the title."""
    date: str
    facts: tuple[str, ...]
    """`19 slides`, `20 min`, `MIT`."""
    picture: Markup
    """Picture of its first slide."""
    links: tuple[Link, ...]


def write(
    decks: Sequence[Deck], results: Results, theme: Theme, fonts: Fonts, files: Mapping[str, Mapping[str, int]]
) -> Write:
    """Return the page. files: name of a deck → ending of a file → size in bytes."""
    decks = sorted(decks, key=lambda deck: (deck.talk, deck.name))
    talks: dict[str, list[Entry]] = {}
    texts: dict[str, str] = {}
    for deck in decks:
        first = cover(deck, results, theme)
        for family, text in first.texts.items():
            texts[family] = texts.get(family, "") + text
        title = first.title if first.title_text == deck.meta.title else escape(deck.meta.title)
        entry = _entry(deck, title, first.picture, files.get(deck.name, {}))
        talks.setdefault(deck.talk, []).append(entry)
    lang = decks[0].meta.lang
    names: dict[str, object] = dict(
        lang=lang,
        title=decks[0].meta.title if len(talks) == 1 else messages.of(lang)["index"]["talks"],
        talks=list(talks.values()),
    )
    css = theme.templates["deck.css"] + theme.templates["index.css"]
    return Write(output_path(INDEX), static_page("index.html.jinja", theme, fonts, css, texts, names).encode())


def _entry(deck: Deck, title: Markup, picture: Markup, files: Mapping[str, int]) -> Entry:
    words = messages.of(deck.meta.lang)["index"]
    count = sum(not slide.appendix for slide in deck.slides)
    space = "" if messages.is_japanese(deck.meta.lang) else " "
    facts = [f"{count}{space}{words['slides']}"]
    if deck.meta.duration:
        facts.append(f"{round(deck.meta.duration / 60)}{space}{words['min']}")
    facts += [deck.meta.license] if deck.meta.license else []
    return Entry(
        deck.meta,
        title,
        messages.day(deck.meta.date, deck.meta.lang),
        tuple(facts),
        picture,
        tuple(_links(deck, files, words)),
    )


def _links(deck: Deck, files: Mapping[str, int], words: Mapping[str, str]) -> Iterator[Link]:
    for kind in ("html", "pdf", "steps.pdf", "notes.pdf"):
        if kind in files:
            yield Link(f"{deck.name}.{kind}", words[kind], f"{max(files[kind] / 1e6, 0.1):.1f} MB")


def editions(sources: Sources) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return name of a deck → (language, name) of all editions of its talk, sorted by name; () for a single deck.

    `talk.en.md` with `lang: en` is an edition of `talk.md`. Decks with errors in the front matter are left out.
    """
    languages = {}
    for path in sources.all_decks():
        with contextlib.suppress(DeckError, DeckErrors):
            languages[deck_name(path)] = frontmatter.read(path, sources.text(path))[0].lang
    talks: dict[str, list[tuple[str, str]]] = {}
    for name, lang in sorted(languages.items()):
        talks.setdefault(talk_name(name, lang), []).append((lang, name))
    return {name: tuple(several) if len(several) > 1 else () for several in talks.values() for _, name in several}
