"""Finds text that does not look like what it is: invisible characters, and names with look-alike letters."""

from __future__ import annotations

import contextlib
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterable, Iterator

from verideck.check.glyphs import pieces
from verideck.check.registry import DISGUISED
from verideck.core import unseen
from verideck.core.deck_model import Slide, SnippetUse
from verideck.core.run_model import Finding, Location, Results
from verideck.typeset.fonts import MONO

_LOOKS = str.maketrans(
    "аеорсухіјѕԁһԛԝкмнтвАВЕКМНОРСТХУІЈЅԚԜοΟΑΒΕΖΗΙΚΜΝΡΤΥΧօոսհց",
    "aeopcyxijsdhqwkmhtbABEKMHOPCTXYIJSQWoOABEZHIKMNPTYXonuhg",
)
"""Cyrillic, Greek and Armenian letters → the Latin letters that they look like."""
_NAME = re.compile(r"[^\W\d]\w*")


def disguised(slide: Slide, results: Results) -> Iterator[Finding]:
    """Yield each invisible character in code, outputs and text of a slide, and each name that looks like another."""
    told: set[tuple[str, Location]] = set()
    for text, families, at, where in pieces(slide, results):
        for match in unseen.found(text, code=MONO in families):
            place = at if where or at.column else Location(at.path, at.line, match.start() + 1)
            if (match[0], place) not in told:
                told.add((match[0], place))
                yield _unseen(match[0], slide, place, where)
    for use in slide.uses:
        if isinstance(use, SnippetUse) and not use.hide:
            first, last = use.lines
            lines = [(use.snippet.lines[n - 1], use.snippet.shown[n - 1]) for n in range(first, last + 1)]
            yield from _look_alikes(lines, use.snippet.path, slide, use.snippet.source)
            shown = {number for number, _ in lines}
            for name, line, column in _read_otherwise(use.snippet.source):
                if line in shown:
                    message = f"the name '{name}' is '{unicodedata.normalize('NFKC', name)}' to Python"
                    at = Location(use.snippet.path, line, column)
                    yield DISGUISED.finding(slide.number, at, message, "write the name as Python reads it")


def _unseen(char: str, slide: Slide, at: Location, where: str) -> Finding:
    name = unicodedata.name(char, "a character without a name")
    message = f"U+{ord(char):04X} {name} is invisible{where}: the text is not what it looks like"
    escape = f"\\U{ord(char):08x}" if ord(char) > 0xFFFF else f"\\u{ord(char):04x}"
    return DISGUISED.finding(slide.number, at, message, f"remove it, or write {escape} in a string of the script")


def _read_otherwise(source: str) -> Iterator[tuple[str, int, int]]:
    """Yield (name, line, column) of the names in which Python reads other letters: it takes `ﬁle` for `file`.

    docs.python.org/3/reference/lexical_analysis.html#identifiers: names are compared in normal form NFKC.
    """
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(source).readline) if not source.isascii() else ():
            if token.type == tokenize.NAME and any(
                char.isascii()
                for old in token.string
                if not old.isascii()
                for char in unicodedata.normalize("NFKC", old)
            ):
                yield token.string, token.start[0], token.start[1] + 1


def _look_alikes(lines: Iterable[tuple[int, str]], path: str, slide: Slide, source: str) -> Iterator[Finding]:
    """Yield names with letters that look like Latin ones: beside Latin letters, or in a name like another one."""
    plain = {name for name in _NAME.findall(source) if name.isascii()}
    told: set[str] = set()
    for number, line in lines:
        for match in _NAME.finditer(line):
            name = match[0]
            looks = name.translate(_LOOKS)
            parts = re.findall(r"[^\W\d_]+", name)
            mixed = any(re.search("[A-Za-z]", part) and part.translate(_LOOKS) != part for part in parts)
            if looks != name and name not in told and (mixed or looks in plain):
                told.add(name)
                wrong = next(char for char in name if char.translate(_LOOKS) != char)
                message = f"the name '{name}' is not '{looks}': it has U+{ord(wrong):04X} {unicodedata.name(wrong)}"
                at = Location(path, number, match.start() + 1)
                yield DISGUISED.finding(slide.number, at, message, "write the name in letters of one script")
