"""How far text shrinks: the first step at which all fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from markupsafe import Markup

from tests.decks import deck_of, theme
from tests.harness import DeckTest
from verideck.core.theme import FIT
from verideck.render.fit import LAST, TIGHT, fit_steps, fitted, surely_fits
from verideck.render.pages import deck_fits
from verideck.render.pdf.layout import Anchor, Drawing, Layout, Overflow, SlideLayout
from verideck.render.slides import SlideView, slide_views
from verideck.typeset.fonts import Fonts

DOWN = Overflow(Anchor("body", 0), "text", "slide", "down", 9.0, "")
ACROSS = Overflow(Anchor("body", 0), "table", "slide", "across", 9.0, "")
SQUEEZED = Drawing(Anchor("body", 0), 0.2, 50.0, 0.0, "", (), "#ffffff")
NOTHING = SlideLayout((), (), ())


def step(view: SlideView) -> int:
    return next((int(name[-1]) for name in view.classes if name.startswith("fit-")), 0)


@pytest.mark.parametrize(
    ("fits_from", "wrong", "strict", "expected"),
    [
        (0, DOWN, False, 0),
        (2, DOWN, False, 2),
        (LAST, DOWN, False, LAST),
        (9, DOWN, False, LAST),
        (1, ACROSS, False, 1),
        (9, ACROSS, False, 0),
        (3, SQUEEZED, False, 3),
        (1, DOWN, True, 1),
        (2, DOWN, True, TIGHT),
    ],
)
def test_the_first_step_at_which_all_fits_is_taken(
    fits_from: int, wrong: Overflow | Drawing, strict: bool, expected: int
) -> None:
    deck, _ = deck_of("# One\n\ntext\n\n---\n\n# Two\n\ntext\n")
    views = slide_views(deck, {}, theme().palette, "print", notes=False)
    overflows, drawings = ((wrong,), ()) if isinstance(wrong, Overflow) else ((), (wrong,))

    def lay_out(some: Sequence[SlideView]) -> Layout:
        fine = [view.id == "two" or step(view) >= fits_from for view in some]
        return Layout(tuple(NOTHING if one else SlideLayout(overflows, (), drawings) for one in fine))

    assert fit_steps(deck.slides, views, strict, lay_out) == {"one": expected, "two": 0}


def test_a_slide_may_say_otherwise_than_its_deck() -> None:
    deck, _ = deck_of("# One {fit=strict}\n\n---\n\n# Two {fit=shrink}\n")
    views = slide_views(deck, {}, theme().palette, "print", notes=False)
    too_much = SlideLayout((DOWN,), (), ())
    for strict in (True, False):
        found = fit_steps(deck.slides, views, strict, lambda some: Layout((too_much,) * len(some)))
        assert found == {"one": TIGHT, "two": LAST}


@pytest.mark.parametrize(("lines", "laid_out", "expected"), [(300, True, 0), (301, False, LAST)])
def test_output_without_end_is_not_laid_out(lines: int, laid_out: bool, expected: int) -> None:
    deck, _ = deck_of("# One\n\ntext\n")
    (view,) = slide_views(deck, {}, theme().palette, "print", notes=False)
    view = replace(view, body=Markup('<pre data-block="0" class="output"><samp>{}</samp></pre>').format("x\n" * lines))
    asked: list[int] = []

    def lay_out(some: Sequence[SlideView]) -> Layout:
        asked.append(len(some))
        return Layout((NOTHING,) * len(some))

    assert fit_steps(deck.slides, [view], False, lay_out) == {"one": expected}
    assert bool(asked) == laid_out


def test_little_text_is_not_laid_out() -> None:
    def sure(text: str) -> bool:
        return surely_fits(deck_of(text)[0].slides[0], 1120, 484, 28)

    assert sure("# One\n\nA sentence with `code` and **weight**.\n\n- one\n- two\n")
    assert not sure("# One\n\n" + "- item\n" * 6)
    assert not sure("# One\n\n" + "\u5168" * 200 + "\n")
    assert not sure("# One\n\n| a |\n|---|\n| b |\n")
    assert not sure("# " + "A long title " * 5 + "\n")


ROWS = "".join(f"| row {n} | {n} |\n" for n in range(6))
HOLDS = {
    "a sentence and a table of six rows": f"A sentence says what this is.\n\n| a | b |\n|---|--:|\n{ROWS}",
    "a sentence and six bullets of eight words": "A sentence says what this is.\n\n"
    + "- a bullet that has eight words in it\n" * 6,
    "ten numbered items": "1. a step of the whole\n" * 10,
}


@pytest.mark.slow
def test_ordinary_slides_lose_space_and_no_size(deck: DeckTest) -> None:
    text = "\n---\n\n".join(f"# {name}\n\n{body}" for name, body in HOLDS.items())
    one, _ = deck_of(text)
    steps = deck_fits(one, {}, theme(), Fonts(deck.root))
    assert len(steps) == len(HOLDS)
    assert max(steps.values()) <= TIGHT


@pytest.mark.slow
def test_a_slide_is_one_page_and_what_is_too_much_is_found(deck: DeckTest) -> None:
    from pypdf import PdfReader

    much = "\n\n".join(f"Paragraph {n}." for n in range(60))
    deck.write("slides/a.md", f"# Much\n\n{much}\n\n---\n\n# Little\n\nText.\n").run(
        "build", "--pdf", "--notes", "--steps"
    ).fine()
    for kind in ("pdf", "steps.pdf", "notes.pdf"):
        pages = PdfReader(deck.root / f"dist/a.{kind}").pages
        assert len(pages) == 2, kind
        if kind != "notes.pdf":
            assert [(float(page.mediabox.width), float(page.mediabox.height)) for page in pages] == [(960, 540)] * 2
    assert "px over the bottom of the slide" in deck.out


def test_steps_only_shrink() -> None:
    assert list(FIT) == sorted(FIT, reverse=True)
    deck, _ = deck_of("# One\n")
    (view,) = slide_views(deck, {}, theme().palette, "screen", notes=False)
    assert fitted(view, 0) is view
    assert fitted(view, 2).classes == (*view.classes, "fit-2")
