"""Line breaks between Japanese phrases: spans that do not wrap, separated by `<wbr>` (BudouX).

Both a browser and WeasyPrint lay these out alike, which neither `word-break: auto-phrase` nor `keep-all` gives.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9]")
_LONGEST = 18
"""Phrases with more characters may wrap inside, so that they do not overflow the line."""
_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of inline HTML and its text."""

    kind: Literal["text", "open", "close", "atom", "glue"] | str
    """`atom`: unbreakable, with a text; `glue`: belongs to the piece before it; `text`, `open`, `close`."""
    html: str
    """HTML for the page."""
    text: str
    """Its text; "" if it has none."""


def wrap(pieces: Sequence[Piece]) -> str:
    """Return the pieces as HTML with phrases kept together; unchanged if they contain no Japanese."""
    text = "".join(piece.text for piece in pieces)
    if not _JAPANESE.search(text):
        return "".join(piece.html for piece in pieces)
    return _assemble(_cells(pieces, _boundaries(text)))


def breakable(text: str) -> str:
    """Return a text as HTML in which long words (addresses, code) may break after punctuation, else every 20 letters.

    Without these places a browser makes a column of a table as wide as its longest word; print breaks the word.
    """
    parts = re.split(r"([!-~]{20,})", text)
    return "".join(_opened(part) if index % 2 else html.escape(part, quote=False) for index, part in enumerate(parts))


def _opened(word: str) -> str:
    pieces = re.split(r"(?<=[/._,;:=?&)(-])(?=\w)", word)
    short = (piece[start : start + 20] for piece in pieces for start in range(0, len(piece), 20))
    return "<wbr>".join(html.escape(piece, quote=False) for piece in short)


def keep_last_words(title: str) -> str:
    """Return the HTML of a title with its last two words kept together, so that no word is alone on a line."""
    return re.sub(rf"(?<= )[^\s<>]+ [^\s<>]{{1,{_LONGEST}}}$", r'<span class="ph">\g<0></span>', title)


@lru_cache(maxsize=4096)  # while presenting, a deck is rendered repeatedly
def _boundaries(text: str) -> frozenset[int]:
    """Return the offsets at which a line may break."""
    offset, offsets = 0, set()
    for phrase in _parser().parse(text):
        offset += len(phrase)
        offsets.add(offset)
    spaces = {index + 1 for index, char in enumerate(text) if char == " "}
    inside_words = {cut for cut in offsets if _WORD.fullmatch(text[cut - 1 : cut + 1])}
    return frozenset(((offsets - inside_words) | spaces) - {len(text)})


@cache
def _parser():  # type: ignore[no-untyped-def]  # budoux has no type hints
    import budoux

    return budoux.load_default_japanese_parser()


_Cell = tuple[str, str, bool]
"""(kind, html, whether a line may break after it); kinds: text, open, close."""


def _cells(pieces: Sequence[Piece], boundaries: frozenset[int]) -> list[_Cell]:
    """Split pieces of text at the boundaries."""
    cells: list[_Cell] = []
    offset = 0
    for piece in pieces:
        if not piece.html:  # a line break between full-width characters, a comment
            continue
        if piece.kind == "text" and piece.text:
            cuts = [cut for cut in sorted(boundaries) if offset < cut < offset + len(piece.text)]
            edges = [offset, *cuts, offset + len(piece.text)]
            for start, end in pairwise(edges):
                part = piece.text[start - offset : end - offset]
                cells.append(("text", html.escape(part, quote=False), end in boundaries))
        elif piece.kind == "glue" and cells:
            kind, before, breaks = cells[-1]
            cells[-1] = (kind, before + piece.html, breaks) if kind != "open" else cells[-1]
            if kind == "open":
                cells.append(("text", piece.html, False))
        else:
            kind = piece.kind if piece.kind in ("open", "close") else "text"
            cells.append((kind, piece.html, offset + len(piece.text) in boundaries and kind != "open"))
        offset += len(piece.text)
    for index, (kind, markup, breaks) in enumerate(cells[:-1]):
        if breaks and cells[index + 1][0] == "close":  # move the break to the end of the element
            cells[index] = (kind, markup, False)
    return cells


def _assemble(cells: Sequence[_Cell]) -> str:
    """Join the cells; the cells between two breaks become one span that does not wrap."""
    out: list[str] = []
    group: list[_Cell] = []
    depth = 0
    for cell in cells:
        depth += {"open": 1, "close": -1}.get(cell[0], 0)
        group.append(cell)
        if depth == 0 and cell[2]:
            out.append(_group(group) + "<wbr>")
            group = []
    return "".join(out) + _group(group)


def _group(cells: Sequence[_Cell]) -> str:
    """Return the HTML of the cells between two breaks, with complete elements."""
    markup = "".join(cell[1] for cell in cells)
    if not any(cell[2] for cell in cells[:-1]):
        visible = re.sub(r"<math.*?</math>|<[^>]*>", "", markup, flags=re.DOTALL)
        fits = 0 < len(visible) <= _LONGEST and "<br" not in markup
        return f'<span class="ph">{markup}</span>' if fits and visible.strip() else markup
    return _broken_group(cells)


def _broken_group(cells: Sequence[_Cell]) -> str:
    """Return a group with breaks inside its elements; word joiners prevent breaks at the other edges."""
    out: list[str] = []
    for (kind, markup, breaks), following in zip(cells, [*(cell[0] for cell in cells[1:]), ""], strict=True):
        out.append(f'<span class="ph">{markup}</span>' if kind == "text" and len(markup) <= _LONGEST else markup)
        at_edge = (kind == "text" and following in ("open", "close")) or (kind == "close" and following == "text")
        if following and (breaks or at_edge):
            out.append("<wbr>" if breaks else _JOINER)
    return "".join(out)
