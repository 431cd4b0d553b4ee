"""Split a deck into slides and assemble them; every error of the deck is reported in one go."""

from __future__ import annotations

import functools
import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Literal, TypeVar

from verideck.core.deck_model import Deck, EvalUse, FigureUse, Slide, SnippetUse, TableUse, Use
from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.project import Sources
from verideck.core.run_model import Location, Meta, RunId
from verideck.core.tokens import plain, walk
from verideck.read import directives, frontmatter, snippets, split
from verideck.read.markdown import directive, parse_inline, parse_text
from verideck.read.split import Draft
from verideck.typeset import mathml

T = TypeVar("T")

_KINDS = ("title", "section", "closing")
_IMAGES = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp", ".gif": "gif"}


def parse(path: str, sources: Sources) -> Deck:
    """Return the deck at `path`; raises DeckErrors with everything that is wrong with it, in order of place."""
    try:
        return _Reader(path, sources).deck()
    except DeckError as error:
        raise DeckErrors([error]) from None


class _Reader:
    """One pass over one deck, gathering errors."""

    def __init__(self, path: str, sources: Sources) -> None:
        self.path = path
        self.sources = sources
        self.errors: list[DeckError] = []
        self.meta = Meta(title="")
        self.pictures: set[str] = set()

    def deck(self) -> Deck:
        """Return the deck; raises DeckErrors."""
        text = self.sources.text(self.path)
        body = self._gather(lambda: frontmatter.read(self.path, text))
        self.meta, body_text = body or (Meta(title=""), self._without_front_matter(text))
        tokens, errors = parse_text(self.path, body_text, self.meta.html)
        self.errors += errors
        drafts, more = split.split(self.path, tokens)
        self.errors += more
        slides = [slide for draft in drafts if (slide := self._slide(draft))]
        if not drafts and not self.errors:
            self.errors.append(DeckError("the deck has no slides", Location(self.path), "start one with `# Title`"))
        slides = self._named(slides)
        if self.errors:
            raise DeckErrors(self.errors)
        title = self.meta.title or (slides[0].title if slides else "")
        shown = [slide for slide in slides if "skip" not in slide.classes]
        if not shown:
            raise DeckError("every slide is skipped", Location(self.path), "take {.skip} off one of them")
        whole = replace(self.meta, title=title, footer=self.meta.footer or title)
        return Deck(self.path, whole, tuple(_numbered(shown)), self._files(shown))

    def _without_front_matter(self, text: str) -> str:
        """Return the body of a deck whose front matter is wrong, so that its other errors are found too."""
        match = re.match(r"\s*---[ \t]*\n(.*?\n)??---[ \t]*(\n|$)", text, re.DOTALL)
        if not match:
            raise DeckErrors(self.errors)  # where the body begins cannot be told
        return "\n" * match[0].count("\n") + text[match.end() :]

    def _files(self, slides: Iterable[Slide]) -> tuple[str, ...]:
        uses = (use for slide in slides for use in slide.uses if isinstance(use, SnippetUse))
        scripts = {path for use in uses for path in (use.snippet.path, *use.others)} - {self.path}
        return tuple(sorted(scripts | self.pictures))

    def _gather(self, read: Callable[[], T]) -> T | None:
        """Return what `read` gives, or None after noting its errors."""
        try:
            return read()
        except DeckErrors as several:
            self.errors += several.errors
        except DeckError as error:
            self.errors.append(error)
        return None

    def _at(self, token: Any) -> Location:
        line = token.meta.get("line") or (token.map[0] + 1 if token.map else 0)
        return Location(self.path, line, token.meta.get("column", 0))

    def _slide(self, draft: Draft) -> Slide | None:
        """Return one slide without number and final id, or None where it has no heading."""
        tokens = [token for token in draft.tokens if not _is_comment(token)]
        heading = split.title_index(tokens)
        if heading is None:
            if tokens:
                at = Location(self.path, next(token.map[0] + 1 for token in tokens if token.map))
                self.errors.append(DeckError("this slide has no heading", at, "start it with `# Title`"))
            else:
                hint = "write `# Title` below this line, or remove the line"
                self.errors.append(DeckError("this slide is empty", draft.at, hint))
            return None
        opening, inline = tokens[heading], tokens[heading + 1]
        del tokens[heading : heading + 3]
        at = Location(self.path, opening.map[0] + 1)
        split.sort(tokens, draft)
        eyebrow, errors = parse_inline(str(opening.attrs.get("eyebrow", "")), at)
        self.errors += errors
        below = [token for note in draft.footnotes.values() for token in note]
        uses = self._resolve([*eyebrow, inline, *draft.tokens, *draft.notes, *below])
        footnotes = self._footnotes(draft)
        title = plain([inline])
        if not title.strip():
            self.errors.append(DeckError("this heading has no text", at, "write a title after the #"))
        classes = tuple(str(opening.attrs.get("class", "")).split())
        kind = next((name for name in _KINDS if name in classes), "plain")
        return Slide(
            number=0,
            id=str(opening.attrs.get("id", "")),
            title=title,
            kind=_kind(kind),
            heading=tuple(inline.children),
            tokens=tuple(draft.tokens),
            footnotes=footnotes,
            notes=tuple(draft.notes),
            uses=tuple(uses),
            at=at,
            eyebrow=tuple(eyebrow),
            seconds=self._seconds(str(opening.attrs.get("seconds", "0")), at),
            appendix="appendix" in classes,
            mark=str(opening.attrs.get("mark", "")),
            lang=str(opening.attrs.get("lang", "")),
            allow=str(opening.attrs.get("allow", "")),
            classes=tuple(name for name in classes if name not in (*_KINDS, "appendix")),
        )

    def _seconds(self, text: str, at: Location) -> int:
        if not text.isdecimal() or len(text) > 5:
            place = replace(at, column=(self.sources.line(self.path, at.line) or "").find("seconds=") + 1)
            hint = "write a whole number: seconds=90"
            self.errors.append(DeckError(f"'{text}' is no number of seconds", place, hint))
            return 0
        return int(text)

    def _resolve(self, tokens: Iterable[Any]) -> list[Use]:
        """Attach to each directive, role, formula and picture what it needs; return all uses."""
        uses: list[Use] = []
        for token in walk(tokens):
            use = self._gather(functools.partial(self._meaning, token))
            if use is not None:
                token.meta["use"] = use
                uses += _with_inner(use)
        return uses

    def _meaning(self, token: Any, own: RunId | None = None) -> Use | None:
        """Return the use of a token that has one; other tokens are checked and filled in; raises DeckError(s)."""
        at = self._at(token)
        if token.type == "role":
            return self._role(token, at, own)
        if token.type in ("math_inline", "math_block"):
            self._math(token, at)
        elif token.type == "image":
            self._image(token, at)
        elif token.type == "fence" and "open" not in token.meta:
            context = directives.Context(self.sources, self.meta, self._inline)
            named = directive(token)
            if named:
                return directives.resolve(named, at, context)
            language = token.info.split()[0] if token.info.strip() else ""
            if language in ("python", "py") and (
                error := snippets.check_compiles(token.content, self.path, at.line + 1)
            ):
                hint = "code that is shown has to compile; for anything else write ```text"
                raise DeckError(error.message, error.at, hint)
        return None

    def _role(self, token: Any, at: Location, own: RunId | None) -> EvalUse:
        if token.info != "eval":
            hint = did_you_mean(token.info, ["eval"]) or "known is {eval}`FILE: EXPRESSION:FORMAT`"
            raise DeckError(f"unknown role '{token.info}'", at, hint)
        context = directives.Context(self.sources, self.meta, self._inline)
        return directives.evaluation(token.content, at, context, own)

    def _inline(self, text: str, at: Location, own: RunId | None = None) -> tuple[Any, ...]:
        """Return a caption's or callout's tokens with everything in them resolved; `own` is the run of its figure."""
        tokens, errors = parse_inline(text, at)
        self.errors += errors
        for token in walk(tokens):
            use = self._meaning(token, own)
            if use is not None:
                token.meta["use"] = use
        return tuple(tokens)

    def _math(self, token: Any, at: Location) -> None:
        source = token.content.strip()
        try:
            token.meta["mathml"] = mathml.mathml(source, token.type == "math_block", dict(self.meta.symbols))
        except mathml.TexError as error:
            offset = len(token.content) - len(token.content.lstrip()) + error.position
            hint = "write LaTeX's commands for mathematics; close each { with } and each \\left with \\right"
            raise DeckError(f"this formula cannot be set: {error}", self._inside(token, at, offset), hint) from None

    def _inside(self, token: Any, at: Location, offset: int) -> Location:
        """Return where a character of a token's content stands."""
        before = token.content[:offset].split("\n")
        line = at.line + len(before) - 1
        written = token.content.split("\n")[len(before) - 1]
        found = (self.sources.line(self.path, line) or "").find(written)
        start = at.column - 1 if at.column and len(before) == 1 else found
        return Location(self.path, line, start + len(before[-1]) + 1)

    def _image(self, token: Any, at: Location) -> None:
        source = str(token.attrs.get("src", ""))
        ending = posixpath.splitext(source)[1].lower()
        if re.match(r"[\w+.-]+:|//", source):
            raise DeckError(
                f"the picture '{source}' is not in the project", at, "save it beside the deck and name the file"
            )
        if ending not in _IMAGES:
            raise DeckError(f"'{source}' is no picture that can be shown", at, f"known are {', '.join(_IMAGES)}")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), source))
        token.meta["type"] = _IMAGES[ending]
        token.meta["data"] = self.sources.data(path, at)
        self.pictures.add(path)

    def _footnotes(self, draft: Draft) -> tuple[tuple[Any, ...], ...]:
        """Number the references of one slide in order; return the notes they point to."""
        order: dict[str, int] = {}
        for token in walk([*draft.tokens]):
            if token.type == "footnote_ref":
                label = token.meta["label"]
                if label not in draft.footnotes:
                    hint = did_you_mean(label, draft.footnotes) or f"write `[^{label}]: …` on the same slide"
                    self.errors.append(DeckError(f"no footnote '{label}' on this slide", self._at(token), hint))
                token.meta["number"] = order.setdefault(label, len(order) + 1)
        for label in draft.footnotes:
            if label not in order:
                message = f"nothing on this slide refers to the footnote '{label}'"
                first = next((token.map[0] + 1 for token in draft.footnotes[label] if token.map), draft.at.line)
                at = Location(self.path, first, 1)
                self.errors.append(DeckError(message, at, f"write [^{label}] where it belongs"))
        return tuple(tuple(draft.footnotes.get(label, ())) for label in order)

    def _named(self, slides: list[Slide]) -> list[Slide]:
        """Give each slide an id: its own, else its title's slug, told apart by a number."""
        taken: dict[str, Location] = {}
        for slide in slides:
            if slide.id and slide.id in taken:
                message = f"two slides have the id '{slide.id}' (the other is at line {taken[slide.id].line})"
                self.errors.append(DeckError(message, slide.at, "give one of them another: {#name}"))
            if slide.id:
                taken[slide.id] = slide.at
        named = []
        for slide in slides:
            name, count = slide.id or slug(slide.title), 1
            while not slide.id and name in taken:
                count += 1
                name = f"{slug(slide.title)}-{count}"
            taken[name] = slide.at
            named.append(replace(slide, id=name))
        return named


