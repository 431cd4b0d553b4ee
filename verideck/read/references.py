"""Numbers figures, tables and equations that have a name, and completes the references to them, `[](#fig-fit)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from verideck.core.deck_model import Slide, passages
from verideck.core.errors import DeckError, did_you_mean
from verideck.core.markdown_tokens import place_of, walk
from verideck.core.run_model import Location


@dataclass(frozen=True, slots=True)
class _Target:
    """What a reference leads to."""

    text: str
    slide: str
    """Id of the slide."""
    at: Location


def label(name: str, kind: str, at: Location, alone: bool) -> tuple[Token, ...]:
    """Return the beginning of a caption, in which `resolve` writes the number; none without a name.

    kind: `figure` or `table`. alone: whether there is no other caption.
    """
    return (Token("text", "", 0, meta={"called": name, "kind": kind, "at": at, "alone": alone}),) if name else ()


def resolve(slides: Sequence[Slide], words: Mapping[str, str]) -> Iterator[tuple[int, DeckError]]:
    """Write numbers and references into the tokens of slides; yield (index of the slide, error) for what is wrong.

    words: `figure`, `table` and `equation` in the deck's language.
    """
    targets: dict[str, _Target] = {}
    counts = dict.fromkeys(("figure", "table", "equation"), 0)
    for index, slide in enumerate(slides):
        for token in _tokens(slide):
            if "called" in token.meta:
                name, kind = token.meta["called"], token.meta["kind"]
                at = token.meta.get("at") or place_of(token, slide.at.path)
                if name in targets:
                    hint = f"the other one is at {targets[name].at}"
                    yield index, DeckError(f"the name '{name}' is given twice", at, hint)
                    continue
                counts[kind] += "tag" not in token.meta
                number = token.meta.get("tag") or str(counts[kind])
                text = f"{words[kind].capitalize()} {number}"
                targets[name] = _Target(text, slide.id, at)
                if kind == "equation":
                    token.meta["number"] = number
                else:
                    token.content = text if token.meta["alone"] else f"{text}: "
    titles = {slide.id: _Target(slide.title, slide.id, slide.at) for slide in slides}
    for index, slide in enumerate(slides):
        for token in _tokens(slide):
            if "reference" in token.meta:
                yield from ((index, error) for error in _refer(token, {**titles, **targets}, slide))


def _tokens(slide: Slide) -> Iterator[Token]:
    """Yield all tokens of a slide once, those of captions with their slide."""
    yield from _walk(token for passage in passages(slide) for token in passage.tokens)


def _walk(tokens: Iterable[Token]) -> Iterator[Token]:
    seen: set[int] = set()
    for token in walk(tokens):
        if id(token) not in seen:
            seen.add(id(token))
            yield token


def _refer(token: Token, targets: Mapping[str, _Target], slide: Slide) -> Iterator[DeckError]:
    """Complete a reference; yield the error if it leads nowhere."""
    link: Token = token.meta["reference"]
    name = str(link.attrs["href"]).removeprefix("#")
    if found := targets.get(name):
        token.content, link.attrs["href"] = found.text, f"#{found.slide}"
        return
    hint = did_you_mean(name, targets) or "name it: `:name: NAME` of a figure or table, `\\label{NAME}` in a formula"
    yield DeckError(f"nothing is called '{name}'", place_of(token, slide.at.path), hint)
