"""Where text may be broken: into lines (UAX #14), words and grapheme clusters (UAX #29)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from uniseg.graphemecluster import grapheme_cluster_boundaries
from uniseg.linebreak import line_break_breakables

_WORD = re.compile(
    "[\u3041-\u309f]+|[\u30a0-\u30ff]+|[\u3400-\u9fff]+"
    "|[^\\W_\u3041-\u30ff\u3400-\u9fff](?:[^\\W_\u3041-\u30ff\u3400-\u9fff]|[\u0300-\u036f\u00ad])*"
)
"""Letters and numbers; in Japanese each change of the kind of letter may begin a word."""
_SAFE = re.compile(r"(?<=[A-Za-z] )(?=[A-Za-z])|(?<=[\u4e00-\u9fff])(?=[\u4e00-\u9fff])")
"""Where a line may break whatever stands before and behind: between words of plain letters, between ideographs."""
_JOINING = {"Mn", "Mc", "Me", "Cf", "Sk", "Cs"}
"""Categories of characters that may join others in a grapheme cluster; flags, Hangul and Thai are looked at, too."""
_JOINED = re.compile("[\r\u0e33\u0eb3\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff\U0001f1e6-\U0001f1ff]")


@lru_cache(20_000)
def line_breaks(text: str) -> tuple[bool, ...]:
    """Return for each character whether a line may begin with it, and for the end, where it always may."""
    found: list[bool] = []
    for piece in _SAFE.split(text):
        found += _pieces_breaks(piece)
    if found:
        found[0] = False
    return (*found, True)


@lru_cache(20_000)
def _pieces_breaks(text: str) -> tuple[bool, ...]:
    """Return `line_breaks` of what begins where a line may always begin."""
    return (True, *map(bool, list(line_break_breakables(text))[1:])) if text else ()


@lru_cache(20_000)
def clusters(text: str) -> tuple[int, ...]:
    """Return where the grapheme clusters begin, and the end of the text."""
    if not any(unicodedata.category(char) in _JOINING for char in text) and not _JOINED.search(text):
        return tuple(range(len(text) + 1))
    return tuple(grapheme_cluster_boundaries(text))


def words(text: str) -> Iterator[tuple[int, int]]:
    """Yield where words and numbers begin and end."""
    return (match.span() for match in _WORD.finditer(text))
