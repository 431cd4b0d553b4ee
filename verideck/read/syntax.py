"""Rules for markdown-it-py: roles, `:::` blocks, attributes of headings, locations of tokens, and checks.

Errors are added to `env["errors"]`, also for faults that markdown-it ignores: deep nesting, open fences, raw HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.attrs.parse import ParseError, parse
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from verideck.core.errors import DeckError, did_you_mean
from verideck.core.markdown_tokens import walk
from verideck.core.run_model import Location

BLOCKS = ("columns", "column", "notes", "note", "incremental", "left", "right", "center", "values", "formula")
"""Names of `:::` blocks."""

MAX_NESTING = 64
"""Maximum nesting; markdown-it drops deeper content without an error."""

_ATTRIBUTES = ("id", "class", "lang", "width")
_TRAILING_ATTRIBUTES = re.compile(r'(?<!\\)\{(?:[^{}"\n]|"(?:[^"\\\n]|\\.)*")*\}$')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_MASK = {"{": "\0(", "}": "\0)"}
"""Replacements of braces inside quotes, which the plugin cannot parse; NUL never occurs in a file."""
_ROLE = re.compile(r"\{(\w+)\}(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.DOTALL)
_OPEN_ROLE = re.compile(r"\{(\w+)\}(`+)")
_PRINTED_ATTRIBUTES = re.compile(r"(?:^|\])(\{\s*(?:[.#][\w-]|[\w-]+=)[^{}\n]*\})")
"""Attributes of a span, or at the beginning of a text, that the plugin could not parse."""
_ATTRIBUTED = ("image", "link_close", "code_inline", "span_close")
"""Tokens that attributes can follow."""
_FENCE = re.compile(r"(:{3,})\s*([\w-]*|\{[\w-]+\})\s*(\{.*\})?\s*(.*)$")
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_WHOLE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)|(?<![\\$\w])\$(?![\s$])[^$\n]*?(?<![\s\\])\$(?![\d$])")
"""Code or a formula within a line."""
_BAR = "\0"
"""Replacement of a bar that separates no cells; NUL never occurs in a file."""
_RULE = re.compile(r"[ >\t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?\|?[ \t]*")
"""The second line of a table."""


def create() -> MarkdownIt:
    """Return a Markdown parser with our rules and the plugins."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_NESTING})
    parser.enable("table").disable("lheading")
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, allow_blank_lines=False)
    parser.use(footnote_plugin, move_to_end=False, always_match_refs=True, inline=False)
    parser.use(attrs_plugin, spans=True, allowed=_ATTRIBUTES)
    parser.use(attrs_block_plugin, allowed=_ATTRIBUTES)
    parser.inline.ruler.before("escape", "role", _role_rule)
    parser.block.ruler.before("fence", "block", _block_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.core.ruler.before("block", "mask_bars", _mask_bars)
    parser.core.ruler.after("block", "tables", _tables)
    parser.core.ruler.before("inline", "heading_attributes", _heading_attributes)
    parser.core.ruler.push("positions", _positions)
    parser.core.ruler.push("checks", _checks)
    normal = parser.normalizeLink
    parser.normalizeLink = lambda url: _address(normal(url))  # type: ignore[method-assign]
    return parser


def anchor(name: str) -> str:
    """Return the id of a slide: its name, with a prefix if reveal.js would read it as the number of a slide."""
    return f"slide-{name}" if re.fullmatch("[0-9]+", name) else name


def _address(url: str) -> str:
    """Return a link to a slide by its id; a browser shows it as `#/ID`, but in a PDF the anchor is the id."""
    if re.match(r"[A-Za-z][\w+.-]*:|//", url):
        return url
    file, mark, name = url.partition("#")
    return file + mark + anchor(name if file or re.match(r"/\d", name) else name.removeprefix("/"))


def _role_rule(state: StateInline, silent: bool) -> bool:
    """`` {name}`content` ``."""
    whole = _ROLE.match(state.src, state.pos, state.posMax)
    match = whole or _OPEN_ROLE.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        token = state.push("role" if whole else "open_role", "", 0)
        token.content = whole[3].strip() if whole else ""
        token.info = match[1]
        token.markup = match[2]
        token.meta = {"pos": state.pos, "written": match[0]}
    state.pos = match.end()
    return True


def _block_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """One `:::` line: `::: name {attributes}` opens a block, a bare `:::` closes it; `split` pairs them."""
    if state.is_code_block(start):
        return False
    match = _FENCE.match(state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]])
    if not match:
        return False
    if silent:
        return True
    markup, name, attributes, rest = match.groups()
    token = state.push("block_open" if name or attributes or rest else "block_close", "div", 0)
    token.block = True
    token.markup, token.info = markup, name
    token.map = [start, start + 1]
    if token.type == "block_open" and (rest or not name):
        at = Location(state.env["path"], start + 1, state.env["lines"][start].find(markup) + 1)
        message = f"cannot read '{match[0].strip()}'"
        state.env["errors"].append(DeckError(message, at, "write `::: name` or `::: name {.class}`"))
    if attributes:
        known = ("id", "class", "step") if name == "notes" else ("id", "class")
        token.attrs = dict(_attributes(state.env, attributes, start + 1, known))
    state.line = start + 1
    return True


