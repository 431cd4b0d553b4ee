"""What goes wrong in a deck's text: references that lead outside or nowhere, ids, headings, pictures without words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from deck import loads, markdown
from deck.bind import KINDS
from deck.errors import did_you_mean
from deck.loads import Said
from deck.model import Finding, Location
from deck.rules import walk
from deck.slides import Deck, FigureUse, Slide, SnippetUse, TableUse

_HTML = ("html_block", "html_inline")
_NOTABLE = (*_HTML, "image")
Known = Mapping[str, Mapping[str, Location]]
_OUTSIDE = "put the picture beside the deck and write ![what it shows](name.png); nothing else is taken along"


def ids(deck: Deck) -> dict[str, Location]:
    """Return each id of a deck and where it stands first."""
    inside = [one for slide in deck.slides for one in _own_ids(slide)]
    return {**dict(reversed(inside)), **{slide.id: slide.at for slide in deck.slides}}


def again(deck: Deck, templates: Mapping[str, str]) -> Iterator[tuple[Slide, Finding]]:
    """Yield the ids of a deck that stand again, or in the templates of its page."""
    page = {name for text in templates.values() for name in re.findall(r'\bid="([\w-]+)"', text)}
    known = {slide.id: slide.at for slide in deck.slides}
    for slide in deck.slides:
        for name, at in ((slide.id, slide.at), *_own_ids(slide)):
            if name in page:
                hint = "name it otherwise: {#another-name}"
                message = f"the id '{name}' is one of the page's own"
                yield slide, Finding("error", "duplicate-id", slide.number, at, message, hint)
            elif name in known and at is not slide.at:
                message = f"the id '{name}' stands twice: the other is at {known[name]}"
                hint = "give one of them another name"
                yield slide, Finding("error", "duplicate-id", slide.number, at, message, hint)
            known.setdefault(name, at)


def _own_ids(slide: Slide) -> Iterator[tuple[str, Location]]:
    """Yield the ids of what stands on a slide."""
    for token, at in _tokens(slide):
        if token.attrs.get("id"):
            yield str(token.attrs["id"]), at
        for said in _said(token, "id"):
            yield said.what, _below(at, said)


def links(slide: Slide, known: Known, root: Path) -> Iterator[Finding]:
    """Yield links to what is not there, and links that nobody can see or that lead nowhere.

    known: the ids of each deck at hand by its name, those of the slide's own by "".
    """
    opened: tuple[Any, Location, str] | None = None
    for token, at in _tokens(slide, all_=True):
        if token.type == "link_open":
            opened = (token, at, "")
        elif token.type == "link_close" and opened:
            start, place, words = opened
            yield from _link(str(start.attrs.get("href", "")), place, slide, known, root)
            if not words.strip():
                hint = "write [what it leads to](address)"
                yield Finding("warning", "empty-link", slide.number, place, "this link has no text", hint)
            opened = None
        elif opened:
            opened = (*opened[:2], opened[2] + (markdown.plain([token]) or "…" * (token.type == "math_inline")))
        for said in _said(token, "link"):
            yield from _link(said.what, _below(at, said), slide, known, root)


def _link(href: str, at: Location, slide: Slide, known: Known, root: Path) -> Iterator[Finding]:
    target = unquote(href)
    if not target.strip("#/ "):
        yield Finding("warning", "empty-link", slide.number, at, "this link leads nowhere", "write its address")
    elif not re.match(r"(?!file:)[a-zA-Z][\w+.-]*:|//", target) and (broken := _broken(target, known, root)):
        yield Finding("error", "broken-link", slide.number, at, *broken)


def _broken(target: str, known: Known, root: Path) -> tuple[str, str] | None:
    """Return (message, hint) about a link to what is not in a deck, not in dist/, and not to be built there."""
    file, _, name = target.partition("#")
    name = name.strip("/")
    deck = next((file.removesuffix(f".{kind}") for kind in KINDS if file.endswith(f".{kind}")), file)
    if name and deck in known and name not in known[deck]:
        hint = did_you_mean(name, known[deck]) or "a slide is named by {#name} behind its title"
        return f"no slide{f' of {deck}' if deck else ''} has the id '{name}'", hint
    if (
        file in ("", "index.html")
        or (deck != file and (root / f"slides/{deck}.md").exists())
        or (root / "dist" / file).exists()
    ):
        return None
    page = file.removesuffix(".md") + ".html"
    built = file.endswith(".md") and (root / "slides" / file).exists()
    hint = f"link to what is built of it: {page}" if built else "link to an address that others can reach, too"
    return f"seen from dist/, there is no file '{file}'", hint


def outside(slide: Slide) -> Iterator[Finding]:
    """Yield what a slide would load from elsewhere: raw HTML, style sheets in it, SVG pictures."""
    for token, at in _tokens(slide):
        found = _said(token, "load")
        if token.type == "image" and str(token.meta.get("type")) == "svg+xml":
            picture = token.meta["data"].decode("utf-8", "replace")
            found = [Said("load", said.what, 0) for said in loads.html(picture) if said.kind == "load"]
        for said in found:
            message = f"this would be loaded from outside: '{said.what:.80}'"
            yield Finding("error", "outside", slide.number, _below(at, said), message, _OUTSIDE)


def outside_templates(templates: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what style sheets and templates would load from elsewhere."""
    for name, text in templates.items():
        found: Iterable[Said] = loads.css(text) if name.endswith(".css") else ()
        if name.endswith(".jinja"):
            found = (said for said in loads.html(text) if said.kind == "load")
        for said in found:
            message = f"this would be loaded from outside: '{said.what:.80}'"
            at = Location(f"templates/{name}", said.line + 1)
            yield Finding("error", "outside", 0, at, message, "take it out, or write it as a data: address")


