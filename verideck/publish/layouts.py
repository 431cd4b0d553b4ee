"""Decks' layouts, remembered between builds."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from verideck.core.deck_model import Deck
from verideck.core.run_model import Write
from verideck.publish import output
from verideck.publish.deck_build import Binding
from verideck.render.pdf import document, frames, layout
from verideck.render.pdf.layout import Layout


def layouts(bindings: Sequence[Binding], *, make: bool = True) -> dict[str, Layout | None]:
    """Return what became of each deck's slides, by its path: as remembered, else laid out now.

    None where nothing is remembered and it is not to be made (`make`), or Pango is missing.
    """
    found: dict[str, Layout | None] = {}
    for binding in bindings:
        deck, key, root = binding.deck, binding.key, binding.sources.root
        found[deck.path] = _remembered(root, deck, key)
        if make and not found[deck.path]:
            with contextlib.suppress(document.PangoMissing):
                found[deck.path] = facts = _whole(binding, document.lay_out(*binding.print_page()))
                output.apply(root, [_memo(deck, key, facts)])
    return found


def _whole(binding: Binding, facts: Layout) -> Layout:
    return frames.added(facts, binding.deck, binding.results, binding.look.tokens)


def _remembered(root: Path, deck: Deck, key: str) -> Layout | None:
    with contextlib.suppress(OSError, ValueError):
        made_from, _, text = (root / _memo_path(deck)).read_text("utf-8").partition("\n")
        return layout.from_json(text) if made_from == key else None
    return None


def _memo(deck: Deck, key: str, facts: Layout) -> Write:
    return Write(_memo_path(deck), f"{key}\n{layout.to_json(facts)}".encode())


def _memo_path(deck: Deck) -> str:
    return f".cache/layout/{deck.name}.json"
