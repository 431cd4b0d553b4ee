"""What other tools write, and how it is written here: Marp, Slidev, Quarto, reveal.js, remark, presenterm, MyST.

Names of keys, attributes, blocks and tags are looked up where they are refused. `remarks` finds what would be shown as
text, or left out, in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from markdown_it.token import Token

from verideck.core.deck_model import Remark
from verideck.core.markdown_tokens import line_of, place_of, plain
from verideck.core.run_model import Location

_NONE = "it has no counterpart here: remove it"
_NO_KEY = "decks here need no such key: remove it"

KEYS: Mapping[str, str] = {
    **dict.fromkeys(("marp", "mdc", "highlighter", "lineNumbers", "math", "engine", "jupyter"), _NO_KEY),
    **dict.fromkeys(("paginate", "slideNumber", "slide-number"), "slides have numbers: remove it"),
    **dict.fromkeys(("transition", "drawings", "addons", "routerMode", "record", "selectable", "monaco"), _NONE),
    **dict.fromkeys(("header", "bibliography", "csl", "toc", "filters", "canvasWidth", "favicon", "download"), _NONE),
    **dict.fromkeys(("size", "aspectRatio"), "slides are 16:9: remove it"),
    **dict.fromkeys(("class", "layout", "_class"), "write a slide's layout behind its title: `# Title {.section}`"),
    **dict.fromkeys(("style", "fonts", "backgroundColor", "backgroundImage", "background", "color"), "write a theme"),
    **dict.fromkeys(("colorSchema", "colorScheme"), "write `mode: light`, `mode: dark` or `mode: auto`"),
    **dict.fromkeys(("headingDivider", "slide-level", "separator", "verticalSeparator"), "write --- between slides"),
    **dict.fromkeys(("info", "abstract"), "write `description: …`"),
    **dict.fromkeys(
        ("format", "output", "revealOptions", "execute", "editor"), "each setting is a key of its own here: remove it"
    ),
    **dict.fromkeys(("authors", "institute", "institution", "affiliation"), "write `author: …`"),
    **dict.fromkeys(("language", "locale"), "write `lang: …`"),
    "incremental": "write `::: incremental` around a list",
    "header-includes": "write `macros: …` for formulas, and a theme for the look",
    **dict.fromkeys(("event", "location"), "write `subtitle: …`"),
}
"""Key of another tool's front matter → what to write here."""

_GROUND = 'write background="name.png" behind the title'
ATTRIBUTES: Mapping[str, str] = {
    **dict.fromkeys(
        ("background-color", "data-background-color", "data-background", "data-state"), 'write background="#1B2130"'
    ),
    **dict.fromkeys(("background-image", "data-background-image"), _GROUND),
    **dict.fromkeys(("auto-animate", "data-auto-animate", "transition", "data-transition", "autoplay"), _NONE),
    **dict.fromkeys(("height", "style", "fig-align", "align"), "write width=… for a picture, or a class and a theme"),
    **dict.fromkeys(("fig-cap", "caption", "alt", "fig-alt"), "write it in the brackets: ![what it shows](name.png)"),
    "visibility": "write {.skip} to leave a slide out",
    "data-timing": "write seconds=90",
    "data-id": "write #name",
    "fragment-index": "steps follow the order of the slide: remove it",
    "data-fragment-index": "steps follow the order of the slide: remove it",
}
"""Attribute in braces of another tool → what to write here."""

BLOCKS: Mapping[str, str] = {
    **dict.fromkeys(("panel-tabset", "tab-set", "tabs", "card", "grid"), "write `::: columns`; there are no tabs"),
    **dict.fromkeys(("aside", "margin", "sidebar"), "write a footnote [^1], or `::: note`"),
    **dict.fromkeys(("fragments", "v-clicks", "steps"), "write `::: incremental` around a list, or `::: fragment`"),
    **dict.fromkeys(("speaker", "speaker_note", "speaker-notes"), "write `::: notes`"),
    **dict.fromkeys(
        ("two-column", "two-columns", "twocol", "multicol", "row"), "write `::: columns` with `::: column` in it"
    ),
    **dict.fromkeys(("figure", "image"), "write ```{figure} FILE for a script's figure, or ![what it shows](name.png)"),
    "dropdown": "write `::: note`",
    "col": "write `::: column`",
    "math": "write $$ … $$",
}
"""Block of another tool → what to write here."""

