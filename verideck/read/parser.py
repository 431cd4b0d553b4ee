"""Parses a deck into slides. An error in one slide does not affect the others."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from markdown_it.token import Token

from verideck.core import messages
from verideck.core.deck_model import CellUse, Deck, EvalUse, FigureUse, ShowUse, Slide, SnippetUse, Use, passages_of
from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.markdown_tokens import attach, place_of, plain, set_mathml, set_picture, use_of, walk
from verideck.core.project import Sources
from verideck.core.run_model import Location, Meta, RunId, Snippet
from verideck.core.theme import COLOURS
from verideck.read import cells, directives, foreign, frontmatter, pictures, references, snippets, split
from verideck.read.markdown import code, directive, parse_inline, parse_text
from verideck.read.split import Draft
from verideck.read.syntax import anchor
from verideck.typeset import mathml

T = TypeVar("T")

BLANK = "…"
"""Title of a slide whose heading has an error."""
_DEEPEST = 8
"""How deep includes may be nested."""
_KINDS: tuple[Literal["title", "section", "closing"], ...] = ("title", "section", "closing")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A deck, as far as it could be read, and its errors."""

    deck: Deck
    """A slide with an error keeps only its heading; if the error is in the heading, the title is `BLANK`."""
    errors: tuple[DeckError, ...] = ()
    """All errors, sorted by location."""
    on_slides: Mapping[int, tuple[DeckError, ...]] = field(default_factory=dict)
    """Index in `deck.slides` → errors of that slide."""
    elsewhere: tuple[DeckError, ...] = ()
    """Errors that belong to no slide, such as those in the front matter."""

    def valid(self) -> Deck:
        """Return the deck; raises DeckErrors if it has errors."""
        if self.errors:
            raise DeckErrors(self.errors)
        return self.deck


def parse(path: str, sources: Sources) -> Parsed:
    """Return the deck at `path` and its errors; the deck has no slides if the file cannot be read."""
    return _Reader(path, sources).parsed()


