"""What HTML, CSS or SVG would load when it is shown, and what else it says: ids, links, pictures without words.

A deck is one file that asks nothing of any network: `data:` and `#name` alone are allowed, and links to click on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_LOADING = ("src", "srcset", "poster", "data", "background", "action", "formaction", "ping", "manifest", "xlink:href")
_CSS = re.compile(r"""url\(\s*["']?\s*([^"')\s]+)|@import\s+["']([^"']+)|image-set\(\s*["']([^"']+)""", re.IGNORECASE)
_WITHIN = re.compile(r"#|data:|about:blank$|\{\{", re.IGNORECASE)
"""The last is a template's own."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a piece of HTML says."""

    kind: str
    """`load`, `id`, `link`, `heading`, `bare` (a picture without words)."""
    what: str
    """The address, the id, the tag."""
    line: int
    """From 0, within the text."""


def html(text: str) -> list[Said]:
    """Return what HTML or SVG says, in order."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.found


def css(text: str) -> Iterator[Said]:
    """Yield what a style sheet would load."""
    for match in _CSS.finditer(re.sub(r"/\*.*?\*/", lambda it: re.sub(r"[^\n]", " ", it[0]), text, flags=re.DOTALL)):
        address = next(filter(None, match.groups()))
        if not _WITHIN.match(address):
            yield Said("load", address, text.count("\n", 0, match.start()))


class _Reader(HTMLParser):
    """Notes what start tags and style sheets say."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Said] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0] - 1
        self.style = tag == "style"
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            if name in _LOADING or (name == "href" and tag not in ("a", "area")):
                self._load(value, line)
            elif name == "srcdoc":
                self.found += (Said("load", one.what, line) for one in html(value) if one.kind == "load")
            elif name == "id":
                self.found.append(Said("id", value, line))
            elif name == "href":
                self.found.append(Said("link", value, line))
            elif "url(" in value or "image-set(" in value:
                self.found += (Said("load", one.what, line) for one in css(value))
        if re.fullmatch("h[1-6]", tag):
            self.found.append(Said("heading", tag, line))
        if given.get("http-equiv", "").lower() == "refresh":
            self._load(given.get("content", "").partition("url=")[2], line)
        named = {"alt", "aria-hidden"} if tag == "img" else {"aria-label", "aria-labelledby", "aria-hidden"}
        if tag in ("img", "svg") and not named & set(given):
            self.found.append(Said("bare", tag, line))

    def handle_pi(self, data: str) -> None:
        if match := re.match(r"""xml-stylesheet\b.*?\bhref\s*=\s*["']([^"']*)""", data, re.DOTALL):
            self._load(match[1], self.getpos()[0] - 1)

    def handle_data(self, data: str) -> None:
        if self.style:
            first = self.getpos()[0] - 1
            self.found += (Said("load", one.what, first + one.line) for one in css(data))
        elif self.lasttag == "title" and data.strip() and self.found and self.found[-1].what == "svg":
            self.found.pop()  # its words

    def handle_endtag(self, tag: str) -> None:
        self.style = False

    def _load(self, address: str, line: int) -> None:
        if address.strip() and not _WITHIN.match(address.strip()):
            self.found.append(Said("load", address.strip(), line))
