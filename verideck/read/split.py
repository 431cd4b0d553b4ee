"""Splits a deck's tokens into slides, and a slide's tokens into body, notes and footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise

from markdown_it.token import Token

from verideck.core.errors import DeckError, did_you_mean
from verideck.core.markdown_tokens import line_of, place_of, walk
from verideck.core.run_model import Location
from verideck.read import foreign
from verideck.read.syntax import BLOCKS

_FOREIGN_NOTE = re.compile(r"notes?:|\?\?\?\s*$|\^(?=\s)", re.IGNORECASE)
_ASIDE = re.compile(r"<aside\b[^>]*\bclass\s*=\s*[\"']?[^\"'>]*\bnotes\b", re.IGNORECASE)


@dataclass(slots=True)
class Draft:
    """The tokens of one slide while they are sorted."""

    at: Location
    """Location of the `---` that begins it, or the deck's first line."""
    tokens: list[Token] = field(default_factory=list)
    notes: list[Token] = field(default_factory=list)
    footnotes: dict[str, list[Token]] = field(default_factory=dict)
    errors: list[DeckError] = field(default_factory=list)
    """Errors of the slide."""


def split(path: str, tokens: Iterable[Token]) -> list[Draft]:
    """Return the tokens of each slide, and the errors in its `:::` blocks."""
    return list(_Splitter(path).split(tokens))


def title_index(tokens: Iterable[Token]) -> int | None:
    """Return the index of the title's opening token: the first heading outside of lists, quotes and blocks."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += {"block_open": 1, "block_close": -1}.get(token.type, 0)
        if token.type == "heading_open" and token.level == 0 and depth == 0:
            return index
    return None


def sort(tokens: Iterable[Token], draft: Draft) -> None:
    """Move notes and footnotes out of the body; mark items of incremental lists and what follows pauses as steps."""
    draft.tokens = []
    blocks: list[Token] = []
    into = [draft.tokens]
    """Where tokens go: the innermost footnote or notes last."""
    pauses = _Pauses(draft)
    for token in tokens:
        if token.type == "block_open":
            blocks.append(token)
            if token.info == "notes":
                into.append(draft.notes)
                if "step" not in token.attrs:
                    continue
                token.attrs = {"data-step": token.attrs["step"]}
        elif token.type == "block_close" and blocks and (opening := blocks.pop()).info == "notes":
            into.pop()
            draft.notes += [token] if "data-step" in opening.attrs else []
            continue
        elif token.type == "footnote_reference_open":
            into.append(_footnote(token, draft))
            continue
        elif token.type == "footnote_reference_close":
            into.pop()
            continue
        elif token.type == "list_item_open" and any(block.info == "incremental" for block in blocks):
            token.attrJoin("class", "fragment")
        if into == [draft.tokens] and pauses.meet(token):
            continue
        into[-1].append(token)
    pauses.end()
    draft.errors += foreign_notes(draft.at.path, draft.tokens)


class _Pauses:
    """Marks what follows a pause, up to the end of the block or slide around it, as one step."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.count = 0
        self.open: list[Token | None] = [None]
        """The last pause of each block around a token; its `info` is its number, its `content` says what follows."""

    def meet(self, token: Token) -> bool:
        """Mark a token of the body; return whether it is a pause."""
        if token.type == "block_close":
            self.end()
        elif token.type == "pause":
            self._begin(token)
            return True
        elif (pause := self.open[-1]) and token.level == 0 and token.nesting >= 0 and token.type != "inline":
            token.attrJoin("class", "fragment")
            token.meta["pause"] = int(pause.info)
            pause.content = token.type
        if token.type == "block_open":
            self.open.append(None)
        return False

    def _begin(self, pause: Token) -> None:
        if pause.level:
            hint = "put it between paragraphs, or make the list incremental: `::: incremental`"
            self._report("a pause cannot stand in a list or quote", pause, hint)
        self.count += 1
        pause.info = str(self.count)
        self.open[-1] = pause

    def end(self) -> None:
        """End the innermost block."""
        pause = self.open.pop() if self.open else None
        if pause and not pause.content and not pause.level:
            self._report("nothing follows this pause", pause, "remove it")

    def _report(self, message: str, pause: Token, hint: str) -> None:
        at = replace(place_of(pause, self.draft.at.path), column=1)
        self.draft.errors.append(DeckError(message, at, hint))


def _footnote(opening: Token, draft: Draft) -> list[Token]:
    """Return the list that receives the tokens of a footnote; report a label that the slide already has."""
    label = opening.meta["label"]
    if label in draft.footnotes:
        at = replace(place_of(opening, draft.at.path), column=1)
        draft.errors.append(DeckError(f"this slide has two footnotes '{label}'", at, "rename one of them"))
    return draft.footnotes.setdefault(label, [])


