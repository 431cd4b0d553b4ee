"""Characters that a reader does not see, although they change what code and text are; written so that they are seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TURNING = "\u202a-\u202e\u2066-\u2069"
"""Characters that change the direction of the text after them."""
_FLAG = "\U0001f3f4[\U000e0020-\U000e007f]+"
_EMOJI = re.compile(
    rf"{_FLAG}|(?<=[\u2190-\u2bff\U0001f000-\U0001faff#*0-9])[\ufe0e\ufe0f]|\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)
"""Invisible characters that are part of an emoji."""
_IN_PROSE = re.compile(f"[{_TURNING}\U000e0000-\U000e007f]")
"""Invisible characters without a use in prose. (Others have one: Persian, for example, needs joiners.)"""
_IN_CODE = re.compile(
    f"[{_TURNING}\u00ad\u034f\u061c\u2028\u2029\ufff9-\ufffb\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
"""Also characters without width, fillers, variation selectors, tags."""


def found(text: str, *, code: bool) -> Iterator[re.Match[str]]:
    """Yield each invisible character of a text. code: whether it is code or output, where more characters count."""
    pattern = _IN_CODE if code else _IN_PROSE
    if pattern.search(text):
        yield from pattern.finditer(_EMOJI.sub(lambda one: " " * len(one[0]), text))


def escaped(text: str, *, code: bool = True) -> str:
    """Return a text with visible marks in the place of invisible characters: ⟦U+202E⟧."""
    return _replaced(text, code, "⟦{}⟧")


def marked(markup: str, *, code: bool = True) -> str:
    """Return HTML with visible marks for invisible characters, in elements that keep the character for copying."""
    return _replaced(markup, code, '<span class="unseen" data-char="&#{};">⟦{}⟧</span>')


def without(text: str, *, code: bool) -> str:
    """Return a text without its invisible characters."""
    return _replaced(text, code, "")


def _replaced(text: str, code: bool, form: str) -> str:
    pieces, end = [], 0
    for match in found(text, code=code):
        name = f"U+{ord(match[0]):04X}"
        names = (name,) if form.count("{}") == 1 else (ord(match[0]), name)
        pieces += [text[end : match.start()], form.format(*names)]
        end = match.end()
    return "".join([*pieces, text[end:]])