DIRECTIVES: Mapping[str, str] = {
    **dict.fromkeys(
        ("r", "julia", "ojs", "bash", "sh", "sql", "javascript", "js"),
        "only Python runs here; write ```{} to show code",
    ),
    **dict.fromkeys(("mermaid", "dot", "graphviz", "plantuml"), "draw it with a script, or save it as a picture"),
    **dict.fromkeys(
        ("code-cell", "code-block", "code", "jupyter"), "write ```{python} to run code, or ```python to show it"
    ),
    **dict.fromkeys(("note", "tip", "warning", "important", "caution"), "write `::: {}`"),
    **dict.fromkeys(("include", "literalinclude"), "write ```{snippet} FILE for code, {{< include FILE >}} for slides"),
    **dict.fromkeys(("image", "video"), "write ![what it shows](name.png)"),
    "admonition": "write `::: note`",
    "math": "write $$ … $$",
    "list-table": "write a table with | and ---",
}
"""Directive of another tool → what to write here; `{}` stands for its name."""

TAGS: Mapping[str, str] = {
    **dict.fromkeys(
        ("v-click", "v-clicks", "v-after", "v-switch"), "for steps write `. . .`, `::: fragment` or `::: incremental`"
    ),
    **dict.fromkeys(("strong", "b"), "write **word**"),
    **dict.fromkeys(("em", "i"), "write *word*"),
    **dict.fromkeys(("del", "s", "strike"), "write ~~word~~"),
    **dict.fromkeys(("sub", "sup"), "write a formula, as in $^2$"),
    **dict.fromkeys(("style", "link", "script"), "write a theme"),
    **dict.fromkeys(("font", "u", "small", "big", "mark"), "write [word]{.w}, or another class of a theme"),
    **dict.fromkeys(("iframe", "video", "audio", "youtube", "tweet"), "link to it, and show a picture"),
    "aside": "write `::: notes` for notes, or a footnote",
    "kbd": "write `key`, as code",
    "br": "end the line with a backslash",
    "img": "write ![what it shows](name.png){width=300}",
    "a": "write [text](address)",
    "code": "write `code`",
    "center": "write `::: center`",
    "table": "write a table with | and ---",
    "ul": "write a list with -",
    "section": "write --- between slides",
    "details": "write `::: fragment`",
    "div": "write a block: `::: columns`, `::: center`, `::: {.class}`",
    "span": "write [word]{.class}",
    "p": "write a paragraph between blank lines",
}
"""HTML tag → what to write here."""

_SLIDE = "write a slide's layout and id behind its title: `# Title {#name .section}`"
_TEXTS = (
    (r"\{\{[<%]\s*(?!include\b)[^\n]*?[>%]\}\}", "a shortcode of Quarto", "only {{< include FILE >}} is known here"),
    (
        r"(?i)\A\[?\[toc\]\]?\Z|\A@\[toc\]\Z",
        "a table of contents in other tools",
        "list the parts yourself, with links",
    ),
    (r"\A--\Z", "a step in remark", "write `. . .`, with spaces"),
    (r"\A::[\w-]+::\Z", "a place of a Slidev layout", "write `::: columns` with `::: column` in it"),
    (r"(?m)^\.[\w.-]+\[(?!\d+\])", "a class in remark", "write [text]{.class}, or `::: {.class}`"),
    (
        r"\A(?:layout|class|name|template|background(?:-image)?|transition|clicks|exclude|count): ",
        "a setting of a slide in Slidev or remark",
        _SLIDE,
    ),
    (r"\A<<< \S+", "code from a file in Slidev", "write ```{snippet} FILE"),
    (r"\A!!! [a-z]+", "an alert in Material for MkDocs", "write `> [!NOTE]` above the text"),
    (r"\{%.*?%\}", "a tag of Liquid", "remove it"),
    (
        r"(?m)(?<=[^\s`]) ?\{(?:[.#][\w-]+ ?)+\}$",
        "attributes in other tools",
        "write [text]{.class}, or {.class} on the line above",
    ),
    (r"(?m)^\{:[^}\n]*\}", "attributes in kramdown", "write {.class} on the line above"),
    (r"(?<!\S)\[-?@[\w:.-]+[^\]\n]*\]", "a citation in Pandoc", "write a footnote: [^1]"),
    (r"(?<!\S)==(?=\S)[^=\n]+(?<=\S)==", "marked text in other tools", "write **text**, or [text]{.w}"),
    (
        r"(?<=\w)\^[\w+-]{1,3}\^|(?<=[A-Za-z])~\d~",
        "a raised or lowered letter in Pandoc",
        "write a formula: $x^2$, H$_2$O",
    ),
)
"""Pattern in a line of text, what it is elsewhere, how it is written here."""

