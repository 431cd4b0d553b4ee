"""HTML of what a slide takes from runs: code with callouts, drawings, outputs, tables, values, formulas, pictures."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, cast

from deck import code, drawing, markdown, tex
from deck.errors import DeckError, did_you_mean
from deck.model import Figure, Location, Result, Results, RunId, Value
from deck.slides import Callout, EvalUse, FigureUse, OutputUse, SnippetUse, TableUse, Use

Medium = Literal["screen", "print"]


class Painter:
    """Paints one slide; what cannot be painted is noted in `errors` and left out.

    `done`: how many of the slide's steps the picture has behind it; None for a picture of the whole slide.
    """

    def __init__(
        self, scope: str, results: Results, tokens: drawing.Tokens, medium: Medium, lang: str, done: int | None = None
    ) -> None:
        self.scope = scope
        self.results = results
        self.tokens = tokens
        self.medium = medium
        self.breaks = lang.split("-")[0] == "ja"
        self.errors: list[DeckError] = []
        self.steps = 0
        """Steps of the slide met so far: items, steps of code, and in print a figure's frames."""
        self._done = done
        self._drawings = 0

    def advance(self, steps: int) -> int | None:
        """Meet the slide's next steps; return how many of them are done, None for a picture of the whole slide."""
        before, self.steps = self.steps, self.steps + steps
        return None if self._done is None else min(max(self._done - before, 0), steps)

    def use(self, use: Use, within: str = "") -> str:
        """Return the HTML of a use; a role that has no value becomes an empty text."""
        try:
            match use:
                case EvalUse():
                    return f'<span class="value">{html.escape(self._value(use))}</span>'
                case SnippetUse():
                    return "" if use.hide else self._snippet(use, within.split())
                case FigureUse():
                    return self._figure(use)
                case OutputUse():
                    printed = html.escape(self._result(use.run, use.at).stdout.rstrip())
                    return f'<pre class="output"><samp>{printed}</samp></pre>\n'
                case TableUse():
                    return self._table(use)
        except DeckError as error:
            self.errors.append(error)
            return ""

    def use_text(self, use: Use) -> str:
        """Return a role's value as text; "" where it has none (`use` says why)."""
        try:
            return self._value(use) if isinstance(use, EvalUse) else ""
        except DeckError:
            return ""

    def math(self, token_meta: Mapping[str, Any], source: str) -> str:
        """Return a formula: MathML on screen, in print a picture sized in em, so that it follows its surroundings."""
        mathml = str(token_meta["mathml"])
        if self.medium == "screen":
            return mathml
        drawn = tex.svg(mathml, 100.0, self.tokens.light, self.tokens.light["ink"])
        width, height, depth = (f"{length / 100:.3f}em" for length in (drawn.width, drawn.height, -drawn.depth))
        size = f"width:{width};height:{height};vertical-align:{depth}"
        return f'<span class="math" style="{size}">{_picture(drawn.svg, source)}</span>'

    def image(self, token_meta: Mapping[str, Any], alt: str, attributes: str) -> str:
        """Return a picture with its bytes inside."""
        data = base64.b64encode(token_meta["data"]).decode()
        return f'<img src="data:image/{token_meta["type"]};base64,{data}" alt="{html.escape(alt)}"{attributes}>'

    def footnote(self, number: int) -> str:
        """Return a reference to the note at the slide's foot."""
        return f'<sup class="fn">{number}</sup>'

    def _listing(self, lines: Sequence[str], language: str, added: Iterable[int] = (), dim: Iterable[int] = ()) -> str:
        """Return lines of code; `added` and `dim` hold indexes from 0 of lines to mark and to mute."""
        marked, muted = set(added), set(dim)
        spans = (
            f'<span class="line{" added" * (index in marked)}{" dim" * (index in muted)}">{line or "&#8203;"}</span>'
            for index, line in enumerate(code.highlight(lines, language))
        )
        kind = f' class="language-{html.escape(language)}"' if language else ""
        return f'<div class="listing"><pre><code{kind}>{"".join(spans)}</code></pre></div>'

    def listing(self, text: str, language: str) -> str:
        """Return code that is shown and never run."""
        name = (language.split() or [""])[0]
        return f'<figure class="code">{self._listing(text.rstrip().split(chr(10)), name)}</figure>\n'

    def _result(self, run: RunId, at: Location) -> Result:
        if run not in self.results:
            raise DeckError(f"nothing is recorded of {run}", at, "run `python build.py figures`")
        return self.results[run]

    def _raw(self, use: EvalUse | TableUse) -> Value:
        result = self._result(use.run, use.at)
        if use.expression in result.values:
            return result.values[use.expression]
        reason = result.invalid.get(use.expression)
        if reason is None:
            raise DeckError(f"no value of '{use.expression}' is recorded", use.at, "run `python build.py figures`")
        hint = "it is evaluated at the end of the script, with all its names"
        raise DeckError(f"'{use.expression}' has no value in {use.run}: {reason}", use.at, hint)

    def _value(self, use: EvalUse) -> str:
        return formatted(self._raw(use), use.format, use.at)

    def _snippet(self, use: SnippetUse, within: Sequence[str]) -> str:
        first, last = use.lines
        lines = use.snippet.shown[first - 1 : last]
        added = [line - first for line in use.added if first <= line <= last]
        steps = "|".join(",".join(f"{a - first + 1}-{b - first + 1}" for a, b in step.ranges) for step in use.steps)
        kind, style, height = self._size(lines, bool(use.callouts), within)
        done = self.advance(len(use.steps))
        lit = {n for a, b in use.steps[done - 1].ranges for n in range(a, b + 1)} if done else None
        dim = [line - first for line in range(first, last + 1) if lit is not None and line not in lit]
        body = self._listing(lines, "python", added, dim) + self._callouts(use.callouts, first, height)
        data = f' data-steps="{steps}"' if steps else ""
        return f'<figure class="{kind}"{style}{data}>{body}{self._caption(use.caption)}</figure>\n'

    def _size(self, lines: Sequence[str], callouts: bool, within: Sequence[str]) -> tuple[str, str, float]:
        """Return class, style and line height in px of a listing: as large as its lines let it be, up to the usual."""
        size = self.tokens.size
        usual, longest = size["code-line"], max(map(len, lines), default=0)
        long = (len(lines) + 1) * usual > size["body"]
        height = min(usual, size["body-long"] // len(lines)) if long else usual
        room = next(
            (size[f"listing-{name}"] for name in ("wide", "narrow", "column") if name in within), size["listing"]
        )
        letters = min(
            size["code"], 0.85 * height, (room - size["listing-callouts"] * callouts) / (0.6 * max(longest, 1))
        )
        height = min(height, round(usual / size["code"] * letters))
        style = f' style="--type:{letters:.1f}px;--line:{height:g}px"'
        return "code long" if long else "code", style if long or letters < size["code"] else "", height

    def _callouts(self, callouts: Sequence[Callout], first: int, height: float) -> str:
        """Return the remarks, each at the middle of its region, pushed down where two would overlap."""
        if not callouts:
            return ""
        items = []
        for callout in callouts:
            start, end = callout.region.ranges[0] if callout.region.ranges else (first, first)
            middle = ((start + end + 1) / 2 - first) * height
            reach = (end - start + 1) * height - 8
            kind = ' class="added"' if callout.added else ""
            text = markdown.render_inline(callout.tokens, self)
            items.append(f'<li{kind} style="top:{middle:.1f}px;--reach:{reach:.1f}px"><span>{text}</span></li>')
        return f'<ul class="callouts">{"".join(items)}</ul>'

    def _caption(self, tokens: Sequence[Any]) -> str:
        return f"<figcaption>{markdown.render_inline(tokens, self)}</figcaption>" if tokens else ""

    def _figure(self, use: FigureUse) -> str:
        alt = "".join(piece if isinstance(piece, str) else self._value(piece) for piece in use.alt)
        frames = self._frames(use)
        start = self._start(use, [name for name, _ in frames])
        classes = " ".join(["drawing", *(["frames"] if len(frames) > 1 else []), *use.classes])
        if len(frames) == 1 or self.medium == "print":
            done = self.advance(len(frames) - 1)
            name, figure = frames[start if done is None else done]
            setting = f"{use.label} = {name}" if use.sweep else f"{use.label} {name}".strip()
            said = f"{alt} ({setting})" if setting else alt
            picture = f'<div class="picture">{self._drawing(figure, said, use.at)}</div>'
            shown = f'<p class="setting">{html.escape(setting)}</p>' if len(frames) > 1 else ""
            return f'<figure class="{classes}">{picture}{shown}{self._caption(use.caption)}</figure>\n'
        label = html.escape(use.label)
        pictures = "".join(
            f'<div class="frame" data-value="{html.escape(name)}"{"" if index == start else " hidden"}>'
            f"{self._drawing(figure, f'{alt} ({name})', use.at)}</div>"
            for index, (name, figure) in enumerate(frames)
        )
        slider = (
            f'<div class="slider"><label>{label}</label><input type="range" min="0" max="{len(frames) - 1}" step="1" '
            f'value="{start}" aria-label="{html.escape(alt)}"><output>{html.escape(frames[start][0])}</output></div>'
        )
        caption = self._caption(use.caption)
        picture = f'<div class="picture">{pictures}</div>'
        return f'<figure class="{classes}" data-name="{label}">{picture}{slider}{caption}</figure>\n'

    def _frames(self, use: FigureUse) -> list[tuple[str, Figure]]:
        """Return (name, figure) of each frame; raises DeckError where the run did not draw it."""
        if use.sweep:
            names = [f"{value:g}" if isinstance(value, float) else str(value) for value in use.values]
            return [(name, self._pick(use, run)) for name, run in zip(names, use.runs, strict=True)]
        if use.select == "*":
            figures = self._result(use.runs[0], use.at).figures
            if not figures:
                raise DeckError(f"{use.runs[0]} drew no figure", use.at, "call plt.show() once a frame")
            return [(figure.label or str(index), figure) for index, figure in enumerate(figures, 1)]
        return [("", self._pick(use, use.runs[0]))]

    def _pick(self, use: FigureUse, run: RunId) -> Figure:
        figures = self._result(run, use.at).figures
        for index, figure in enumerate(figures, 1):
            if use.select in ("", str(index), figure.label):
                return figure
        labels = ", ".join(figure.label or str(index) for index, figure in enumerate(figures, 1))
        what = f"'{use.select}' among the figures of {run}" if figures else f"figure: {run} drew none"
        raise DeckError(f"no {what}", use.at, f"they are {labels}" if labels else "draw one and call plt.show()")

    def _start(self, use: FigureUse, names: Sequence[str]) -> int:
        if use.start is None:
            return 0
        if use.sweep:
            return use.values.index(use.start)
        if isinstance(use.start, int) and 1 <= use.start <= len(names):
            return use.start - 1
        if str(use.start) in names:
            return names.index(str(use.start))
        raise DeckError(f"no frame '{use.start}'", use.at, f"they are {', '.join(names)}")

    def _drawing(self, figure: Figure, alt: str, at: Location) -> str:
        self._drawings += 1
        scope = f"{self.scope}-f{self._drawings}"
        try:
            if self.medium == "screen":
                return drawing.screen(figure.svg, scope, self.tokens, alt)
            return _picture(drawing.print_(figure.svg, scope, self.tokens, alt), alt)
        except drawing.UnsafeDrawing as error:
            raise DeckError(f"this figure cannot be shown: {error}", at) from None

    def _table(self, use: TableUse) -> str:
        rows = self._raw(use)
        if not (isinstance(rows, list) and rows and all(isinstance(row, dict) and row for row in rows)):
            raise DeckError(
                f"'{use.expression}' is no list of dicts", use.at, "give one dict a row, its keys are the header"
            )
        columns = list(cast("dict[str, Value]", rows[0]))
        formats = dict(use.formats)
        for name in formats.keys() - set(columns):
            hint = did_you_mean(name, columns) or f"they are {', '.join(columns)}"
            raise DeckError(f"this table has no column '{name}'", use.at, hint)
        head = "".join(f'<th scope="col">{html.escape(str(column))}</th>' for column in columns)
        body = "".join(self._row(row, columns, formats, use.at) for row in rows)
        caption = f"<caption>{markdown.render_inline(use.caption, self)}</caption>" if use.caption else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>\n"

    def _row(self, row: Any, columns: Sequence[str], formats: Mapping[str, str], at: Location) -> str:
        if list(row) != list(columns):
            raise DeckError("the rows of this table differ in their keys", at, f"the first has {', '.join(columns)}")
        cells = []
        for column in columns:
            value = row[column]
            number = isinstance(value, int | float) and not isinstance(value, bool)
            text = html.escape(formatted(value, formats.get(column, ""), at))
            cells.append(f'<td class="number">{text}</td>' if number else f"<td>{text}</td>")
        return f"<tr>{''.join(cells)}</tr>"


def formatted(value: Value, spec: str, at: Location) -> str:
    """Return a value as a slide shows it; raises DeckError where the format does not fit it."""
    try:
        return format(value, spec)
    except (TypeError, ValueError) as error:
        raise DeckError(f"the format '{spec}' does not fit {value!r:.60}: {error}", at, "as in :.2f, :d, :,") from None


def _picture(svg: str, alt: str) -> str:
    """Return an SVG as a picture: its elements would be matched with all rules of the page's style."""
    data = base64.b64encode(svg.encode()).decode()
    return f'<img class="drawn" alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{data}">'