def slug(title: str) -> str:
    """Return a title as an anchor: letters and digits of any script, in lower case, joined by hyphens."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", title).lower())
    return "-".join(words) or "slide"


def _kind(name: str) -> Literal["plain", "title", "section", "closing"]:
    return name if name in _KINDS else "plain"  # type: ignore[return-value]


def _is_comment(token: Any) -> bool:
    return bool(token.type == "html_block" and token.content.lstrip().startswith("<!--"))


def _with_inner(use: Use) -> Iterator[Use]:
    """Yield a use and those inside its alternative text, caption and callouts; what follows frames once a run."""
    yield use
    yield from use.data if isinstance(use, FigureUse) else ()
    alt = use.alt if isinstance(use, FigureUse) else ()
    callouts = use.callouts if isinstance(use, SnippetUse) else ()
    caption = use.caption if isinstance(use, FigureUse | SnippetUse | TableUse) else ()
    tokens = [*caption, *(token for callout in callouts for token in callout.tokens)]
    inner = [*alt, *(token.meta["use"] for token in walk(tokens) if token.type == "role")]
    for one in (one for one in inner if isinstance(one, EvalUse)):
        runs = use.runs if isinstance(use, FigureUse) and one.follows else (one.run,)
        yield from (replace(one, run=run) for run in runs)


def _numbered(slides: Iterable[Slide]) -> Iterator[Slide]:
    """Count the main path and the appendix apart."""
    counts = {False: 0, True: 0}
    sections = 0
    for slide in slides:
        counts[slide.appendix] += 1
        starts = slide.kind == "section" and not slide.appendix
        sections += starts
        yield replace(slide, number=counts[slide.appendix], section=sections if starts else 0)
