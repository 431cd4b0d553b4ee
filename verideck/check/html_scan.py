"""Finds references in HTML, CSS and SVG: addresses that load something, ids, links, headings, pictures without text.

A deck is one file that loads nothing: only `data:`, `#name`, and links to click on are allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import tinycss2

_LOADING = ("src", "poster", "data", "background", "action", "formaction", "ping", "manifest", "xlink:href")
_SETS = ("srcset", "imagesrcset", "attributionsrc")
_LOOK = re.compile(r"url|src|image|import|\\", re.IGNORECASE)
"""CSS that loads something has one of these names, or an escape."""
_NAMING = ("image-set", "-webkit-image-set", "image", "src", "url")
"""CSS functions whose strings are addresses."""
_BAD_URL = re.compile(r"[^(]*\((?:\s|/\*.*?\*/)*[\"']?([^)\"']*)", re.DOTALL)
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+[^\s,]+)?\s*(?:,|$)")
_REFRESH = re.compile(r"""url\s*=\s*["']?([^"']*)""", re.IGNORECASE)
_WITHIN = re.compile(r"#|data:|about:blank$|\{\{", re.IGNORECASE)
"""Beginnings of allowed addresses; the last is Jinja."""
_LABELS = ("aria-label", "aria-labelledby", "title", "alt")
_WORDS = re.compile("a|svg|h[1-6]")
"""Elements that need text, or a picture with a text."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference in a piece of HTML."""

    kind: str
    """`load`, `id`, `link`, `heading`; `bare`: a picture without text; `empty`: a link or heading without text."""
    what: str
    """The address, the id, the tag."""
    line: int
    """From 0, within the text."""


def html(text: str) -> list[Reference]:
    """Return the references in HTML or SVG, in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.found


def css(text: str) -> Iterator[Reference]:
    """Yield what a style sheet or a declaration would load."""
    text = re.sub(r"\r\n?|\f", "\n", text)  # as tinycss2 counts lines
    if not _LOOK.search(text):
        return
    rule, waiting = "", [(node, "") for node in reversed(tinycss2.parse_component_value_list(text, True))]
    while waiting:
        node, within = waiting.pop()
        address = _address(node, within, rule, text).strip()
        if address and not _WITHIN.match(address):
            yield Reference("load", address, node.source_line - 1)
        if node.type == "function":
            waiting += [(inner, node.lower_name) for inner in reversed(node.arguments)]
        elif node.type in ("() block", "[] block", "{} block"):
            waiting += [(inner, "") for inner in reversed(node.content)]
        if node.type == "at-keyword":
            rule = node.lower_value
        elif node.type in ("{} block", "string", "url") or node == ";":
            rule = ""


def _address(node: Any, within: str, rule: str, text: str) -> str:
    """Return the address in a CSS token; "" for other tokens.

    within: name of the function around it. rule: name of the at-rule before it.
    """
    if node.type == "url" and rule != "namespace":
        return str(node.value)
    if node.type == "string" and rule != "namespace" and (within in _NAMING or rule == "import"):
        return str(node.value)
    if node.type == "error" and node.kind == "bad-url":  # browsers do not load it, but its author meant to
        return _bad_url(text, node.source_line, node.source_column)
    return ""


def _bad_url(text: str, line: int, column: int) -> str:
    """Return the address in an invalid `url(…)`; line and column count from 1."""
    rest = "\n".join(text.split("\n")[line - 1 :])[column - 1 :]
    match = _BAD_URL.match(rest)
    return match[1] if match else ""


class _Reader(HTMLParser):
    """Collects references from tags and style sheets, and elements without text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Reference] = []
        self.sheet: list[str] | None = None
        """Parts of the open style sheet, which begins on `sheet_line`."""
        self.sheet_line = 0
        self.open: list[tuple[str, Reference | None]] = []
        """Open elements that need text, with the reference to report if they have none."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0] - 1
        self.sheet = [] if tag == "style" else None
        self.sheet_line = line + (self.get_starttag_text() or "").count("\n")
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "name" in given:
            given.setdefault("id", given["name"])
        for name, value in given.items():
            self._attribute(tag, name, value, line)
        if re.fullmatch("h[1-6]", tag):
            self.found.append(Reference("heading", tag, line))
        if given.get("http-equiv", "").lower() == "refresh" and (match := _REFRESH.search(given.get("content", ""))):
            self._load(match[1], line)
        if "href" in given.get("attributename", ""):
            for name in ("from", "to", "values"):
                self._load(given.get(name, ""), line)
        self._named(tag, given, line)

    def _attribute(self, tag: str, name: str, value: str, line: int) -> None:
        if name in ("href", "xlink:href") and tag in ("a", "area"):
            self.found.append(Reference("link", value, line))
        elif name in _LOADING or name == "href":
            self._load(value, line)
        elif name in _SETS:
            for address in _CANDIDATE.findall(value):
                self._load(address, line)
        elif name == "srcdoc":
            self.found += (Reference("load", one.what, line) for one in html(value) if one.kind == "load")
        elif name == "id":
            self.found.append(Reference("id", value, line))
        elif name not in _LABELS and "(" in value:
            self.found += (Reference("load", one.what, line) for one in css(value))

    def _named(self, tag: str, given: Mapping[str, str], line: int) -> None:
        """Handle the text of an element: report a picture without text, or give its text to the open elements."""
        hidden = given.get("role") in ("presentation", "none") or "aria-hidden" in given
        named = any(given.get(name) for name in _LABELS)
        if _WORDS.fullmatch(tag):
            said = Reference("bare" if tag == "svg" else "empty", tag, line)
            self.open.append((tag, None if named or hidden or (tag == "a" and "href" not in given) else said))
        elif _is_picture(tag, given) and not (named or hidden or "alt" in given):
            self.found.append(Reference("bare", tag, line))
        if named and not hidden:
            self._worded("a|h.")

    def _worded(self, tags: str) -> None:
        """Mark open elements as having text."""
        self.open = [(tag, None if re.fullmatch(tags, tag) else said) for tag, said in self.open]

    def handle_pi(self, data: str) -> None:
        if match := re.match(r"""xml-stylesheet\b.*?\bhref\s*=\s*["']([^"']*)""", data, re.DOTALL):
            self._load(match[1], self.getpos()[0] - 1)

    def handle_data(self, data: str) -> None:
        if self.sheet is not None:
            self.sheet.append(data)
        elif data.strip():
            self._worded("a|h.|svg" if self.lasttag == "title" else "a|h.")

    def handle_endtag(self, tag: str) -> None:
        self._end_sheet()
        while tag in (name for name, _ in self.open):
            name, said = self.open.pop()
            self.found += [said] if said else []
            if name == tag:
                break

    def close(self) -> None:
        super().close()
        if self.sheet is not None:
            self.sheet.append(self.rawdata)  # Python before 3.13 does not pass on a style sheet without an end tag
        self._end_sheet()
        self.found += (said for _, said in self.open if said)

    def _end_sheet(self) -> None:
        for one in css("".join(self.sheet or ())):
            self.found.append(Reference("load", one.what, self.sheet_line + one.line))
        self.sheet = None

    def _load(self, address: str, line: int) -> None:
        if address.strip() and not _WITHIN.match(address.strip()):
            self.found.append(Reference("load", address.strip(), line))


def _is_picture(tag: str, given: Mapping[str, str]) -> bool:
    """Tell whether an element is a picture, which has no text content."""
    image = tag == "input" and given.get("type", "").lower() == "image"
    return image or tag in ("img", "iframe") or given.get("role") == "img" or (tag == "area" and "href" in given)