def _attributes(env: Any, text: str, line: int, allowed: Sequence[str]) -> dict[str, str]:
    """Return `{.class #id key=value}` as a mapping; errors are added to `env`."""
    at = Location(env["path"], line, env["lines"][line - 1].find(text) + 1)
    try:
        masked = _QUOTED.sub(lambda quoted: re.sub("[{}]", lambda brace: _MASK[brace[0]], quoted[0]), text)
        end, attributes = parse(masked)
        complete = end == len(masked) - 1
    except ParseError:
        complete, attributes = False, {}
    if not complete:
        env["errors"].append(DeckError(f"cannot read the attributes {text}", at, 'write {.class #id key="value"}'))
        return {}
    for key in attributes:
        if key not in allowed:
            hint = did_you_mean(key, allowed) or f"use one of {', '.join(allowed)}"
            env["errors"].append(DeckError(f"unknown attribute '{key}'", at, hint))
    return {key: _unmasked(value) for key, value in attributes.items() if key in allowed}


def _unmasked(value: str) -> str:
    for brace, mask in _MASK.items():
        value = value.replace(mask, brace)
    return value.replace(r"\"", '"')


HEADING_ATTRIBUTES = ("id", "class", "seconds", "eyebrow", "mark", "lang", "allow")
"""Attributes that a heading may have."""


def _mask_bars(state: StateCore) -> None:
    """Replace bars in code and formulas, which would separate the cells of a table."""
    if "|" in state.src:
        state.src = _WHOLE.sub(lambda whole: re.sub(r"(?<!\\)\|", _BAR, whole[0]), state.src)


def _tables(state: StateCore) -> None:
    """Report tables that would lose cells; put bars in code and formulas back."""
    lines = state.src.split("\n")
    columns = 0
    for token in state.tokens:
        if token.type == "thead_open":
            columns = 0
        columns += token.type == "th_open"
        row = lines[token.map[0]] if token.type == "tr_open" and token.map else ""
        if columns and len(cells := _cells(row)) > columns:
            message = f"this row has {len(cells)} cells, but the table has {_columns(columns)}"
            _report_table(
                state.env,
                token.map[0] if token.map else 0,
                cells[columns],
                message,
                r"write \| for a bar inside a cell",
            )
        elif token.type == "inline":
            _check_table_head(state.env, token, lines)
        token.content = token.content.replace(_BAR, "|")
        token.info = token.info.replace(_BAR, "|")


def _check_table_head(env: Any, text: Token, lines: Sequence[str]) -> None:
    """Report a table that is read as text because its head and its line of hyphens differ."""
    for index in range(text.map[0], text.map[1] - 1) if text.map else ():
        head, rule = _cells(lines[index]), _cells(lines[index + 1])
        if len(head) > 1 and len(head) != len(rule) and _RULE.fullmatch(lines[index + 1]):
            message = f"the head of this table has {_columns(len(head))}, the line of hyphens below it {len(rule)}"
            _report_table(env, index, lines[index].strip(" >\t"), message, "write `---` below each cell of the head")


def _cells(line: str) -> list[str]:
    """Return the cells of a row, as markdown-it counts them."""
    cells = escapedSplit(line.strip(" >\t"))
    return cells[not cells[0] : len(cells) - (len(cells) > 1 and not cells[-1])]


def _columns(count: int) -> str:
    return f"{count} column{'s' * (count != 1)}"


def _report_table(env: Any, line: int, text: str, message: str, hint: str) -> None:
    column = env["lines"][line].rfind(text.strip().replace(_BAR, "|")) + 1
    env["errors"].append(DeckError(message, Location(env["path"], line + 1, column), hint))


def _heading_attributes(state: StateCore) -> None:
    """Move `{…}` at the end of a heading into its attributes before its text is parsed."""
    for opening, inline in pairwise(state.tokens):
        if opening.type == "heading_open" and (match := _TRAILING_ATTRIBUTES.search(inline.content)):
            assert opening.map
            opening.attrs = dict(_attributes(state.env, match[0], opening.map[0] + 1, HEADING_ATTRIBUTES))
            if "id" in opening.attrs:
                opening.attrs["id"] = anchor(str(opening.attrs["id"]))
            inline.content = inline.content[: match.start()].rstrip()