def wordless(slide: Slide) -> Iterator[Finding]:
    """Yield pictures without alternative text."""
    for token, at in _tokens(slide):
        if token.type == "image" and not markdown.plain(token.children or ()).strip():
            hint = "write ![what it shows](name.png)"
            yield Finding("error", "alt", slide.number, at, "this picture has no alternative text", hint)
        for said in _said(token, "bare"):
            hint = 'add alt="…"' if said.what == "img" else 'add aria-label="…", or aria-hidden="true"'
            message = f"this <{said.what}> has no alternative text"
            yield Finding("error", "alt", slide.number, _below(at, said), message, hint)


def headings(slide: Slide) -> Iterator[Finding]:
    """Yield headings that skip a level, and second titles; those of raw HTML, too."""
    level = 1
    for token in slide.tokens:
        said = _said(token, "heading")
        if token.type == "heading_open":
            said = [Said("heading", token.tag, 0)]
        for one in said:
            mine = int(one.what[1:])
            at = Location(slide.at.path, token.map[0] + 1 + one.line)
            if mine == 1:
                hint = "begin a slide of its own with ---, or write ##"
                yield Finding("warning", "heading-order", slide.number, at, "this slide has a second title", hint)
            elif mine > level + 1:
                message = f"a heading of level {mine} follows one of level {level}"
                yield Finding("warning", "heading-order", slide.number, at, message, f"write {'#' * (level + 1)}")
            level = mine


def _tokens(slide: Slide, *, all_: bool = False) -> Iterator[tuple[Any, Location]]:
    """Yield the pictures, raw HTML and what has an id on a slide, or all that is shown, each with its place."""
    captions = [use.caption for use in slide.uses if isinstance(use, FigureUse | SnippetUse | TableUse)]
    callouts = [one.tokens for use in slide.uses if isinstance(use, SnippetUse) for one in use.callouts]
    for tokens in (slide.eyebrow, slide.heading, slide.tokens, *slide.footnotes, *captions, *callouts, slide.notes):
        line = slide.at.line
        for token in walk(tokens):
            line = token.meta.get("line") or (token.map[0] + 1 if token.map else line)
            if all_ or token.type in _NOTABLE or "id" in token.attrs:
                yield token, Location(slide.at.path, line, token.meta.get("column", 0))


def _said(token: Any, kind: str) -> list[Said]:
    """Return what raw HTML says of a kind."""
    return [said for said in loads.html(token.content) if said.kind == kind] if token.type in _HTML else []


def _below(at: Location, said: Said) -> Location:
    return Location(at.path, at.line + said.line) if said.line else at
