"""HTML of a live run: its result beside the recorded one, with the differences marked."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace

from verideck.core import messages
from verideck.core.errors import DeckError
from verideck.core.run_model import Difference, Figure, Result, Run, Stream
from verideck.core.theme import Palette
from verideck.core.unseen import marked
from verideck.run import STREAMS, compare_result
from verideck.typeset.figure import screen
from verideck.typeset.svg import UnsafeDrawing

MOST = 4
"""Maximum number of differences that are listed."""


def panel(run: Run, recorded: Result, fresh: Result, tolerance: float, palette: Palette, lang: str) -> str:
    """Return both results side by side, below a list of their differences."""
    found = compare_result(recorded, fresh, run.id, tolerance, run.streams or (_shown(run),))  # as the panel shows it
    recorded, fresh = (replace(one, stdout=one.printed(_shown(run))) for one in (recorded, fresh))
    wrong = {difference.what for difference in found}
    said = messages.of(lang)["live"]
    lines = [_told(one, said) for one in found[:MOST]] or [said["same"]]
    if len(found) > MOST:
        lines.append(said["more"].format(len(found) - MOST))
    before = _side("recorded", recorded, fresh, wrong, palette, said)
    after = _side("now", fresh, recorded, wrong, palette, said)
    return _whole(lines, before + after)


def fallback(why: DeckError, recorded: Result, palette: Palette, lang: str) -> str:
    """Return the recorded result, and the reason why there is no fresh one."""
    said = messages.of(lang)["live"]
    return _whole([why.message], _side("recorded", recorded, recorded, set(), palette, said))


def _shown(run: Run) -> Stream:
    """Return the stream that slides show of a run, or standard output."""
    return "both" if len(run.streams) > 1 else (*run.streams, "out")[0]


def _whole(lines: Sequence[str], sides: str) -> str:
    verdict = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return f'<ul class="verdict">{verdict}</ul><div class="sides">{sides}</div>'


def _told(one: Difference, said: Mapping[str, str]) -> str:
    if one.before == one.after:  # figures
        return said["differs"].format(one.what)
    return f"{one.what}: {one.before or said['nothing']} → {one.after or said['nothing']}"


def _side(when: str, result: Result, other: Result, wrong: set[str], palette: Palette, said: Mapping[str, str]) -> str:
    title = said[when]
    pictures = "".join(
        _picture(
            figure, f"live-{when}-{number}", said["figure"].format(title, number), f"figure {number}" in wrong, palette
        )
        for number, figure in enumerate(result.figures, 1)
    )
    printed = _printed(result.stdout, other.stdout if wrong & {*STREAMS.values()} else result.stdout)
    values = "".join(
        f"<li{' class=differs' if f'value {name}' in wrong else ''}>{html.escape(f'{name} = {value!r:.100}')}</li>"
        for name, value in result.values.items()
    )
    return f'<section><h2>{title}</h2>{printed}{pictures}<ul class="values">{values}</ul></section>'


def _printed(text: str, other: str) -> str:
    """Return an output, with marks on lines that differ from the line at the same position of the other output."""
    if not text:
        return ""
    others = other.rstrip("\n").split("\n")
    lines = [
        marked(html.escape(line))
        if number < len(others) and line == others[number]
        else f"<mark>{marked(html.escape(line))}</mark>"
        for number, line in enumerate(text.rstrip("\n").split("\n"))
    ]
    return f'<pre class="output"><samp>{chr(10).join(lines)}</samp></pre>'


def _picture(figure: Figure, scope: str, alt: str, differs: bool, palette: Palette) -> str:
    try:
        svg = screen(figure.svg, scope, palette, alt)
    except UnsafeDrawing as error:
        svg = f"<p>this figure cannot be shown: {html.escape(str(error))}</p>"
    return f'<div class="{"live differs" if differs else "live"}">{svg}</div>'
