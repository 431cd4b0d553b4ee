"""Which decks are editions of one talk."""

from __future__ import annotations

import contextlib
from itertools import groupby

from verideck.core.errors import DeckErrors
from verideck.core.project import Sources
from verideck.read import frontmatter


def editions(sources: Sources) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return for each deck's name (language, name) of all editions of its talk, in order of name.

    `talk.en.md` with `lang: en` is an edition of `talk.md`; a deck that stands alone has none. Decks whose front
    matter is wrong are left out: that is told where they are built.
    """
    languages = {}
    for path in sources.decks():
        with contextlib.suppress(DeckErrors):
            languages[_name(path)] = frontmatter.read(path, sources.text(path))[0].lang
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for _, group in groupby(sorted(languages, key=lambda name: (_stem(name, languages[name]), name)),
                            key=lambda name: _stem(name, languages[name])):  # fmt: skip
        several = tuple((languages[name], name) for name in group)
        found |= {name: several if len(several) > 1 else () for _, name in several}
    return found


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def _stem(name: str, lang: str) -> str:
    """Return the name that all editions of a talk share."""
    return name.removesuffix(f".{lang}")
