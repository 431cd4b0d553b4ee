"""A deck and its results to slides as the templates take them."""

from __future__ import annotations

import re

import pytest

from tests.decks import deck_of, theme
from verideck.core.errors import DeckErrors
from verideck.core.run_model import Result, Results, RunId
from verideck.render.slides import SlideView, slide_view, slide_views, stepped_views

RUN = RunId("snippets/a.py")
RESULTS: Results = {RUN: Result("w is 0.5\n", values={"w": 0.5})}
PALETTE = theme().palette
DECK = """\
---
lang: ja
---

# 値は {eval}`a.py: w` です {.section #first mark="λ" eyebrow="of $x$"}

text[^n]

[^n]: {eval}`a.py: w:.2f`

::: notes
said
:::

---

# Two {seconds=90 lang=en}

::: incremental
- a
- b
:::

---

# Three {.appendix}

text
"""


def views(text: str = DECK, medium: str = "screen", notes: bool = True) -> tuple[SlideView, ...]:
    return slide_views(deck_of(text)[0], RESULTS, PALETTE, medium, notes)  # type: ignore[arg-type]


def test_slides_are_counted_the_appendix_apart() -> None:
    assert [(one.number, round(one.progress), one.label) for one in views()] == [
        ("1 / 2", 50, "1 / 2: 値は 0.5 です"),
        ("2 / 2", 100, "2 / 2: Two"),
        ("付録 A1", 100, "付録 A1: Three"),
    ]


def test_what_a_slide_is_made_of() -> None:
    first, second, _ = views()
    assert (first.id, first.kind, first.section_number, first.title_text) == ("first", "section", 1, "値は 0.5 です")
    assert "<math" in first.eyebrow
    assert first.footnotes == ('<li><span class="value">0.50</span></li>',)
    assert 'aria-hidden="true"' in first.mark
    assert first.notes == "<p>said</p>\n"
    assert (second.seconds, second.lang, second.steps, second.mark) == (90, "en", 2, "")


def test_notes_stay_out_of_what_is_published_but_their_values_are_checked() -> None:
    assert [one.notes for one in views(notes=False)] == ["", "", ""]
    with pytest.raises(DeckErrors, match="'v' has no recorded value"):
        views("# One\n\n::: notes\n{eval}`a.py: v`\n:::\n", notes=False)


def test_in_print_blocks_are_numbered_and_a_letter_is_a_ground() -> None:
    first, *_ = views(medium="print")
    assert '<p data-block="0">' in first.body
    assert "background-image:url(data:image/svg+xml;base64," in first.mark


def test_step_by_step_a_slide_comes_as_often_as_it_advances() -> None:
    made = stepped_views(deck_of(DECK)[0], RESULTS, PALETTE)
    assert [(one.number, "again" in one.classes) for one in made] == [
        ("1 / 2", False),
        ("2 / 2", False),
        ("2 / 2", True),
        ("2 / 2", True),
        ("付録 A1", False),
    ]
    assert [one.body.count("later") for one in made[1:4]] == [2, 1, 0]


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(DeckErrors) as caught:
        views("# One\n\n{eval}`a.py: v`\n\n---\n\n# Two\n\n{eval}`a.py: u`\n")
    assert [str(error.at) for error in caught.value.errors] == ["slides/a.md:3:1", "slides/a.md:9:1"]


def test_a_slide_with_an_error_is_shown_without_what_is_wrong() -> None:
    deck, _ = deck_of("# One\n\nIt is {eval}`a.py: v`.\n")
    view, errors = slide_view(deck, 0, RESULTS, PALETTE, "screen", True)
    assert view.body == "<p>It is .</p>\n"
    assert [str(error.at) for error in errors] == ["slides/a.md:3:7"]


def test_notes_of_a_step_that_is_not_there_are_an_error_at_their_line() -> None:
    with pytest.raises(DeckErrors, match=r"slides/a\.md:3:1: this slide has no step 2: it has 0"):
        views("# One\n\n::: notes {step=2}\nlater\n:::\n")


def test_a_footnote_of_several_paragraphs_keeps_them() -> None:
    (view,) = views("# One\n\na[^n]\n\n[^n]: one\n\n    two\n")
    assert view.footnotes == ("<li><p>one</p>\n<p>two</p>\n</li>",)


REFERENCES = """\
# Title[^t] {eyebrow="above[^e]"}

Text[^b].

::: incremental
- item[^i]
:::

```{snippet} a.py#fit
:steps: fit
fit: beside[^c]
```

```{table} a.py: rows
:caption: below[^k]
```

::: notes
Said[^n], and[^b].
:::

::: notes {step=2}
Later[^l].
:::

[^e]: E
[^t]: T
[^b]: B[^in]
[^i]: I
[^c]: C
[^k]: K
[^n]: N[^deep]
[^l]: L
[^deep]: D
[^in]: inner[^b]
"""


def test_a_footnote_may_be_referred_to_wherever_there_is_text() -> None:
    script = "# region fit\nx = 1\n# endregion\nrows = [{'a': 1}]\n"
    deck, _ = deck_of(REFERENCES, {"a.py": script})
    results = {RunId("snippets/a.py"): Result("", values={"rows": [{"a": 1}]})}
    (slide,) = slide_views(deck, results, PALETTE, "screen", notes=True)
    notes = [re.sub(r'<sup class="fn">|</sup>|</?li[^>]*>|</?p>', "", note) for note in slide.footnotes]
    assert notes == ["E", "T", "B7", "I", "C", "K", "inner3"]
    assert re.findall(r'(\w+)<sup class="fn">(\d)', slide.eyebrow + slide.title + slide.body) == [
        ("above", "1"), ("Title", "2"), ("Text", "3"), ("item", "4"), ("beside", "5"), ("below", "6")
    ]  # fmt: skip
    assert (slide.title_text, slide.label) == ("Title", "1 / 1: Title")
    steps = [re.findall(r'index="(\d)"', note) for note in slide.footnotes]
    assert steps == [[], [], [], ["0"], ["1"], [], []]
    assert re.findall(r'start="(\d+)"|<li>\s*<p>(\w)', slide.notes) == [
        ("8", ""), ("", "N"), ("", "D"), ("10", ""), ("", "L")
    ]  # fmt: skip


def test_step_by_step_a_footnote_comes_with_its_reference() -> None:
    text = "# One\n\n::: incremental\n- a[^a]\n- b[^b]\n:::\n\nall[^b]\n\n[^a]: A\n[^b]: B\n"
    made = stepped_views(deck_of(text)[0], {}, PALETTE)
    assert [["later" in note for note in one.footnotes] for one in made] == [
        [True, False],
        [False, False],
        [False, False],
    ]
