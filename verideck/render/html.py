"""Renders uses as HTML: code with callouts, figures, outputs, tables, values; also formulas and images."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from markdown_it.token import Token

from verideck.core import messages
from verideck.core.deck_model import (
    Callout,
    CellUse,
    EvalUse,
    FigureUse,
    OutputUse,
    ShowUse,
    SnippetUse,
    TableUse,
    Use,
)
from verideck.core.errors import DeckError
from verideck.core.markdown_tokens import mathml_of, picture_of, plain, set_mathml, value_of, walk
from verideck.core.run_model import Figure, Location, Results, Step
from verideck.core.theme import Palette
from verideck.core.unseen import escaped, marked
from verideck.render import classes, figures, markdown, values
from verideck.render.steps import Steps
from verideck.render.tables import Cell, Table
from verideck.run import with_style
from verideck.typeset import highlight, math_svg, mathml, rich_html
from verideck.typeset.figure import print_, screen
from verideck.typeset.svg import UnsafeDrawing

Medium = Literal["screen", "print"]


class _Around(NamedTuple):
    """The figure that contains a role."""

    figure: FigureUse
    frames: int
    """Number of its frames."""
    shown: int
    """Index of the frame whose values are shown, from 0."""


class HtmlRenderer:
    """Renders the parts of one slide. Parts that cannot be rendered are left out, and their errors are in `errors`.

    `done`: number of steps that have been taken; None to show the whole slide.
    """

    def __init__(
        self,
        scope: str,
        results: Results,
        palette: Palette,
        medium: Medium,
        lang: str,
        done: int | None = None,
        roles: Sequence[tuple[str, int]] = (),
    ) -> None:
        self.scope = scope
        self.results = results
        self.palette = palette
        self.medium = medium
        self.roles = {role: f"accent-{number}" for role, number in roles}
        self.words = messages.of(lang)
        self.breaks = messages.is_japanese(lang)
        self.errors: list[DeckError] = []
        self.steps = Steps(done)
        self.footnotes: dict[int, int] = {}
        """Number of a footnote → the step with which it appears."""
        self._drawings = 0
        self._around: _Around | None = None

    def use(self, use: Use, within: str = "") -> str:
        """Return the HTML of a use; "" after an error."""
        try:
            match use:
                case EvalUse():
                    return self._role(use)
                case SnippetUse():
                    return "" if use.hide else self._snippet(use, within.split())
                case FigureUse():
                    if "fragment" not in use.classes:
                        return self._figure(use)
                    self.steps.advance(1)
                    return markdown.appearing(self._figure(use), self.steps.count, self)
                case OutputUse():
                    return self._printed(values.output_text(self.results, use))
                case ShowUse():
                    return self._show(use)
                case CellUse():
                    return markdown.BREAK.join(filter(None, (self.use(part, within) for part in use.parts)))
                case TableUse():
                    return self._table(values.table(self.results, use), use.caption)
        except DeckError as error:
            self.errors.append(error)
            return ""

    def _printed(self, text: str, kind: str = classes.OUTPUT) -> str:
        return f'<pre class="{kind}"><samp>{marked(html.escape(text))}</samp></pre>\n' if text else ""

    def _show(self, use: ShowUse) -> str:
        if pictures := figures.frames(self.results, use):
            return self._pictures(use, pictures)
        if not values.has_value(self.results, use) and (use.optional or self._drawn_beside(use)):
            return ""
        found = values.display(self.results, use)
        if found and found["kind"] == "table":
            return self._table(values.table(self.results, use), use.caption)
        if found and found["kind"] == "plotly":
            return self._plotly(use, found)
        if found and found["kind"] == "latex":
            return f'<div class="{classes.EQUATION}">{self._formula(str(found["tex"]), use.at, block=True)}</div>\n'
        if found and found["kind"] == "html":
            return f'<div class="html-value">{_clean(str(found["html"]), use.at)}</div>\n'
        if found and found["kind"] == "estimator":
            return f'<div class="estimators">{_estimator(found)}</div>\n'
        return self._printed(values.shown_text(self.results, use), f"{classes.OUTPUT} result")

    def _plotly(self, use: ShowUse, found: Mapping[str, Any]) -> str:
        """Return a figure of Plotly: a still in print, on the screen its data, which plotly.js draws."""
        if not use.alt:
            raise figures.without_alt(use)
        said = plain(use.alt, self)
        source = f"data:image/png;base64,{found['still']}" if found.get("still") else ""
        if use.still:
            source = use.still.address
        still = f'<img class="still" alt="{html.escape(said)}" src="{html.escape(source)}">' if source else ""
        if self.medium == "print":
            if not still:
                hint = "let `figures` find a browser (Chromium), or name a picture: :print: FILE"
                raise DeckError("this figure of Plotly has no still for print", use.at, hint)
            picture = still
        else:
            styled = with_style(found["figure"], {role: f"var(--{role})" for role in self.palette.light})
            size = "width:{width}px;height:{height}px".format(**styled["layout"])
            data = json.dumps(styled, ensure_ascii=False).replace("</", "<\\/").replace("<!--", "<\\u0021--")
            picture = (
                f'<div class="{classes.PLOTLY}" role="img" aria-label="{html.escape(said)}" style="{size}">{still}'
                f'<script type="application/json">{data}</script></div>'
            )
        caption = self._caption(use.caption)
        return f'<figure class="{classes.DRAWING}"><div class="picture">{picture}</div>{caption}</figure>\n'

    def _drawn_beside(self, use: ShowUse) -> bool:
        """Tell whether the value of a cell is a figure, which stands in the cell's place for figures."""
        if use.expression or use.run not in self.results:
            return False
        if not any(figure.part == use.part for figure in self.results[use.run].figures):
            hint = "end it with an expression, or take `value` out of `:show:`"
            raise DeckError("this cell has no value", use.at, hint)
        return True

    def _formula(self, tex: str, at: Location, *, block: bool) -> str:
        """Return a formula that is a value; raises DeckError if it cannot be set."""
        token = Token("math_block" if block else "math_inline", "math", 0)
        try:
            set_mathml(token, mathml.mathml(tex, block, {}))
        except mathml.TexError as error:
            hint = "show its text: str(…) as expression"
            raise DeckError(f"cannot typeset the formula of this value: {error}", at, hint) from None
        return self.math(token, tex)

    def _pictures(self, use: FigureUse | ShowUse, frames: Sequence[figures.Frame]) -> str:
        """Return figures, one after the other; the last has the caption."""
        shown = []
        for number, frame in enumerate(frames, 1):
            said = plain(use.alt, self) + f" ({number})" * (len(frames) > 1)
            picture = f'<div class="picture">{self._drawing(frame.figure, said, use.at)}</div>'
            caption = self._caption(use.caption) if number == len(frames) else ""
            shown.append(f'<figure class="{classes.DRAWING}">{picture}{caption}</figure>\n')
        return markdown.BREAK.join(shown)

    def use_text(self, use: Use) -> str:
        """Return the value of a role as text; "" without a value (`use` reports the error)."""
        try:
            return self._value(use) if isinstance(use, EvalUse) else ""
        except DeckError:
            return ""

    def math(self, token: Token, source: str) -> str:
        """Return a formula: MathML for the screen; for print an image with its size in em, like its text."""
        mathml = mathml_of(token)
        if self.medium == "screen":
            return mathml
        colours = {role: self.palette.printed[accent] for role, accent in self.roles.items()}
        drawn = math_svg.svg(mathml, 100.0, colours, "currentColor")
        width, height, depth = (f"{length / 100:.3f}em" for length in (drawn.width, drawn.height, -drawn.depth))
        size = f"width:{width};height:{height};vertical-align:{depth}"
        picture = _picture(drawn.svg, source, f"{classes.DRAWN} {classes.TEX}")
        return f'<span class="{classes.MATH}" style="{size}">{picture}</span>'

    def image(self, token: Token, alt: str, attributes: str) -> str:
        """Return an image with embedded data."""
        return f'<img src="{picture_of(token).address}" alt="{html.escape(alt)}"{attributes}>'

    def footnote(self, number: int) -> str:
        """Return a reference to a footnote, which appears with its first reference."""
        self.footnotes[number] = min(self.footnotes.get(number, self.steps.since), self.steps.since)
        return f'<sup class="fn">{number}</sup>'

    def _listing(self, lines: Sequence[str], language: str, added: Iterable[int] = (), dim: Iterable[int] = ()) -> str:
        """Return lines of code; `added` and `dim`: indexes from 0 of lines that are marked or dimmed."""
        marked, muted = set(added), set(dim)
        spans = (
            f'<span class="{classes.LINE}{" added" * (index in marked)}{" dim" * (index in muted)}">'
            f"{line or '&#8203;'}</span>"
            for index, line in enumerate(highlight.highlight([line.expandtabs(4) for line in lines], language))
        )
        kind = f' class="language-{html.escape(language)}"' if language else ""
        return f'<div class="{classes.LISTING}"><pre><code{kind}>{"".join(spans)}</code></pre></div>'

    def listing(self, text: str, language: str, steps: Sequence[Step]) -> str:
        """Return code that is shown but not run."""
        name = (language.split() or [""])[0]
        lines = text.rstrip().split("\n")
        dim, data, _ = self._take_steps(steps, 1, len(lines))
        return f'<figure class="{classes.CODE}"{data}>{self._listing(lines, name, dim=dim)}</figure>\n'

    def box(self, checked: bool) -> str:
        """Return the box before a task, a drawing that says whether the task is done."""
        said = self.words["tasks"]["done" if checked else "open"]
        colour = "currentColor" if self.medium == "screen" else self.palette.light["ink"]
        shape = '<rect x="1" y="1" width="14" height="14" rx="2.5" />' + '<path d="M4 8.5l3 3 5-7" />' * checked
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="{colour}" '
            f'stroke-width="1.5">{shape}</svg>'
        )
        if self.medium == "print":
            return _picture(svg, said, "box")
        return svg.replace("<svg ", f'<svg class="box" role="img" aria-label="{said}" ', 1)

    def _values(self, use: EvalUse) -> list[str]:
        """Return the texts of a value: one, or one per frame of the figure that contains it."""
        if use.follows and self._around:
            return values.frame_texts(self.results, use, self._around.figure, self._around.frames)
        return [values.value_text(self.results, use)]

    def _value(self, use: EvalUse) -> str:
        texts = self._values(use)
        return texts[self._around.shown if self._around and len(texts) > 1 else 0]

    def _role(self, use: EvalUse) -> str:
        """Return a value; if it follows a slider, the texts of all frames, so that its width does not change."""
        if tex := values.formula(self.results, use):
            return self._formula(tex, use.at, block=False)
        texts = self._values(use)
        shown = self._value(use)
        if len(set(texts)) == 1 or self.medium == "print":
            return f'<span class="value">{marked(html.escape(shown), code=False)}</span>'
        at = self._around.shown if self._around else 0
        spans = (
            f"<span{'' if index == at else ' hidden'}>{marked(html.escape(text), code=False)}</span>"
            for index, text in enumerate(texts)
        )
        return f'<span class="value follows">{"".join(spans)}</span>'

    def _snippet(self, use: SnippetUse, within: Sequence[str]) -> str:
        first, last = use.lines
        lines = use.snippet.shown[first - 1 : last]
        added = [line - first for line in use.added if first <= line <= last]
        kind, style, height = self._size(lines, bool(use.callouts), within)
        dim, data, before = self._take_steps(use.steps, first, last)
        done = self.steps.taken(before, len(use.steps))
        body = self._listing(lines, "python", added, dim) + self._callouts(use, height, before, done)
        return f'<figure class="{kind}"{style}{data}>{body}{self._caption(use.caption)}</figure>\n'

    def _size(self, lines: Sequence[str], callouts: bool, within: Sequence[str]) -> tuple[str, str, float]:
        """Return (class, style, line height in px) of a listing: the usual size, or less if its lines do not fit."""
        size = self.palette.size
        usual, longest = size["code-line"], max((len(escaped(line)) for line in lines), default=0)
        long = (len(lines) + 1) * usual > size["body"]
        height = min(usual, size["body-long"] // len(lines)) if long else usual
        room = next(
            (size[f"listing-{name}"] for name in ("wide", "narrow", classes.COLUMN) if name in within), size["listing"]
        )
        letters = min(
            size["code"], 0.85 * height, (room - size["listing-callouts"] * callouts) / (0.6 * max(longest, 1))
        )
        height = min(height, round(usual / size["code"] * letters))
        style = f' style="--type:{letters:.1f}px;--line:{height:g}px"'
        return f"{classes.CODE} long" if long else classes.CODE, style if long or letters < size["code"] else "", height

    def _take_steps(self, steps: Sequence[Step], first: int, last: int) -> tuple[list[int], str, int]:
        """Count the steps of a listing of these lines; return (dimmed lines from 0, attributes, steps before them)."""
        before = self.steps.count
        done = self.steps.advance(len(steps))
        lit = {n for a, b in steps[done - 1].ranges for n in range(a, b + 1)} if done else None
        dim = [line - first for line in range(first, last + 1) if lit is not None and line not in lit]
        ranges = (",".join(f"{a - first + 1}-{b - first + 1}" for a, b in step.ranges) for step in steps)
        return dim, self._step_data("|".join(ranges), before), before

    def _step_data(self, steps: str, before: int) -> str:
        """Return the attributes of a listing or slider with steps; `before`: number of steps before them."""
        first = f' data-first="{before}"' if self.medium == "screen" else ""
        return f' data-steps="{steps}"{first}' if steps else ""

    def _callouts(self, use: SnippetUse, height: float, before: int, done: int | None) -> str:
        """Return the callouts, each at the middle of its region; it appears with the first step of the region.

        `before`: number of the slide's steps before those of the listing.
        """
        if not use.callouts:
            return ""
        first = use.lines[0]
        items = []
        for callout in use.callouts:
            start, end = callout.region.ranges[0] if callout.region.ranges else (first, first)
            middle = ((start + end + 1) / 2 - first) * height
            reach = (end - start + 1) * height - 8
            within = [number for number, step in enumerate(use.steps, 1) if _shows(step, callout, use)]
            states = ["added"] * callout.added
            if within and done is not None:
                states += ["later"] * (done < within[0]) + ["dim"] * (done > within[0] and done not in within)
            kind = f' class="{" ".join(states)}"' if states else ""
            data = f' data-in="{" ".join(map(str, within))}"' if within else ""
            self.steps.enter(before + within[0] if within else 0)
            text = markdown.render_inline(callout.tokens, self)
            self.steps.leave()
            items.append(f'<li{kind}{data} style="top:{middle:.1f}px;--reach:{reach:.1f}px"><span>{text}</span></li>')
        return f'<ul class="{classes.CALLOUTS}">{"".join(items)}</ul>'

    def _caption(self, tokens: Sequence[Token]) -> str:
        kind = ' class="reading"' if self._around and self._around.frames > 1 and _follows(tokens) else ""
        return f"<figcaption{kind}>{markdown.render_inline(tokens, self)}</figcaption>" if tokens else ""

    def _figure(self, use: FigureUse) -> str:
        frames = figures.frames(self.results, use)
        if use.every:
            return self._pictures(use, frames)
        start, steps = figures.order(use, frames)
        self._around = around = _Around(use, len(frames), start)
        kinds = ["frames"] * (len(frames) > 1) + ["sweep"] * bool(use.sweep)
        kind = " ".join([classes.DRAWING, *kinds, *use.classes])
        if len(frames) == 1 or self.medium == "print":
            stepped = steps or range(len(frames))
            done = self.steps.advance(len(stepped) - 1)
            self._around = around._replace(shown=start if done is None else stepped[done])
            frame = frames[self._around.shown]
            setting = f"{use.label} = {frame.name}" if use.sweep else f"{use.label} {frame.name}".strip()
            said = f"{self._alt(use)} ({setting})" if setting else self._alt(use)
            picture = f'<div class="picture">{self._drawing(frame.figure, said, use.at)}</div>'
            shown = f'<p class="setting">{html.escape(setting)}</p>' if len(frames) > 1 else ""
            return f'<figure class="{kind}">{picture}{shown}{self._data(use)}{self._caption(use.caption)}</figure>\n'
        before = self.steps.count
        self.steps.advance(max(len(steps) - 1, 0))
        label = html.escape(use.label)
        pictures = []
        for index, frame in enumerate(frames):
            self._around = around._replace(shown=index)
            said = f' data-said="{html.escape(plain(use.caption, self))}"' if _follows(use.caption) else ""
            pictures.append(
                f'<div class="frame" data-value="{html.escape(frame.name)}"{said}{"" if index == start else " hidden"}>'
                f"{self._drawing(frame.figure, f'{self._alt(use)} ({frame.name})', use.at)}</div>"
            )
        self._around = around
        slider = (
            f'<div class="slider"><label>{label}</label><input type="range" min="0" max="{len(frames) - 1}" step="1" '
            f'value="{start}" aria-label="{html.escape(self._alt(use))}">'
            f"<output>{html.escape(frames[start].name)}</output></div>"
        )
        data = self._step_data(" ".join(map(str, steps)), before)
        picture = f'<div class="picture">{"".join(pictures)}</div>{slider}{self._data(use)}{self._caption(use.caption)}'
        return f'<figure class="{kind}" data-name="{label}"{data}>{picture}</figure>\n'

    def _alt(self, use: FigureUse) -> str:
        return "".join(self._value(value_of(token)) if token.type == "role" else plain([token]) for token in use.alt)

    def _drawing(self, figure: Figure, alt: str, at: Location) -> str:
        self._drawings += 1
        scope = f"{self.scope}-f{self._drawings}"
        try:
            if self.medium == "screen":
                return screen(figure.svg, scope, self.palette, alt)
            return _picture(print_(figure.svg, scope, self.palette, alt), alt)
        except UnsafeDrawing as error:
            raise DeckError(f"this figure cannot be shown: {error}", at) from None

    def _data(self, use: FigureUse) -> str:
        """Return the data of a figure as a table that readers can open."""
        if not use.data or self.medium == "print":
            return ""
        table = self._table(values.data_table(self.results, use))
        return f'<details class="figure-data"><summary>{self.words["data"]}</summary>{table}</details>'

    def _table(self, table: Table, caption: Sequence[Token] = ()) -> str:
        head = "".join(f"<tr>{''.join(map(_heading, row))}</tr>" for row in table.head)
        gap = f'<tr class="gap"><td colspan="{len(table.columns)}">…</td></tr>'
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" if row else gap for row in table.rows)
        above = f"<caption>{markdown.render_inline(caption, self)}</caption>" if caption else ""
        kind = ' class="frame-table"' if table.frame else ""
        shown = f"<table{kind}>{above}<thead>{head}</thead><tbody>{body}</tbody></table>\n"
        if not table.shape:
            return shown
        size = self.words["shape"].format(*table.shape)
        return f'<div class="sized">{shown}<p class="size">{size}</p></div>\n'


def _clean(markup: str, at: Location) -> str:
    """Return HTML of a value, cleaned again: a record could have been changed. Raises DeckError."""
    try:
        return rich_html.clean(markup)
    except ModuleNotFoundError as error:
        hint = "install it: pip install 'verideck[values]'"
        raise DeckError(f"to show HTML, Verideck needs the package {error.name}", at, hint) from None


def _estimator(data: Mapping[str, Any]) -> str:
    """Return an estimator of scikit-learn as nested boxes."""
    given = "".join(f"<code>{html.escape(f'{name}={value}')}</code> " for name, value in data["parameters"].items())
    parts = "".join(
        f'<div class="part"><p class="part-name">{html.escape(name)}</p>{_estimator(part)}</div>'
        for name, part in data["parts"]
    )
    inside = f'<div class="parts{" beside" * bool(data["beside"])}">{parts}</div>' if parts else ""
    more = f"<p>{given.strip()}</p>" if given else ""
    return f'<div class="estimator"><p class="name">{html.escape(data["name"])}</p>{more}{inside}</div>'


def _heading(cell: Cell) -> str:
    """Return a cell of a table's header."""
    scope = f'scope="colgroup" colspan="{cell.span}"' if cell.span > 1 else 'scope="col"'
    kind = ' class="number"' if cell.number else ""
    text = marked(html.escape(cell.text), code=False)
    return f"<th {scope}{kind}>{text}</th>" if text else f"<td{kind}></td>"  # an empty cell names nothing


def _cell(cell: Cell) -> str:
    kind = ' class="number"' if cell.number else ""
    text = marked(html.escape(cell.text), code=False)
    if not cell.head:
        return f"<td{kind}>{text}</td>"
    scope = f'scope="rowgroup" rowspan="{cell.span}"' if cell.span > 1 else 'scope="row"'
    return f"<th {scope}{kind}>{text}</th>" if cell.span else ""


def _shows(step: Step, callout: Callout, use: SnippetUse) -> bool:
    """Tell whether a step highlights all lines of a callout's region, except blank lines."""
    highlighted = {line for a, b in step.ranges for line in range(a, b + 1)}
    lines = {line for a, b in callout.region.ranges for line in range(a, b + 1) if use.snippet.shown[line - 1].strip()}
    return lines <= highlighted


def _follows(tokens: Sequence[Token]) -> bool:
    """Tell whether the values in a caption change with the frame."""
    return any(token.type == "role" and value_of(token).follows for token in walk(tokens))


def _picture(svg: str, alt: str, kind: str = classes.DRAWN) -> str:
    """Return an SVG as an image; inline, its elements would match the rules of the page's style sheets."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="{kind}" alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{data}">'