def _positions(state: StateCore) -> None:
    """Store the line and column in the file in the `meta` of fences and inline tokens."""
    lines, first = state.env["lines"], state.env.get("first", 0)
    for block in state.tokens:
        start = min(first + (block.map[0] if block.map else 0), len(lines) - 1)
        if block.type == "fence":
            block.meta["indent"] = max(lines[start].find(block.markup), 0)
            block.meta["column"] = lines[start].find(block.info.strip() or block.markup) + 1
        seen: dict[int, int] = {}
        breaks = 0
        for child in walk(block.children or ()):
            breaks = max(breaks, block.content.count("\n", 0, child.meta.get("pos", 0)))
            line = start + breaks
            breaks += child.type in ("softbreak", "hardbreak")
            written = _written(child)
            column = lines[line].find(written, seen.get(line, 0)) if line < len(lines) and written else -1
            if column >= 0:
                seen[line] = column + len(written)
            child.meta.setdefault("line", line + 1)
            child.meta.setdefault("column", column + 1)


def _written(token: Token) -> str:
    """Return the text with which an inline token begins in the file; "" if unknown."""
    if token.type == "image":
        return "!["
    if token.type == "footnote_ref":
        return f"[^{token.meta['label']}]"
    return str(token.meta.get("written") or token.content)


def _checks(state: StateCore) -> None:
    """Report faults that markdown-it ignores: deep nesting, open fences, raw HTML, unpaired `$$`."""
    env, lines = state.env, state.env["lines"]
    for token in state.tokens:
        line = (token.map[0] if token.map else env.get("first", 0)) + 1
        for part in (token, *walk(token.children or ())):
            message, hint = _fault(part, env, lines)
            faults = [(part, message, hint)] if message else []
            for where, message, hint in (*faults, *(_printed(part) if part.type == "inline" else ())):
                place = Location(env["path"], where.meta.get("line", line), where.meta.get("column", 0))
                env["errors"].append(DeckError(message, place, hint))
            for key in part.meta.get("insecure_attrs", ()):
                hint = did_you_mean(key, _ATTRIBUTES) or f"use one of {', '.join(_ATTRIBUTES)}"
                place = _attribute_place(key, token, env, line)
                env["errors"].append(DeckError(f"unknown attribute '{key}'", place, hint))


def _printed(block: Token) -> Iterator[tuple[Token, str, str]]:
    """Yield (text, message, hint) for marks that a text shows because they are incomplete: attributes, `$$`."""
    source = _WHOLE.sub("", block.content)
    before = ""
    for part in block.children or ():
        text = part.content if part.type == "text" else ""
        match = _PRINTED_ATTRIBUTES.search(text)
        if match and match[0] in block.content and (match[0][0] == "]" or before in _ATTRIBUTED):
            yield part, f"cannot read the attributes {match[1]}", 'write {.class #id key="value"}'
        if "$$" in text and re.search(r"(?<![\\$])\$\$", source):
            yield part, "`$$` is not closed", "put `$$` at both ends of the formula, without blank lines inside"
        before = part.type


def _attribute_place(key: str, block: Token, env: Any, line: int) -> Location:
    """Return the location of `key=`: in a block, or on a line above it."""
    lines = env["lines"]
    end = block.map[1] if block.map else line
    inside, above = range(line - 1, end), range(line - 2, max(line - 6, -1), -1)
    places = ((index, lines[index].find(f"{key}=")) for index in (*inside, *above) if index < len(lines))
    return next((Location(env["path"], i + 1, at + 1) for i, at in places if at >= 0), Location(env["path"], line))


def _fault(token: Token, env: Any, lines: Sequence[str]) -> tuple[str, str]:
    """Return (message, hint) for a fault of one token, or two empty strings."""
    if token.level >= MAX_NESTING - 2 and token.nesting >= 0:
        return f"nested deeper than {MAX_NESTING - 2} levels", "use fewer levels"
    if token.type == "fence" and token.map and not _is_closed(token, lines):
        token.meta["open"] = True
        return "this code fence is not closed", f"end it with {token.markup} on a line of its own"
    if token.type in ("html_block", "html_inline"):
        message, hint = _html_fault(token.content, env["html"])
        token.meta |= {"open": True} if message else {}
        return message, hint
    if token.type == "open_role":
        return f"this `{{{token.info}}}` is not closed", rf"end it with {token.markup}, or write \{{ for a plain {{"
    return "", ""


def _is_closed(token: Token, lines: Sequence[str]) -> bool:
    assert token.map
    last = lines[min(token.map[1], len(lines)) - 1].strip(" \t>")
    return token.map[1] - token.map[0] > 1 and last.startswith(token.markup) and not last.strip(token.markup[0])


def _html_fault(text: str, allowed: bool) -> tuple[str, str]:
    text = text.strip()
    if text.startswith("<!--"):
        if "-->" not in text:
            return "this comment is not closed", "end it with -->"
        return (
            ("", "")
            if allowed or _COMMENT.fullmatch(text)
            else ("text follows a comment on the same line", "move it to the next line")
        )
    if allowed:
        return "", ""
    return (
        f"raw HTML is not enabled: {text.splitlines()[0][:40]}",
        r"write `html: true` in the front matter, or \< for a plain <",
    )
