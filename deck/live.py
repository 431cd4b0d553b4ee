"""What a snippet gave in front of the audience beside what is recorded of it, the differences marked, as HTML."""

from __future__ import annotations

import html

from deck import compare, drawing
from deck.errors import DeckError
from deck.model import Difference, Figure, Result, RunId

MOST = 4
"""As many differences are told in words."""


def panel(run: RunId, recorded: Result, fresh: Result, tolerance: float, tokens: drawing.Tokens) -> str:
    """Return both results side by side, below lines that say where they differ."""
    found = compare.compare(recorded, fresh, run, tolerance)
    wrong = {difference.what for difference in found}
    lines = [_told(one) for one in found[:MOST]] or ["the same as recorded"]
    if len(found) > MOST:
        lines.append(f"and {len(found) - MOST} more, marked below")
    verdict = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    before = _side("recorded", "live-a", recorded, fresh, wrong, tokens)
    after = _side("now", "live-b", fresh, recorded, wrong, tokens)
    return f'<ul class="verdict">{verdict}</ul><div class="sides">{before}{after}</div>'


def fallback(why: DeckError, recorded: Result, tokens: drawing.Tokens) -> str:
    """Return the recorded result alone, and why there is no fresh one."""
    side = _side("recorded", "live-a", recorded, recorded, set(), tokens)
    return f'<ul class="verdict"><li>{html.escape(why.message)}</li></ul><div class="sides">{side}</div>'


def _told(one: Difference) -> str:
    changed = one.before != one.after  # two drawings are only told to differ
    return f"{one.what}: {one.before or 'nothing'} → {one.after or 'nothing'}" if changed else f"{one.what} differs"


def _side(title: str, scope: str, result: Result, other: Result, wrong: set[str], tokens: drawing.Tokens) -> str:
    pictures = "".join(
        _picture(figure, f"{scope}-{number}", f"figure {number}" in wrong, tokens)
        for number, figure in enumerate(result.figures, 1)
    )
    printed = _printed(result.stdout, other.stdout if "stdout" in wrong else result.stdout)
    values = "".join(
        f"<li{' class=differs' if f'value {name}' in wrong else ''}>{html.escape(f'{name} = {value!r:.100}')}</li>"
        for name, value in result.values.items()
    )
    return f'<section><h2>{title}</h2>{printed}{pictures}<ul class="values">{values}</ul></section>'


def _printed(text: str, other: str) -> str:
    """Return an output with the lines marked that the other one has not in the same place."""
    if not text:
        return ""
    others = other.rstrip("\n").split("\n")
    lines = [
        html.escape(line) if number < len(others) and line == others[number] else f"<mark>{html.escape(line)}</mark>"
        for number, line in enumerate(text.rstrip("\n").split("\n"))
    ]
    return f'<pre class="output"><samp>{chr(10).join(lines)}</samp></pre>'


def _picture(figure: Figure, scope: str, differs: bool, tokens: drawing.Tokens) -> str:
    try:
        svg = drawing.screen(figure.svg, scope, tokens, figure.label or scope)
    except drawing.UnsafeDrawing as error:
        svg = f"<p>this figure cannot be shown: {html.escape(str(error))}</p>"
    return f'<div class="{"live differs" if differs else "live"}">{svg}</div>'
