"""`dist/index.html`: the talks, each edition with its files; and which decks are editions of one talk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from verideck.core import messages
from verideck.core.deck_model import Deck
from verideck.core.project import PATH
from verideck.core.run_model import Meta, Results, Write
from verideck.core.theme import Theme, custom_properties
from verideck.publish.editions import _stem
from verideck.render import (
    characters,
    render_template,
    screen_fonts,
    shown_date,
    shown_text,
    slide_sections,
    slide_view,
)
from verideck.typeset.fonts import Fonts

_WORDS = {
    "en": {"slides": "slides", "min": "min", "steps.pdf": "PDF, step by step", "notes.pdf": "Handout with notes"},
    "ja": {"slides": "枚", "min": "分", "steps.pdf": "PDF（1段ずつ）", "notes.pdf": "配布資料（ノート付き）"},
}
_WORDS["en"] |= {"html": "Slides", "pdf": "PDF", "talks": "Talks"}
_WORDS["ja"] |= {"html": "スライド", "pdf": "PDF", "talks": "スライド"}


@dataclass(frozen=True, slots=True)
class Link:
    """One file of an edition."""

    href: str
    what: str
    size: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One edition as the page shows it."""

    meta: Meta
    title: Markup
    """As its first slide breaks it, where it is the same."""
    date: str
    facts: tuple[str, ...]
    """`19 slides`, `20 min`."""
    picture: Markup
    """Its first slide."""
    links: tuple[Link, ...]


def write(
    decks: Sequence[Deck], results: Results, theme: Theme, fonts: Fonts, files: Mapping[str, Mapping[str, int]]
) -> Write:
    """Return the page; `files`: deck's name → ending of a file that it has → bytes. It asks for nothing outside."""
    decks = sorted(decks, key=lambda deck: (_stem(deck.name, deck.meta.lang), deck.name))
    talks: dict[str, list[Entry]] = {}
    texts: dict[str, str] = {}
    for deck in decks:
        view, _ = slide_view(deck, 0, results, theme.palette, "screen", notes=False, scope=f"{deck.name}-")
        view = replace(view, id=f"{deck.name}-cover")
        for family, text in shown_text([view], deck.meta).items():
            texts[family] = texts.get(family, "") + text
        # The picture is a link as a whole, and a link holds no other.
        picture = Markup(re.sub(r"</?a\b[^>]*>", "", slide_sections(deck, [view], theme)[0]))
        title = view.title if view.title_text == deck.meta.title else escape(deck.meta.title)
        entry = _entry(deck, title, picture, files.get(deck.name, {}))
        talks.setdefault(_stem(deck.name, deck.meta.lang), []).append(entry)
    lang = decks[0].meta.lang
    names: dict[str, object] = dict(
        lang=lang,
        title=decks[0].meta.title if len(talks) == 1 else _words(lang)["talks"],
        talks=list(talks.values()),
        tokens_css=Markup(custom_properties(theme.palette)),
        css=Markup(theme.templates["deck.css"] + theme.templates["index.css"]),
    )
    html = render_template("index.html.jinja", theme.templates, fonts_css="", **names)
    shown = {"text": characters(texts["text"] + html)}
    shown |= {family: characters(texts[family]) for tag, family in (("<math", "math"), ("<code", "code"))
              if tag in html}  # fmt: skip
    faces = Markup(screen_fonts(shown, fonts))
    return Write(PATH, render_template("index.html.jinja", theme.templates, fonts_css=faces, **names).encode())


def _entry(deck: Deck, title: Markup, picture: Markup, files: Mapping[str, int]) -> Entry:
    words = _words(deck.meta.lang)
    count = sum(not slide.appendix for slide in deck.slides)
    space = "" if messages.is_japanese(deck.meta.lang) else " "
    facts = [f"{count}{space}{words['slides']}"]
    if deck.meta.duration:
        facts.append(f"{round(deck.meta.duration / 60)}{space}{words['min']}")
    return Entry(deck.meta, title, shown_date(deck.meta), tuple(facts), picture, tuple(_links(deck, files, words)))


def _links(deck: Deck, files: Mapping[str, int], words: Mapping[str, str]) -> Iterator[Link]:
    for kind in ("html", "pdf", "steps.pdf", "notes.pdf"):
        if kind in files:
            yield Link(f"{deck.name}.{kind}", words[kind], f"{max(files[kind] / 1e6, 0.1):.1f} MB")


def _words(lang: str) -> Mapping[str, str]:
    return _WORDS.get(messages.primary(lang), _WORDS["en"])
