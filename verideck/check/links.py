"""Checks of a deck's text: references to outside or to missing targets, ids, headings, pictures without text."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from markdown_it.token import Token

from verideck.check import html_scan
from verideck.check.html_scan import Reference
from verideck.check.registry import ALT, BROKEN_LINK, DUPLICATE_ID, EMPTY_LINK, HEADING_ORDER, OUTSIDE
from verideck.core.deck_model import Deck, FigureUse, Passage, Slide, passages
from verideck.core.errors import did_you_mean
from verideck.core.folders import INDEX, KINDS, SLIDES, deck_path, output_path
from verideck.core.markdown_tokens import located, picture_of, plain
from verideck.core.run_model import Finding, Location

Known = Mapping[str, Mapping[str, Location]]
Placed = tuple[Reference, Location]
_NAMING = {
    **dict.fromkeys(("<img>", "<area>", "<input>"), 'add alt="…"'),
    "<iframe>": 'add title="…"',
}


def read(slide: Slide) -> list[Placed]:
    """Return the links, ids, headings and pictures in a slide's text, from Markdown and raw HTML."""
    found: list[Placed] = []
    for passage in passages(slide):
        said = _read(passage)
        found += said if passage.where == "body" else (one for one in said if not re.fullmatch("h[1-6]", one[0].what))
    return sorted(found, key=lambda one: one[1])


def _read(passage: Passage) -> Iterator[Placed]:
    pieces: list[str] = []
    places: list[Location] = []
    for token, at in located(passage.tokens, passage.at):
        if token.attrs.get("id"):
            yield Reference("id", str(token.attrs["id"]), 0), at
        if token.type == "image":
            yield from ((said, at) for said in _picture(token))
        if markup := _markup(token):
            pieces.append(markup)
            places += [at, *(Location(at.path, at.line + below) for below in range(1, markup.count("\n") + 1))]
    if any(piece.startswith("<") for piece in pieces):
        yield from ((said, places[said.line]) for said in html_scan.html("\n".join(pieces)))


def _markup(token: Token) -> str:
    """Return a token as HTML, simplified for `html_scan`."""
    match token.type:
        case "html_block" | "html_inline":
            return str(token.content)
        case "link_open":
            return f'<a href="{html.escape(str(token.attrs.get("href", "")))}">'
        case "link_close" | "heading_close":
            return f"</{token.tag}>"
        case "heading_open":
            return f"<{token.tag}>"
        case "math_inline" | "role":
            return "…"
    return html.escape(token.content, quote=False) if token.type in ("text", "code_inline") else ""


def _picture(token: Token) -> Iterator[Reference]:
    if not plain(token.children or ()).strip():
        yield Reference("bare", "picture", 0)
    kind, content, _ = picture_of(token)
    if kind == "svg+xml":
        inside = html_scan.html(content.decode("utf-8", "replace"))
        yield from (said for said in inside if said.kind == "load")


def ids(deck: Deck, said: Mapping[int, Sequence[Placed]]) -> dict[str, Location]:
    """Return each id of a deck and its first location. said: `id(slide)` → result of `read`."""
    inside = [(one.what, at) for slide in deck.slides for one, at in said[id(slide)] if one.kind == "id"]
    return {**dict(reversed(inside)), **{slide.id: slide.at for slide in deck.slides}}


def again(
    deck: Deck, templates: Mapping[str, str], said: Mapping[int, Sequence[Placed]]
) -> Iterator[tuple[Slide, Finding]]:
    """Yield the ids of a deck that are repeated, or that the templates of its page use."""
    page = {name for text in templates.values() for name in re.findall(r'\bid="([\w-]+)"', text)}
    known = {slide.id: slide.at for slide in deck.slides}
    for slide in deck.slides:
        own = ((one.what, at) for one, at in said[id(slide)] if one.kind == "id")
        for name, at in ((slide.id, slide.at), *own):
            if name in page:
                hint = "use another id: {#another-name}"
                message = f"the page itself uses the id '{name}'"
                yield slide, DUPLICATE_ID.finding(slide.number, at, message, hint)
            elif name in known and at is not slide.at:
                message = f"the id '{name}' is used twice: first at {known[name]}"
                yield slide, DUPLICATE_ID.finding(slide.number, at, message)
            known.setdefault(name, at)