class _Reader:
    """Reads one deck and collects its errors."""

    def __init__(self, path: str, sources: Sources) -> None:
        self.path = path
        self.sources = sources
        self.errors: list[DeckError] = []
        """Errors of the slide that is being read, or those of no slide before the first is read."""
        self.meta = Meta(title="")
        self.pictures: set[str] = set()
        self.included: set[str] = set()
        self.including = [path]
        """The file that is being read, last, and those that include it."""
        self.cells = cells.Cells()

    def parsed(self) -> Parsed:
        """Return the deck and its errors."""
        elsewhere = self.errors
        drafts = self._gather(self._drafts) or []
        options = tuple(directives.DIRECTIVES["python"].options)
        tokens = (token for draft in drafts for token in draft.tokens)
        self.cells = cells.gather(tokens, options, self.meta, self._at)
        read: list[tuple[Draft, Slide | None]] = []
        for draft in drafts:
            self.errors = draft.errors
            read.append((draft, self._slide(draft)))
        _check_ids(read)
        slides = _named(slide if slide and not draft.errors else _blank(draft, slide) for draft, slide in read)
        for index, error in references.resolve(slides, messages.of(self.meta.lang)):
            read[index][0].errors.append(error)
            slides[index] = replace(_blank(*read[index]), id=slides[index].id)
        wrong = {index: draft.errors for index, (draft, _) in enumerate(read) if draft.errors}
        shown = [(index, slide) for index, slide in enumerate(slides) if "skip" not in slide.classes]
        if not elsewhere and not wrong and not shown:
            what, hint = ("all slides are skipped", "remove {.skip} from one of them") if slides else (
                "the deck has no slides", "start one with `# Title`")  # fmt: skip
            elsewhere.append(DeckError(what, Location(self.path), hint))
        errors = DeckErrors([*elsewhere, *(error for several in wrong.values() for error in several)]).errors
        deck = self._deck([slide for _, slide in shown], slides[0].title if slides else "")
        on_slides = {place: DeckErrors(wrong[index]).errors for place, (index, _) in enumerate(shown) if index in wrong}
        return Parsed(deck, errors, on_slides, tuple(elsewhere) if shown else errors)

    def _drafts(self) -> list[Draft]:
        """Return the tokens and syntax errors of each slide; raises DeckError if the file cannot be read."""
        text = self.sources.text(self.path)
        body = self._gather(lambda: frontmatter.read(self.path, text))
        self.meta, body_text = body or (self.meta, _without_front_matter(text))
        tokens, errors = self._tokens(self.path, body_text)
        drafts = split.split(self.path, tokens)
        for error in errors:
            before = [draft for draft in drafts if error.at and _begins_before(draft, error.at)]
            (before[-1].errors if before else self.errors).append(error)
        return drafts

    def _tokens(self, path: str, text: str) -> tuple[list[Token], list[DeckError]]:
        """Return the tokens and syntax errors of a file, with those of the files that it includes."""
        tokens, errors = parse_text(path, text, self.meta.html)
        for index in reversed(range(len(tokens))):
            if tokens[index].type == "include":
                try:
                    tokens[index : index + 1], more = self._include(tokens[index])
                except DeckError as error:
                    tokens[index : index + 1], more = [], [error]
                errors += more
        return tokens, errors

    def _include(self, token: Token) -> tuple[list[Token], list[DeckError]]:
        """Return the tokens and syntax errors of `{{< include FILE >}}`; raises DeckError."""
        at = self._at(token)
        path = pictures.path_beside(at.path, token.content)
        if token.level:
            raise DeckError("a file cannot be included in a list or quote", at, "put the line between paragraphs")
        if path in self.including:
            circle = " → ".join([*self.including[self.including.index(path) :], path])
            raise DeckError(f"'{path}' includes itself: {circle}", at, "remove one of these includes")
        if len(self.including) > _DEEPEST:
            raise DeckError(
                f"includes are nested deeper than {_DEEPEST} levels", at, "include fewer files in each other"
            )
        text = self.sources.text(path, at)
        self.including.append(path)
        self.included.add(path)
        try:
            return self._tokens(path, _without_front_matter(text) if text.startswith("---") else text)
        finally:
            self.including.pop()

    def _deck(self, slides: Sequence[Slide], title: str) -> Deck:
        title = self.meta.title or title
        meta = replace(self.meta, title=title, footer=self.meta.footer or title)
        return Deck(self.path, meta, tuple(_numbered(slides)), self._files(slides), self.cells.scripts)

    def _files(self, slides: Iterable[Slide]) -> tuple[str, ...]:
        uses = [use for slide in slides for use in slide.uses]
        shown = (use for use in uses if isinstance(use, SnippetUse))
        scripts = {path for use in shown for path in (use.snippet.path, *use.others)} - {self.path}
        stills = {use.still.path for use in uses if isinstance(use, ShowUse) and use.still}
        return tuple(sorted(scripts | stills | self.pictures | self.included))

    def _gather(self, read: Callable[[], T]) -> T | None:
        """Return the result of `read`; if it raises, collect its errors and return None."""
        try:
            return read()
        except DeckErrors as several:
            self.errors += several.errors
        except DeckError as error:
            self.errors.append(error)
        return None

    def _at(self, token: Token) -> Location:
        return place_of(token, self.path)

    def _slide(self, draft: Draft) -> Slide | None:
        """Return a slide without its number and final id, or None if it has no heading."""
        remarks = tuple(foreign.remarks(self.path, draft.tokens))
        tokens = [token for token in draft.tokens if not _is_comment(token)]
        heading = split.title_index(tokens)
        if heading is None:
            if tokens:
                at = next((place for place in map(self._at, tokens) if place.line), draft.at)
                at = replace(at, column=0)
                setting = next((one.hint for one in remarks if one.at.line == at.line), "")
                self.errors.append(DeckError("this slide has no heading", at, setting or "start it with `# Title`"))
            else:
                hint = "write `# Title` below this line, or remove the line"
                self.errors.append(DeckError("this slide is empty", draft.at, hint))
            return None
        opening, inline = tokens[heading], tokens[heading + 1]
        del tokens[heading : heading + 3]
        at = replace(place_of(opening, self.path), column=0)
        split.sort(tokens, draft)
        eyebrow, errors = parse_inline(str(opening.attrs.get("eyebrow", "")), self._value_at("eyebrow", at))
        self.errors += errors
        below = [token for note in draft.footnotes.values() for token in note]
        uses = self._resolve([*eyebrow, inline, *draft.tokens, *draft.notes, *below])
        footnotes = self._footnotes(draft, [*eyebrow, inline])
        title = plain([inline])
        if not title.strip():
            self.errors.append(DeckError("this heading has no text", at, "write a title after the #"))
        classes = tuple(str(opening.attrs.get("class", "")).split())
        return Slide(
            number=0,
            id=str(opening.attrs.get("id", "")),
            title=title,
            kind=next((name for name in _KINDS if name in classes), "plain"),
            heading=tuple(inline.children or ()),
            tokens=tuple(draft.tokens),
            footnotes=footnotes,
            notes=tuple(draft.notes),
            uses=tuple(uses),
            at=at,
            remarks=remarks,
            eyebrow=tuple(eyebrow),
            seconds=self._seconds(str(opening.attrs.get("seconds", "0")), at),
            appendix="appendix" in classes,
            mark=str(opening.attrs.get("mark", "")),
            lang=str(opening.attrs.get("lang", "")),
            allow=str(opening.attrs.get("allow", "")),
            background=self._background(str(opening.attrs.get("background", "")), at),
            fit=self._fit(str(opening.attrs.get("fit", "")), at),
            classes=tuple(name for name in classes if name not in (*_KINDS, "appendix")),
        )

    def _seconds(self, text: str, at: Location) -> int:
        if not text.isdecimal() or len(text) > 5:
            hint = "write a whole number: seconds=90"
            self.errors.append(DeckError(f"'{text}' is not a number of seconds", self._value_at("seconds", at), hint))
            return 0
        return int(text)

    def _background(self, text: str, at: Location) -> str:
        picture = pictures.is_picture(text)
        if text and not picture and text not in COLOURS and not re.fullmatch("#[0-9a-fA-F]{6}", text):
            hint = (
                did_you_mean(text, COLOURS) or f"write a picture, a colour as #1B2130, or one of {', '.join(COLOURS)}"
            )
            at = self._value_at("background", at)
            self.errors.append(DeckError(f"'{text}' is neither a colour nor a picture", at, hint))
            return ""
        if picture:
            self.pictures.add(pictures.path_beside(self.path, text))
        return text

    def _fit(self, text: str, at: Location) -> Literal["", "shrink", "strict"]:
        if text == "shrink":
            return "shrink"
        if text == "strict":
            return "strict"
        if text:
            known = frontmatter.FITS
            hint = did_you_mean(text, known) or f"write fit={known[0]}"
            self.errors.append(DeckError(f"'{text}' is not one of {', '.join(known)}", self._value_at("fit", at), hint))
        return ""

    def _value_at(self, name: str, at: Location) -> Location:
        """Return the location of a heading attribute's value, or that of the heading without this attribute."""
        line = self.sources.line(at.path, at.line) or ""
        match = re.search(rf'\b{name}="?', line)
        return replace(at, column=match.end() + 1) if match else at

    def _resolve(self, tokens: Iterable[Token]) -> list[Use]:
        """Resolve directives, roles, formulas and images; attach the results to their tokens; return all uses."""
        uses: list[Use] = []
        for token in walk(tokens):
            use = self._gather(functools.partial(self._resolved, token))
            if use is not None:
                attach(token, use)
                uses += _with_inner(use)
            self._check_alternative(token)
        return uses

    def _check_alternative(self, token: Token) -> None:
        """Report footnotes in the alternative text of a picture or figure, where nobody would see their numbers."""
        use = use_of(token)
        texts = [passage.tokens for passage in passages_of(use) if passage.where == "alternative text"] if use else []
        texts += [tuple(token.children or ())] if token.type == "image" else []
        for reference in (one for text in texts for one in walk(text) if one.type == "footnote_ref"):
            message, hint = (
                "an alternative text has no footnotes",
                "refer to the footnote in the caption or in the text",
            )
            self.errors.append(DeckError(message, self._at(reference), hint))

    def _resolved(self, token: Token, own: RunId | None = None) -> Use | None:
        """Return the use of a directive or role; complete formulas and images. Raises DeckError or DeckErrors."""
        at = self._at(token)
        if token.type == "role":
            return self._role(token, at, own)
        if token.type in ("math_inline", "math_block"):
            self._math(token, at)
        elif token.type == "image":
            self._image(token, at)
        elif token.type == "fence" and "open" not in token.meta:
            if written := directive(token):
                return directives.resolve(written, at, self._context())
            self._code(token, at)
        return None

    def _code(self, token: Token, at: Location) -> None:
        """Check a fence that only shows code, and read its steps; raises DeckError."""
        written = code(token)
        token.info = written.language
        lines = token.content.rstrip().split("\n")
        if written.unknown:
            place = replace(at, column=at.column + written.offset)
            raise DeckError(f"'{written.unknown}' names no lines", place, foreign.code_hint(written.unknown))
        if written.steps:
            place = replace(at, column=at.column + written.offset)
            shown = Snippet(at.path, "", tuple(lines), tuple(range(1, len(lines) + 1)))
            token.meta["steps"] = snippets.steps(written.steps, shown, (1, len(lines)), {}, place)
        if written.language in ("python", "py") and (error := self._uncompiled(lines, at)):
            hint = "Python code must compile; for other text write ```text"
            raise DeckError(error.message, error.at, hint)

    def _uncompiled(self, lines: Sequence[str], at: Location) -> DeckError | None:
        """Return the error in Python code that is shown; sessions (`>>>`) and magics (`%time`, `!ls`) may be there."""
        if any(line.lstrip().startswith(">>>") for line in lines):
            return None
        plain_lines = (re.sub(r"^(\s*)[%!]\S.*", r"\1pass", line) for line in lines)
        return snippets.check_compiles("\n".join(plain_lines), at.path, at.line + 1)

    def _role(self, token: Token, at: Location, own: RunId | None) -> EvalUse:
        if token.info != "eval":
            hint = did_you_mean(token.info, ["eval"]) or "write {eval}`FILE: EXPRESSION:FORMAT`"
            raise DeckError(f"unknown role '{token.info}'", at, hint)
        return directives.evaluation(token.content, at, self._context(), own)

    def _context(self) -> directives.Context:
        return directives.Context(self.sources, self.meta, self._inline, self.cells)

    def _inline(self, text: str, at: Location, own: RunId | None = None) -> tuple[Token, ...]:
        """Return the resolved tokens of a caption or callout; `own` is the run of roles without FILE."""
        tokens, errors = parse_inline(text, at)
        self.errors += errors
        for token in walk(tokens):
            use = self._resolved(token, own)
            if use is not None:
                attach(token, use)
        return tuple(tokens)

    def _math(self, token: Token, at: Location) -> None:
        if token.type == "math_block":
            _take_label(token)
        source = token.content.strip()
        try:
            set_mathml(
                token, mathml.mathml(source, token.type == "math_block", dict(self.meta.symbols), self.meta.macros)
            )
        except mathml.TexError as error:
            offset = len(token.content) - len(token.content.lstrip()) + error.position
            hint = error.hint or "write LaTeX math commands; close each { with } and each \\left with \\right"
            raise DeckError(f"cannot typeset this formula: {error}", self._inside(token, at, offset), hint) from None

    def _inside(self, token: Token, at: Location, offset: int) -> Location:
        """Return the location of a character of a token's content."""
        before = token.content[:offset].split("\n")
        line = at.line + len(before) - 1
        text = token.content.split("\n")[len(before) - 1]
        in_file = (self.sources.line(at.path, line) or "").find(text)
        start = at.column - 1 if at.column and len(before) == 1 else in_file
        return Location(at.path, line, start + len(before[-1]) + 1)

    def _image(self, token: Token, at: Location) -> None:
        source = str(token.attrs.get("src", ""))
        if re.match(r"[\w+.-]+:|//", source):
            raise DeckError(
                f"the picture '{source}' is not in the project", at, "save it beside the deck, and write the file name"
            )
        picture = pictures.load(source, at.path, self.sources, at)
        set_picture(token, picture)
        self.pictures.add(picture.path)

    def _footnotes(self, draft: Draft, head: Sequence[Token]) -> tuple[tuple[Token, ...], ...]:
        """Number the references of a slide; return the tokens of each footnote that it shows, by number.

        Footnotes that only the notes refer to follow the notes.
        """
        order: dict[str, int] = {}
        self._number([*head, *draft.tokens], draft, order)
        shown = tuple(order)
        parts = split.parts(draft.notes)
        for part in parts:
            before = len(order)
            self._number(part, draft, order)
            part += split.footnote_list(before + 1, [draft.footnotes.get(label, []) for label in [*order][before:]])
        draft.notes = [token for part in parts for token in part]
        for label in draft.footnotes:
            if label not in order:
                message = f"nothing on this slide refers to the footnote '{label}'"
                at = next((at for at in map(self._at, draft.footnotes[label]) if at.line), draft.at)
                at = replace(at, column=1)
                self.errors.append(DeckError(message, at, f"write [^{label}] in the text, or remove the footnote"))
        return tuple(tuple(draft.footnotes.get(label, ())) for label in shown)

    def _number(self, tokens: Iterable[Token], draft: Draft, order: dict[str, int]) -> None:
        """Number the references in tokens, and those in the footnotes that they reach; label → number in `order`."""
        waiting = [tokens]
        while waiting:
            for reference in _references(waiting.pop(0)):
                label = reference.meta["label"]
                if label not in order:
                    waiting.append(draft.footnotes.get(label, []))
                if label not in draft.footnotes:
                    hint = did_you_mean(label, draft.footnotes) or f"write `[^{label}]: …` on the same slide"
                    self.errors.append(DeckError(f"no footnote '{label}' on this slide", self._at(reference), hint))
                reference.meta["number"] = order.setdefault(label, len(order) + 1)


