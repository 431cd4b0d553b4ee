"""The nouns of a deck: what follows from their fields, and all that the author of a slide wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from verideck.check import links
from verideck.check.changes import sentences
from verideck.check.typed_numbers import numbers
from verideck.core.deck_model import Deck, FigureUse, OutputUse, Slide, passages, runs_of
from verideck.core.markdown_tokens import plain, use_of, value_of, walk
from verideck.core.project import Sources
from verideck.core.run_model import Location, Meta, Result, RunId
from verideck.read import parser

SLIDE = """# Head %(heading)s {#one eyebrow="Eye %(eyebrow)s"}

Body %(body)s.[^n]

[^n]: Foot %(footnote)s.

- item

::: notes
Note %(notes)s.
:::

```{figure} a.py
:alt: Alt %(alternative text)s
Caption %(caption)s
```

```{snippet} a.py
:steps: r
r: Callout %(callout)s
```

```{snippet} a.py
:hide:
:caption: hidden
r: hidden
```
"""
AT = Location("slides/a.md", 1)
SCRIPT = "# region r\nx = 1\n# endregion\n"
PLACES = ["eyebrow", "heading", "body", "notes", "footnote", "alternative text", "caption", "callout"]


def slide(text: str = "", only: str = "") -> tuple[Slide, Sources]:
    """Return a slide with a text in each place, or in one alone."""
    deck = SLIDE % {place: text if only in ("", place) else "" for place in PLACES}
    sources = Sources(Path("nowhere"), {"slides/a.md": deck, "snippets/a.py": SCRIPT})
    return parser.parse("slides/a.md", sources).valid().slides[0], sources


def test_each_place_is_walked_once_and_what_is_hidden_is_not() -> None:
    found = list(passages(slide()[0]))
    assert [passage.where for passage in found if passage.tokens] == PLACES
    texts = [" ".join(plain(tokens) for tokens in passage.lines).split(" ")[0] for passage in found if passage.tokens]
    assert texts == ["Eye", "Head", "Body", "Note", "Foot", "Alt", "Caption", "Callout"]


@pytest.mark.parametrize("place", PLACES)
def test_a_typed_number_is_found_in_each_place(place: str) -> None:
    one, sources = slide("0.84", place)
    (number,) = numbers(one, sources.line)
    line = sources.line("slides/a.md", number.at.line) or ""
    assert line[number.at.column - 1 :].startswith("0.84")


@pytest.mark.parametrize("place", [place for place in PLACES if place != "alternative text"])
def test_a_link_is_found_in_each_place(place: str) -> None:
    one, sources = slide("[link](#gone)", place)
    ((said, at),) = (found for found in links.read(one) if found[0].kind == "link")
    assert said.what == "#gone"
    assert "#gone" in (sources.line("slides/a.md", at.line) or "")


@pytest.mark.parametrize("place", PLACES)
def test_a_value_that_changed_is_found_in_each_place(place: str) -> None:
    one, _ = slide("{eval}`a.py: x`", place)
    before, after = ({RunId("snippets/a.py"): Result(values={"x": value})} for value in (1, 2))
    (sentence,) = sentences(one, before, after)
    assert sentence.where == place
    assert [(part.before, part.after) for part in sentence.parts if part.differs] == [("1", "2")]


def test_a_role_knows_its_value_and_other_tokens_have_none() -> None:
    one, _ = slide("{eval}`a.py: x`", "body")
    tokens = [*walk(one.tokens)]
    (role,) = (token for token in tokens if token.type == "role")
    assert value_of(role).expression == "x"
    assert use_of(role) is value_of(role)
    assert [use_of(token) for token in tokens if token.type == "text"] == [None] * 3


@pytest.mark.parametrize(
    ("path", "name"), [("slides/talk.md", "talk"), ("slides/talk.en.md", "talk.en"), ("talk.md", "talk")]
)
def test_a_deck_is_called_as_its_file(path: str, name: str) -> None:
    assert Deck(path, Meta(""), ()).name == name


@pytest.mark.parametrize(("lang", "talk"), [("en", "talk"), ("ja", "talk.en"), ("en-GB", "talk.en")])
def test_a_deck_with_its_language_in_its_name_is_an_edition(lang: str, talk: str) -> None:
    assert Deck("slides/talk.en.md", Meta("", lang=lang), ()).talk == talk


def test_a_slide_shows_each_run_once(tmp_path: Path) -> None:
    text = "# A\n\n{eval}`b.py: x`, {eval}`a.py: x`, {eval}`b.py: y`\n"
    sources = Sources(tmp_path, {"slides/a.md": text, "snippets/a.py": "x = 1", "snippets/b.py": "x = y = 2"})
    (slide,) = parser.parse("slides/a.md", sources).valid().slides
    assert slide.runs == (RunId("snippets/b.py"), RunId("snippets/a.py"))


def test_a_figure_may_show_several_runs_all_else_shows_one() -> None:
    runs = tuple(RunId("snippets/a.py", (("k", k),)) for k in (1, 2))
    figure = FigureUse(runs, "", "k", (1, 2), "k", None, (), (), AT)
    assert runs_of(figure) == runs
    assert runs_of(OutputUse(runs[1], AT)) == (runs[1],)


def test_the_appendix_is_numbered_apart() -> None:
    sources = Sources(Path("nowhere"), {"slides/a.md": "# A\n\n---\n\n# B {.appendix}\n\n---\n\n# C\n"})
    slides = parser.parse("slides/a.md", sources).valid().slides
    assert [one.shown_number for one in slides] == ["1", "A1", "2"]
