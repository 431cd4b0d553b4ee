"""Where slides begin and end, and which of a slide's tokens are body, notes and footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from verideck.core.errors import DeckError, did_you_mean
from verideck.core.run_model import Location
from verideck.read.syntax import BLOCKS


@dataclass(slots=True)
class Draft:
    """The tokens of one slide while they are sorted."""

    at: Location
    """The `---` that begins it, or the deck's first line."""
    tokens: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    footnotes: dict[str, list[Any]] = field(default_factory=dict)


def split(path: str, tokens: Iterable[Any]) -> tuple[list[Draft], list[DeckError]]:
    """Return the tokens of each slide, and what is wrong with its `:::` blocks."""
    splitter = _Splitter(path)
    return list(splitter.split(tokens)), splitter.errors


def title_index(tokens: Iterable[Any]) -> int | None:
    """Return where the slide's title opens: its first heading outside of lists, quotes and blocks."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += {"block_open": 1, "block_close": -1}.get(token.type, 0)
        if token.type == "heading_open" and token.level == 0 and depth == 0:
            return index
    return None


def sort(tokens: Iterable[Any], draft: Draft) -> None:
    """Move notes and footnotes out of the body; mark the items of incremental lists as steps."""
    draft.tokens = []
    blocks: list[Any] = []
    into = draft.tokens
    for token in tokens:
        if token.type == "block_open":
            blocks.append(token)
            if token.info == "notes":
                into = draft.notes
                if "step" not in token.attrs:
                    continue
                token.attrs = {"data-step": token.attrs["step"]}
        elif token.type == "block_close" and blocks and (opening := blocks.pop()).info == "notes":
            draft.notes += [token] if "data-step" in opening.attrs else []
            into = draft.tokens
            continue
        elif token.type == "footnote_reference_open":
            into = draft.footnotes.setdefault(token.meta["label"], [])
            continue
        elif token.type == "footnote_reference_close":
            into = draft.tokens
            continue
        elif token.type == "list_item_open" and any(block.info == "incremental" for block in blocks):
            token.attrJoin("class", "fragment")
        into.append(token)


class _Splitter:
    """One pass over a deck's tokens, gathering errors."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.errors: list[DeckError] = []

    def split(self, tokens: Iterable[Any]) -> Iterator[Draft]:
        """Yield the tokens of each slide: slides end at a `---` that stands in no list, quote or table."""
        draft = Draft(Location(self.path, 1))
        blocks: list[Any] = []
        for token in tokens:
            if token.type == "hr" and token.level == 0 and token.markup.startswith("-"):
                self._unclosed(blocks, token.map[0] + 1)
                blocks = []
                yield draft
                draft = Draft(Location(self.path, token.map[0] + 1))
            elif not token.type.startswith("block_") or self._paired(token, blocks):
                draft.tokens.append(token)
        self._unclosed(blocks, 0)
        if draft.tokens or draft.at.line > 1:
            yield draft

    def _paired(self, token: Any, blocks: list[Any]) -> bool:
        """Follow `:::` blocks; False for a token that is to be left out."""
        at = Location(self.path, token.map[0] + 1, 1)
        if token.type == "block_open":
            blocks.append(token)
            if token.info and token.info not in BLOCKS:
                hint = did_you_mean(token.info, BLOCKS) or f"known are {', '.join(BLOCKS)}"
                self.errors.append(DeckError(f"unknown block '{token.info}'", at, hint))
            elif token.info == "column" and not any(block.info == "columns" for block in blocks):
                self.errors.append(DeckError("a column outside of `::: columns`", at, "put `:::: columns` around it"))
            token.attrJoin("class", token.info)
            step = str(token.attrs.get("step", 1))
            if not step.isdecimal() or not int(step):
                hint = "steps are counted from 1: {step=2}"
                self.errors.append(DeckError(f"'{step}' is no step", at, hint))
            return True
        if not blocks:
            self.errors.append(DeckError("this `:::` closes nothing", at, "take it out, or open a block: `::: note`"))
            return False
        opened = blocks.pop()
        if opened.markup != token.markup or opened.level != token.level:
            message = f"'{token.markup}' does not close '{opened.markup} {opened.info}' of line {opened.map[0] + 1}"
            self.errors.append(
                DeckError(message, at, f"close it with {opened.markup}, as many colons as it was opened with")
            )
        token.info = opened.info
        return True

    def _unclosed(self, blocks: Iterable[Any], end: int) -> None:
        where = f"before the slide ends at line {end}" if end else "before the deck ends"
        for block in blocks:
            at = Location(self.path, block.map[0] + 1, 1)
            message = f"'{block.markup} {block.info}' is not closed {where}"
            self.errors.append(DeckError(message, at, f"close it with {block.markup}"))