_BRACKETS = (
    (r"\\\((?=[^\n]*?[\\^_=+])[^\n]*?\\\)", "a formula in LaTeX", "write it between dollars: $…$"),
    (r"\\\[(?=[^\]]*?[\\^_=+])[^\]]*\\\]", "a formula in LaTeX", "write it between double dollars: $$ … $$"),
    (r"\\begin\{\w+\*?\}", "a formula in LaTeX", "write it between double dollars: $$ … $$"),
)
"""Pattern in the text as it is written, what it is elsewhere, how it is written here."""

_PRESENTERM = r"pause|end_slide|column_layout|column|reset_layout|jump_to_middle|incremental_lists|font_size|alignment"
_COMMENTS = (
    (
        r"\A_?(?:class|paginate|header|footer|theme|style|size|transition|headingDivider|color|background\w*)\s*:",
        "a setting of Marp",
        _SLIDE,
    ),
    (r"\Afit\Z", "a setting of Marp", "titles keep their size here: say it in fewer words"),
    (
        r"\A\.(?:slide|element)\s*:",
        "a setting of reveal.js",
        "write attributes in braces: {.fragment}, {#name .section}",
    ),
    (
        rf"\A(?:{_PRESENTERM})\b",
        "a command of presenterm",
        "write `. . .` for a pause, `---` between slides, `::: columns` for columns",
    ),
    (r"\Aspeaker_note:", "a note in presenterm", "write `::: notes`"),
)
_COMMENT = re.compile(r"\s*<!--\s*(.*?)\s*-->", re.DOTALL)
_PICTURE = re.compile(r"(?:bg|fit|[wh]:\S+|(?:width|height|blur|brightness|opacity|sepia):\S*)(?:\s|$)")
_MARP_PICTURE = "write ![what it shows](name.png){width=300}, and {.backdrop} for the ground of a slide"
_DIAGRAMS = ("mermaid", "plantuml", "graphviz", "dot", "vega-lite", "chart")


def hint(table: Mapping[str, str], name: str) -> str:
    """Return what to write in the place of another tool's name; "" if it is not known."""
    return table.get(name, "").replace("{}", name)


def tag_hint(tag: str) -> str:
    """Return what to write in the place of an HTML tag, or of a component of Slidev; "" if it is not known."""
    component = "it is a component, and has no counterpart here: remove it" if re.search("[A-Z-]", tag) else ""
    return hint(TAGS, tag.lower()) or component


def code_hint(word: str) -> str:
    """Return what to write in the place of braces after the language of code."""
    if re.match(r"monaco|twoslash|editor|run", word):
        return f"nobody can edit or run shown code here: remove {{{word}}}; ```{{python}} runs code"
    return "name lines, as in ```python {1|2-3}; a directive has its braces first: ```{figure} FILE"


def remarks(path: str, tokens: Iterable[Token]) -> Iterator[Remark]:
    """Yield what other tools would read otherwise, in the tokens of a slide with its comments."""
    for token in tokens:
        at = replace(place_of(token, path), column=0)
        if token.type == "html_block" and (match := _COMMENT.match(token.content)):
            yield from _found(_COMMENTS, match[1], at, "and is left out here")
        elif token.type == "fence" and token.info.split()[:1] and token.info.split()[0].lower() in _DIAGRAMS:
            message = f"'{token.info.split()[0]}' is drawn by other tools, and shown as code here"
            yield Remark(at, message, "draw it with a script, or save it as a picture; to show the code write ```text")
        elif token.type == "inline":
            yield from _inline(token, at)


def _inline(token: Token, at: Location) -> Iterator[Remark]:
    text = "".join(
        child.content if child.type == "text" else "\n" if "break" in child.type else "\0"
        for child in token.children or ()
    )
    for remark in _found(_TEXTS, text, at, "and is shown as text here"):
        if remark.message.split("'")[1] in token.content:  # otherwise it is escaped
            yield remark
    if not any(child.type == "code_inline" for child in token.children or ()):
        yield from _found(_BRACKETS, token.content, at, "and a bracket here")
    for child in token.children or ():
        if child.type == "image" and _PICTURE.match(said := plain(child.children or ())):
            place = Location(at.path, line_of(child) or at.line, child.meta.get("column", 0))
            yield Remark(place, f"'![{said}]' says in Marp how a picture looks, and what it shows here", _MARP_PICTURE)
        if child.type == "html_inline" and (match := _COMMENT.match(child.content)):
            yield from _found(_COMMENTS, match[1], at, "and is left out here")


def _found(patterns: Iterable[tuple[str, str, str]], text: str, at: Location, here: str) -> Iterator[Remark]:
    for pattern, there, remedy in patterns:
        if match := re.search(pattern, text):
            place = Location(at.path, at.line + text.count("\n", 0, match.start()))
            yield Remark(place, f"'{match[0].strip():.40}' is {there}, {here}", remedy)