def links(slide: Slide, said: Iterable[Placed], known: Known, root: Path) -> Iterator[Finding]:
    """Yield links with a missing target, and links without text or address.

    known: name of a deck → its ids; "" is the deck of the slide.
    """
    for one, at in said:
        if one.kind == "link":
            yield from _link(one.what, at, slide, known, root)
        elif (one.kind, one.what) == ("empty", "a"):
            yield EMPTY_LINK.finding(slide.number, at, "this link has no text")


def _link(href: str, at: Location, slide: Slide, known: Known, root: Path) -> Iterator[Finding]:
    target = unquote(href)
    if not target.strip("#/ "):
        yield EMPTY_LINK.finding(slide.number, at, "this link has no address", "write its address")
    elif not re.match(r"(?!file:)[a-zA-Z][\w+.-]*:|//", target) and (broken := _broken(target, known, root)):
        yield BROKEN_LINK.finding(slide.number, at, *broken)


def _broken(target: str, known: Known, root: Path) -> tuple[str, str] | None:
    """Return (message, hint) for a link whose target is not in a deck and not in dist/ after a build; else None."""
    file, _, name = target.partition("#")
    name = name.strip("/")
    deck = next((file.removesuffix(f".{kind}") for kind in KINDS if file.endswith(f".{kind}")), file)
    if name and "=" not in name and deck in known and name not in known[deck]:
        hint = did_you_mean(name, known[deck]) or "give a slide this id: write {#name} after its title"
        return f"no slide{f' of {deck}' if deck else ''} has the id '{name}'", hint
    if (
        file in ("", INDEX)
        or (deck != file and os.path.exists(root / deck_path(deck)))
        or os.path.exists(root / output_path(file))
    ):
        return None
    page = file.removesuffix(".md") + ".html"
    built = file.endswith(".md") and os.path.exists(root / SLIDES / file)
    hint = f"link to the built file: {page}" if built else BROKEN_LINK.remedy
    return f"no file '{file}' in dist/", hint


def outside(slide: Slide, said: Iterable[Placed]) -> Iterator[Finding]:
    """Yield what a slide would load from outside, by raw HTML, style sheets in it, or SVG pictures."""
    for one, at in said:
        if one.kind == "load":
            message = f"'{one.what:.80}' would be loaded from outside"
            yield OUTSIDE.finding(slide.number, at, message)


@lru_cache(maxsize=64)
def _loaded(text: str, kind: str) -> tuple[Reference, ...]:
    """Return what a file of a theme loads; of one that did not change it is known."""
    found = html_scan.css(text) if kind == "css" else html_scan.html(text) if kind == "jinja" else ()
    return tuple(said for said in found if said.kind == "load")


def outside_templates(templates: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what style sheets and templates (path → text) would load from outside."""
    for name, text in templates.items():
        for said in _loaded(text, name.rpartition(".")[2]):
            message = f"'{said.what:.80}' would be loaded from outside"
            at = Location(name, said.line + 1)
            yield OUTSIDE.finding(0, at, message, "remove it, or write it as a data: address")


def wordless(slide: Slide, said: Iterable[Placed]) -> Iterator[Finding]:
    """Yield pictures and figures without alternative text."""
    for use in slide.uses:
        if isinstance(use, FigureUse) and not use.every and not use.alt:
            hint = "describe the figure: :alt: Points and a falling line"
            yield ALT.finding(slide.number, use.at, "this figure has no `:alt:`", hint)
    for one, at in said:
        if one.kind == "bare":
            what = one.what if one.what == "picture" else f"<{one.what}>"
            hint = "" if what == "picture" else _NAMING.get(what, 'add aria-label="…", or aria-hidden="true"')
            yield ALT.finding(slide.number, at, f"this {what} has no alternative text", hint)


def headings(slide: Slide, said: Iterable[Placed]) -> Iterator[Finding]:
    """Yield headings that skip a level, second titles, and headings without text; those of raw HTML, too."""
    level = 1
    for one, at in said:
        mine = int(one.what[1:]) if one.kind == "heading" else 0
        if one.kind == "empty" and one.what != "a":
            message, hint = "this heading has no text", "write a text, or remove the heading"
        elif mine == 1:
            message, hint = "this slide has a second title", "begin a new slide with ---, or write ##"
        elif mine > level + 1:
            message, hint = f"a heading of level {mine} follows one of level {level}", f"write {'#' * (level + 1)}"
        else:
            message = ""
        if message:
            yield HEADING_ORDER.finding(slide.number, at, message, hint)
        level = mine or level