def _references(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the references to footnotes in tokens, and in the captions and callouts of their uses."""
    for token in walk(tokens, within_pictures=False):
        if token.type == "footnote_ref":
            yield token
        elif use := use_of(token):
            for passage in passages_of(use):
                yield from _references(passage.tokens if passage.where != "alternative text" else ())


def _begins_before(draft: Draft, at: Location) -> bool:
    """Tell whether a slide begins at or before a place, or holds a token of the file that stands there."""
    if draft.at.path == at.path:
        return 0 < draft.at.line <= at.line
    places = (place_of(token, draft.at.path) for token in draft.tokens)
    return any(place.path == at.path and place.line <= at.line for place in places)


def _take_label(token: Token) -> None:
    """Take `\\label{…}` and `\\tag{…}` out of a formula; `references.resolve` numbers those with a label."""
    for name, value in re.findall(r"\\(label|tag)\*?\{([^{}]*)\}", token.content):
        token.meta |= {"called" if name == "label" else name: value.strip(), "kind": "equation"}
    token.content = re.sub(r"\\(label|tag)\*?\{[^{}]*\}", lambda match: " " * len(match[0]), token.content)
    if "tag" in token.meta:
        token.meta["number"] = token.meta["tag"]


def _without_front_matter(text: str) -> str:
    """Return the body of a deck whose front matter has errors; "" if the front matter is not closed.

    Blank lines replace the front matter.
    """
    match = re.match(r"\s*---[ \t]*\n(.*?\n)??---[ \t]*(\n|$)", text, re.DOTALL)
    return "\n" * match[0].count("\n") + text[match.end() :] if match else ""


def _check_ids(read: Iterable[tuple[Draft, Slide | None]]) -> None:
    """Report slides whose id another slide already has."""
    first: dict[str, Location] = {}
    for draft, slide in read:
        if slide and slide.id and slide.id in first:
            message = f"two slides have the id '{slide.id}' (the other is at line {first[slide.id].line})"
            draft.errors.append(DeckError(message, slide.at, "change one of them: {#name}"))
        if slide and slide.id:
            first[slide.id] = slide.at


def _blank(draft: Draft, slide: Slide | None) -> Slide:
    """Return a slide with errors without its body; without its heading, too, if that has an error."""
    inline = [*walk(slide.eyebrow), *walk(slide.heading)] if slide else []
    places = [(error.at.path, error.at.line) for error in draft.errors if error.at]
    unread = any(token.type == "role" and not use_of(token) for token in inline)
    if not slide or unread or (slide.at.path, slide.at.line) in places:
        heading = (Token("text", "", 0, content=BLANK),)
        at = slide.at if slide else draft.at
        return Slide(0, "", BLANK, "plain", heading=heading, tokens=(), footnotes=(), notes=(), uses=(), at=at)
    uses = tuple(use for token in inline if (use := use_of(token)))
    return replace(slide, tokens=(), footnotes=(), notes=(), uses=uses)


def _named(slides: Iterable[Slide]) -> list[Slide]:
    """Give each slide without an id the slug of its title, made unique by a number."""
    slides = list(slides)
    used = {slide.id for slide in slides}
    named = []
    for slide in slides:
        title = anchor(slug(slide.title))
        name, count = slide.id or title, 1
        while not slide.id and name in used:
            count += 1
            name = f"{title}-{count}"
        used.add(name)
        named.append(replace(slide, id=name))
    return named


def slug(title: str) -> str:
    """Return a title as an anchor: its words, of letters and digits of any script, in lower case, joined by hyphens."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", title).lower())
    return "-".join(words) or "slide"


def _is_comment(token: Token) -> bool:
    return bool(token.type == "html_block" and token.content.lstrip().startswith("<!--"))


def _with_inner(use: Use) -> Iterator[Use]:
    """Yield a use and the uses in its alternative text, caption and callouts; uses that follow frames once per run."""
    if isinstance(use, CellUse):
        for part in use.parts:
            yield from _with_inner(part)
        return
    yield use
    yield from use.data if isinstance(use, FigureUse) else ()
    inner = (use_of(token) for passage in passages_of(use) for token in walk(passage.tokens))
    for role in (role for role in inner if isinstance(role, EvalUse)):
        runs = use.runs if isinstance(use, FigureUse) and role.follows else (role.run,)
        yield from (replace(role, run=run) for run in runs)


def _numbered(slides: Iterable[Slide]) -> Iterator[Slide]:
    """Number the slides of the main path, those of the appendix, and the sections, each from 1."""
    counts = {False: 0, True: 0}
    sections = 0
    for slide in slides:
        counts[slide.appendix] += 1
        starts = slide.kind == "section" and not slide.appendix
        sections += starts
        yield replace(slide, number=counts[slide.appendix], section=sections if starts else 0)
