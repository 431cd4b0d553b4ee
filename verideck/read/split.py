"""Where slides begin and end, and which of a slide's tokens are body, notes and footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markdown_it.token import Token

from verideck.core.errors import DeckError, did_you_mean
from verideck.core.markdown_tokens import line_of
from verideck.core.run_model import Location
from verideck.read.syntax import BLOCKS


@dataclass(slots=True)
class Draft:
    """The tokens of one slide while they are sorted."""

    at: Location
    """The `---` that begins it, or the deck's first line."""
    tokens: list[Token] = field(default_factory=list)
    notes: list[Token] = field(default_factory=list)
    footnotes: dict[str, list[Token]] = field(default_factory=dict)
    errors: list[DeckError] = field(default_factory=list)
    """What is wrong with the slide."""


def split(path: str, tokens: Iterable[Token]) -> list[Draft]:
    """Return the tokens of each slide, and what is wrong with its `:::` blocks."""
    return list(_Splitter(path).split(tokens))


def title_index(tokens: Iterable[Token]) -> int | None:
    """Return where the slide's title opens: its first heading outside of lists, quotes and blocks."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += {"block_open": 1, "block_close": -1}.get(token.type, 0)
        if token.type == "heading_open" and token.level == 0 and depth == 0:
            return index
    return None


def sort(tokens: Iterable[Token], draft: Draft) -> None:
    """Move notes and footnotes out of the body; mark the items of incremental lists as steps."""
    draft.tokens = []
    blocks: list[Token] = []
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
    """One pass over a deck's tokens."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.draft = Draft(Location(path, 1))
        """The slide that is being read."""

    def split(self, tokens: Iterable[Token]) -> Iterator[Draft]:
        """Yield the tokens of each slide: slides end at a `---` that stands in no list, quote or table."""
        blocks: list[Token] = []
        for token in tokens:
            if token.type == "hr" and token.level == 0 and token.markup.startswith("-"):
                self._unclosed(blocks, line_of(token))
                blocks = []
                yield self.draft
                self.draft = Draft(Location(self.path, line_of(token)))
            elif not token.type.startswith("block_") or self._paired(token, blocks):
                self.draft.tokens.append(token)
        self._unclosed(blocks, 0)
        if self.draft.tokens or self.draft.errors or self.draft.at.line > 1:
            yield self.draft

    def _paired(self, token: Token, blocks: list[Token]) -> bool:
        """Follow `:::` blocks; False for a token that is to be left out."""
        at = Location(self.path, line_of(token), 1)
        if token.type == "block_open":
            blocks.append(token)
            if token.info and token.info not in BLOCKS:
                hint = did_you_mean(token.info, BLOCKS) or f"known are {', '.join(BLOCKS)}"
                self._refuse(f"unknown block '{token.info}'", at, hint)
            elif token.info == "column" and not any(block.info == "columns" for block in blocks):
                self._refuse("a column outside of `::: columns`", at, "put `:::: columns` around it")
            token.attrJoin("class", token.info)
            step = str(token.attrs.get("step", 1))
            if not step.isdecimal() or not int(step):
                hint = "steps are counted from 1: {step=2}"
                self._refuse(f"'{step}' is no step", at, hint)
            return True
        if not blocks:
            self._refuse("this `:::` closes nothing", at, "take it out, or open a block: `::: note`")
            return False
        opened = blocks.pop()
        if opened.markup != token.markup or opened.level != token.level:
            message = f"'{token.markup}' does not close '{opened.markup} {opened.info}' of line {line_of(opened)}"
            self._refuse(message, at, f"close it with {opened.markup}, as many colons as it was opened with")
        token.info = opened.info
        return True

    def _refuse(self, message: str, at: Location, hint: str) -> None:
        self.draft.errors.append(DeckError(message, at, hint))

    def _unclosed(self, blocks: Iterable[Token], end: int) -> None:
        where = f"before the slide ends at line {end}" if end else "before the deck ends"
        for block in blocks:
            at = Location(self.path, line_of(block), 1)
            message = f"'{block.markup} {block.info}' is not closed {where}"
            self._refuse(message, at, f"close it with {block.markup}")
