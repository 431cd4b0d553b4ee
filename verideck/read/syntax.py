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
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.attrs.parse import ParseError, parse
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from verideck.core.errors import DeckError, did_you_mean
from verideck.core.markdown_tokens import walk
from verideck.core.run_model import Location
from verideck.read import foreign

BLOCKS = (
    "columns", "column", "notes", "note", "tip", "important", "warning", "caution", "fragment", "incremental",
    "left", "right", "center", "values", "formula",
)  # fmt: skip
"""Names of `:::` blocks."""

ALERTS = {
    **{kind: kind for kind in ("note", "tip", "important", "warning", "caution")},
    **{
        "info": "note",
        "seealso": "note",
        "hint": "tip",
        "attention": "warning",
        "danger": "caution",
        "error": "caution",
    },
}
"""Names of alerts in GitHub's Markdown, MyST, Quarto and Obsidian → kind."""

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
_FENCE = re.compile(r"(:{3,})[ \t]*(?:\{([\w-]+)\}[ \t]*(.*)|([\w-]*)[ \t]*(\{.*\})?[ \t]*:*[ \t]*(.*))$")
"""`::: {directive} title` of MyST, or `::: name {attributes}`, which Pandoc may end with colons."""
_OPTION = re.compile(r"[ \t]*:([\w-]+):(?:[ \t]+(.*))?$")
_INCLUDE = re.compile(r"\{\{<[ \t]*include[ \t]+([^\s>]+)[ \t]*>\}\}")
_ALERT = re.compile(r"\[!(\w+)\][+-]?[ \t]*([^\n]*)(?:\n|$)")
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
    parser.enable(["table", "strikethrough"]).disable("lheading")
    parser.options["tasklists"] = True
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, allow_blank_lines=False)
    parser.use(footnote_plugin, move_to_end=False, always_match_refs=True, inline=False)
    parser.use(amsmath_plugin)
    parser.use(deflist_plugin)
    parser.use(attrs_plugin, spans=True, allowed=_ATTRIBUTES)
    parser.use(attrs_block_plugin, allowed=_ATTRIBUTES)
    parser.inline.ruler.before("escape", "role", _role_rule)
    parser.block.ruler.before("fence", "block", _block_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.core.ruler.before("block", "mask_bars", _mask_bars)
    parser.core.ruler.after("block", "tables", _tables)
    parser.core.ruler.after("tables", "alerts", _alerts)
    parser.core.ruler.after("alerts", "lone_lines", _lone_lines)
    parser.core.ruler.before("inline", "heading_attributes", _heading_attributes)
    parser.core.ruler.push("references", _references)
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
    markup, directive, title, name, attributes, rest = (part or "" for part in match.groups())
    token = state.push("block_open" if directive or name or attributes or rest else "block_close", "div", 0)
    token.block = True
    token.markup = markup
    token.map = [start, start + 1]
    state.line = start + 1
    if token.type == "block_close":
        return True
    at = Location(state.env["path"], start + 1, state.env["lines"][start].find(markup) + 1)
    if directive:
        _open_directive(state, token, directive, title, end)
    elif rest or not (name or attributes):
        hint = "write `::: name` or `::: name {.class}`"
        state.env["errors"].append(DeckError(f"cannot read '{match[0].strip()}'", at, hint))
    else:
        _open_block(state, token, name, attributes)
    return True


def _open_block(state: StateBlock, token: Token, name: str, text: str) -> None:
    """Complete the token of `::: name {attributes}`; without a name, the first class that is one is the name."""
    known = {"notes": ("id", "class", "step"), "column": ("id", "class", "width")}.get(name, ("id", "class"))
    loose = () if name else ("step", "width", "title", "appearance", "collapse", "icon")
    attrs = _attributes(state.env, text, token.map[0] + 1, (*known, *loose)) if text and token.map else {}
    classes = str(attrs.get("class", "")).split()
    if not name:
        name = next((each for each in classes if each in BLOCKS or _alert_kind(each)), "")
        classes = [each for each in classes if each != name]
    if re.fullmatch(r"[0-9.]+%", width := attrs.pop("width", "")) and name == "column":
        classes += ["narrow"] * (float(width[:-1]) < 45) + ["wide"] * (float(width[:-1]) > 55)
    kept = {key: value for key, value in attrs.items() if key in ("id", "step")}
    token.attrs = {**kept, "class": " ".join(classes)} if classes else {**kept}
    kind = _alert_kind(name)
    token.info = "alert" if kind else name
    if kind:
        _open_alert(state, token, kind, attrs.get("title", ""))


def _alert_kind(name: str) -> str:
    """Return the kind of alert that a block's name means; "" for other blocks, and for our own `note`."""
    return "" if name == "note" else ALERTS.get(name.removeprefix("callout-"), "")


def _open_directive(state: StateBlock, token: Token, name: str, title: str, end: int) -> None:
    """Complete the token of MyST's `::: {name} title` and skip its options; an unknown name is left to `split`."""
    kind = ALERTS.get(name, "note" if name == "admonition" else "")
    token.info = "alert" if kind else name
    while state.line < end:
        option = _OPTION.match(state.src[state.bMarks[state.line] : state.eMarks[state.line]])
        if not option:
            break
        if option[1] == "class" and option[2]:
            token.attrJoin("class", option[2])
        elif option[1] not in ("class", "name", "icon"):
            at = Location(state.env["path"], state.line + 1, state.tShift[state.line] + 1)
            state.env["errors"].append(DeckError(f"unknown option '{option[1]}'", at, "use :class:"))
        state.line += 1
    if kind:
        _open_alert(state, token, kind, title)


def _open_alert(state: StateBlock, token: Token, kind: str, title: str) -> None:
    """Give an alert its classes, and tokens for its title; without one, the title is empty."""
    token.attrJoin("class", f"alert-{kind}")
    token.meta["kind"] = kind
    for part in _title_tokens(title.strip(), token):
        part.level += state.level
        state.tokens.append(part)


def _title_tokens(title: str, alert: Token) -> list[Token]:
    text = Token("inline", "", 0, content=title, children=[], map=alert.map, level=1)
    opening = Token("alert_title_open", "p", 1, attrs={"class": "alert-title"}, info=alert.meta["kind"])
    return [opening, text, Token("alert_title_close", "p", -1)]


def _alerts(state: StateCore) -> None:
    """Turn quotes that begin with `[!NOTE]` into alerts."""
    tokens = state.tokens
    for index in reversed(range(len(tokens) - 2)):
        quote, inline = tokens[index], tokens[index + 2]
        match = _ALERT.match(inline.content) if quote.type == "blockquote_open" and inline.type == "inline" else None
        if not match or not inline.map:
            continue
        kind = ALERTS.get(match[1].lower())
        if not kind:
            hint = did_you_mean(match[1].lower(), ALERTS) or f"use one of {', '.join(sorted(set(ALERTS.values())))}"
            at = Location(state.env["path"], inline.map[0] + 1)
            state.env["errors"].append(DeckError(f"unknown alert '{match[1]}'", at, hint))
            continue
        closing = next(one for one in tokens[index:] if one.type == "blockquote_close" and one.level == quote.level)
        quote.type, quote.tag, closing.type, closing.tag = "alert_open", "div", "alert_close", "div"
        quote.attrs = {**quote.attrs, "class": f"alert alert-{kind}"}
        quote.meta["kind"] = kind
        text = inline.content[match.end() :]
        inline.content, inline.map = text, [inline.map[0] + 1, inline.map[1]]
        first, last = (1, 1) if text else (1, 4)
        title = _title_tokens(match[2], quote)
        tokens[index + first : index + last] = title


def _lone_lines(state: StateCore) -> None:
    """Turn paragraphs `. . .` into pauses, and `{{< include FILE >}}` into includes."""
    tokens = state.tokens
    for index in reversed(range(len(tokens) - 2)):
        paragraph, text = tokens[index], tokens[index + 1].content
        if paragraph.type != "paragraph_open":
            continue
        if text == ". . .":
            tokens[index : index + 3] = [Token("pause", "", 0, map=paragraph.map, level=paragraph.level)]
        elif match := _INCLUDE.fullmatch(text):
            include = Token("include", "", 0, map=paragraph.map, level=paragraph.level, content=match[1])
            tokens[index : index + 3] = [include]


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
            known = foreign.hint(foreign.ATTRIBUTES, key) or did_you_mean(key, allowed)
            hint = known or f"use one of {', '.join(allowed)}"
            env["errors"].append(DeckError(f"unknown attribute '{key}'", at, hint))
    return {key: _unmasked(value) for key, value in attributes.items() if key in allowed}


def _unmasked(value: str) -> str:
    for brace, mask in _MASK.items():
        value = value.replace(mask, brace)
    return value.replace(r"\"", '"')


HEADING_ATTRIBUTES = ("id", "class", "seconds", "eyebrow", "mark", "lang", "allow", "background", "fit")
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
        if token.type == "amsmath":
            token.type = "math_block"
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


def _references(state: StateCore) -> None:
    """Give links without text to a place in the deck, `[](#name)`, a text, which `references` writes."""
    for block in state.tokens:
        children = block.children or []
        for index in reversed(range(len(children) - 1)):
            opening, closing = children[index], children[index + 1]
            local = opening.type == "link_open" and str(opening.attrs.get("href", "")).startswith("#")
            if local and closing.type == "link_close":
                text = Token("text", "", 0, level=opening.level + 1, meta={"reference": opening, "written": "[]("})
                children.insert(index + 1, text)


def _positions(state: StateCore) -> None:
    """Store the line and column in the file in the `meta` of fences and inline tokens."""
    lines, first = state.env["lines"], state.env.get("first", 0)
    for block in state.tokens:
        start = min(first + (block.map[0] if block.map else 0), len(lines) - 1)
        block.meta["path"] = state.env["path"]
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
            child.meta["path"] = state.env["path"]
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
                known = foreign.hint(foreign.ATTRIBUTES, key) or did_you_mean(key, _ATTRIBUTES)
                hint = known or f"use one of {', '.join(_ATTRIBUTES)}"
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
            hint = r"put `$$` at both ends of the formula, without blank lines inside; for two dollar signs write \$\$"
            yield part, "`$$` is not closed", hint
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
    tag = re.match(r"</?([A-Za-z][\w-]*)", text)
    known = foreign.tag_hint(tag[1]) if tag else ""
    otherwise = r"write `html: true` in the front matter, or \< for a plain <"
    return (f"raw HTML is not enabled: {text.splitlines()[0][:40]}", f"{known}; or {otherwise}" if known else otherwise)
