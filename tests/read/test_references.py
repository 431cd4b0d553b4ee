"""References: figures, tables and equations are numbered in their order, and a reference that leads nowhere fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.decks import PATH, deck_of
from verideck.core.deck_model import Slide, passages
from verideck.core.markdown_tokens import plain, walk
from verideck.core.project import Sources
from verideck.read import parser, references

TEXT = """\
# One {#one}

See [](#fig-b), [](#tbl-a), [](#eq-a), [](#eq-b) and [](#two).

$$ x \\label{eq-a} $$

$$
y \\tag{*} \\label{eq-b}
$$

```{figure} a.py
:name: fig-a
:alt: A
```

---

# Two {#two}

```{figure} a.py
:name: fig-b
:alt: B
A caption
```

```{table} a.py: rows
:name: tbl-a
:caption: Rows, see [](#fig-a)
```
"""


def said(slide: Slide) -> list[str]:
    return [text for one in passages(slide) for line in one.lines if (text := plain(line))]


def test_references_say_the_number_and_lead_to_the_slide() -> None:
    deck, _ = deck_of(TEXT)
    one, two = deck.slides
    assert said(one)[:2] == ["One", "See Figure 2, Table 1, Equation 1, Equation * and Two."]
    links = [token.attrs["href"] for token in walk(one.tokens) if token.type == "link_open"]
    assert links == ["#two", "#two", "#one", "#one", "#two"]
    assert said(one)[-1] == "Figure 1"
    assert said(two)[-2:] == ["B", "A caption"] or "Figure 2: A caption" in said(two)
    assert "Table 1: Rows, see Figure 1" in said(two)
    assert [token.meta["number"] for token in walk(one.tokens) if token.type == "math_block"] == ["1", "*"]


def test_numbers_are_in_the_language_of_the_deck() -> None:
    deck, _ = deck_of(f"---\nlang: ja\n---\n\n{TEXT}")
    assert said(deck.slides[0])[1].startswith("See 図 2, 表 1, 式 1")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("[](#fig-b)", "[](#fig-c)", "a.md:3:5: nothing is called 'fig-c'"),
        (":name: fig-b", ":name: fig-a", "the name 'fig-a' is given twice"),
    ],
)
def test_a_reference_that_leads_nowhere_fails(before: str, after: str, message: str) -> None:
    sources = Sources(Path("nowhere"), {PATH: TEXT.replace(before, after, 1), "snippets/a.py": "rows = 1"})
    assert any(message in str(error) for error in parser.parse(PATH, sources).errors)


def test_a_caption_without_a_name_has_no_number() -> None:
    assert references.label("", "figure", deck_of("# One\n\nx")[0].slides[0].at, alone=True) == ()