def foreign_notes(path: str, tokens: Iterable[Token]) -> list[DeckError]:
    """Return an error for each speaker note in the form of another tool, which the audience would see.

    `Note:` and `<aside class="notes">` are of reveal.js, `???` is of remark, `^ text` is of Deckset.
    """
    tokens = tuple(tokens)
    asides = [token for token in walk(tokens) if "html" in token.type and _ASIDE.search(token.content)]
    errors = [_foreign_note(replace(place_of(token, path), column=1), "") for token in asides]
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and before.level == 0:
            at = replace(place_of(token, path), column=1)
            for number, text in enumerate(token.content.split("\n")):
                if match := _FOREIGN_NOTE.match(text):
                    errors.append(_foreign_note(replace(at, line=at.line + number), match[0].strip()))
    return errors


def _foreign_note(at: Location, mark: str) -> DeckError:
    escaped = f"{mark[:-1]}\\:" if mark.endswith(":") else f"\\{mark}"
    meant = f"; if the audience is to read it, write `{escaped}`" if mark else ""
    hint = f"write `::: notes`, the text and `:::` on lines of their own{meant}"
    return DeckError("speaker notes of another tool: the audience would see them", at, hint)


def parts(notes: Iterable[Token]) -> list[list[Token]]:
    """Return the tokens of notes, cut before the beginning and the end of each part that has a step."""
    found: list[list[Token]] = [[]]
    for token in notes:
        if token.type in ("block_open", "block_close") and token.info == "notes":
            found.append([])
        found[-1].append(token)
    return found


def footnote_list(first: int, footnotes: Iterable[Iterable[Token]]) -> list[Token]:
    """Return footnotes as the tokens of a list that is numbered from `first`; [] without footnotes."""
    items = [
        [Token("list_item_open", "li", 1, level=1), *footnote, Token("list_item_close", "li", -1, level=1)]
        for footnote in footnotes
    ]
    opening = Token("ordered_list_open", "ol", 1, attrs={"start": first})
    closing = Token("ordered_list_close", "ol", -1)
    return [opening, *chain.from_iterable(items), closing] if items else []


class _Splitter:
    """One pass over a deck's tokens."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.draft = Draft(Location(path, 1))
        """The slide that is being split off."""

    def split(self, tokens: Iterable[Token]) -> Iterator[Draft]:
        """Yield the tokens of each slide; a slide ends at a `---` that is not in a list, quote or table."""
        blocks: list[Token] = []
        for token in tokens:
            if token.type == "hr" and token.level == 0 and token.markup.startswith("-"):
                self._unclosed(blocks, line_of(token))
                blocks = []
                yield self.draft
                self.draft = Draft(place_of(token, self.path))
            elif not token.type.startswith("block_") or self._paired(token, blocks):
                self.draft.tokens.append(token)
        self._unclosed(blocks, 0)
        if self.draft.tokens or self.draft.errors or self.draft.at.line > 1:
            yield self.draft

    def _paired(self, token: Token, blocks: list[Token]) -> bool:
        """Pair the tokens of `:::` blocks; return False for a token that must be dropped."""
        at = replace(place_of(token, self.path), column=1)
        if token.type == "block_open":
            blocks.append(token)
            if token.info not in (*BLOCKS, "alert", ""):
                known = foreign.hint(foreign.BLOCKS, token.info) or did_you_mean(token.info, BLOCKS)
                hint = known or f"use one of {', '.join(BLOCKS)}"
                self._report(f"unknown block '{token.info}'", at, hint)
            elif token.info == "column" and not any(block.info == "columns" for block in blocks):
                self._report("a column outside of `::: columns`", at, "put `:::: columns` around it")
            if token.info:
                token.attrJoin("class", token.info)
            step = str(token.attrs.get("step", 1))
            if not step.isdecimal() or not int(step):
                hint = "write a number from 1: {step=2}"
                self._report(f"'{step}' is not a step", at, hint)
            return True
        if not blocks:
            self._report("this `:::` closes nothing", at, "remove it, or open a block: `::: note`")
            return False
        opened = blocks.pop()
        if opened.markup != token.markup or opened.level != token.level:
            message = f"'{token.markup}' does not close '{opened.markup} {opened.info}' from line {line_of(opened)}"
            self._report(message, at, f"close it with the same number of colons: {opened.markup}")
        token.info = opened.info
        return True

    def _report(self, message: str, at: Location, hint: str) -> None:
        self.draft.errors.append(DeckError(message, at, hint))

    def _unclosed(self, blocks: Iterable[Token], end: int) -> None:
        where = f"before the slide ends at line {end}" if end else "before the deck ends"
        for block in blocks:
            at = replace(place_of(block, self.path), column=1)
            message = f"'{block.markup} {block.info}' is not closed {where}"
            self._report(message, at, f"close it with {block.markup}")
