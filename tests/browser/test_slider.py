"""A slider, what follows it, and steps: frames, callouts and notes that the same key advances."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.harness import DeckTest
from tests.screen import Screen

pytestmark = pytest.mark.browser

DECK = """# One

```{figure} line.py
:alt: a line, steep as {eval}`slope`
:sweep: slope=[0, 1, 2]
:at: 1
:label: steepness
ends at [{eval}`end:.1f`]{.w}
```

---

# Two

::: incremental
- first
:::

```{figure} frames.py@*
:alt: growing
:steps: 1 | grown
value {eval}`values:.1f`
```

::: notes
At first.
:::

::: notes {step=2}
Grown.
:::

---

# Three

```{snippet} line.py
:steps: drawing | 1-3
drawing: draws
```
"""
LINE = """import matplotlib.pyplot as plt
# region parameters
slope = 1
# endregion
end = 10.0 * slope
# region drawing
plt.plot([0, 1], [0, slope])
plt.show()
# endregion
"""
FRAMES = """import matplotlib.pyplot as plt
values = [1.0, 2.0, 40.0]
for n, label in enumerate(["1", "2", "grown"], 1):
    plt.figure(label, figsize=(4, 2))
    plt.plot(values[:n])
    plt.show()
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Path:
    deck = DeckTest(tmp_path_factory.mktemp("slider") / "project", fonts).write("slides/a.md", DECK)
    deck.write("snippets/line.py", LINE).write("snippets/frames.py", FRAMES).run("build", "--html", "--with-notes")
    assert deck.code == 0, deck.err
    return deck.root / "dist/a.presenting.html"


@pytest.fixture
def slides(chromium: Browser, built: Path) -> Iterator[Screen]:
    with Screen(chromium, built) as opened:
        yield opened
    assert opened.complaints == []


def shown(screen: Screen) -> tuple[str, str]:
    """Return the frame that is shown and the caption's text as it is seen."""
    frame = screen.page.locator("section.present .frame:visible")
    assert frame.count() == 1
    caption = screen.page.locator("section.present figcaption").inner_text()
    return frame.get_attribute("data-value") or "", " ".join(caption.split())


def test_the_value_follows_the_slider(slides: Screen) -> None:
    assert shown(slides) == ("1", "ends at 10.0")
    value = slides.page.locator("section.present .reading .w")
    width = value.bounding_box()
    assert slides.press("Tab", "ArrowRight").place == (1, 0)
    assert shown(slides) == ("2", "ends at 20.0")
    slides.press("Home")
    assert shown(slides) == ("0", "ends at 0.0")
    assert slides.page.get_by_role("slider").get_attribute("aria-valuetext") == "steepness = 0: ends at 0.0"
    assert slides.page.get_by_role("img", name="a line, steep as 0").count() == 1
    assert value.bounding_box() == width  # nothing moves but the digits


def test_frames_are_steps_like_a_list_and_the_hand_may_move_them(slides: Screen) -> None:
    slides.go(2, "first")
    assert shown(slides) == ("1", "value 1.0")
    slides.press("ArrowRight")
    expect(slides.page.locator("section.present li")).to_be_visible()
    assert shown(slides) == ("1", "value 1.0")
    slides.page.locator("section.present input").fill("1")
    assert shown(slides) == ("2", "value 2.0")
    assert slides.press("PageDown").place == (2, 2)
    assert shown(slides) == ("grown", "value 40.0")
    slides.page.locator("section.present input").fill("1")
    assert slides.press("PageUp").place == (2, 1)
    assert shown(slides) == ("1", "value 1.0")


def test_notes_change_with_their_step(slides: Screen) -> None:
    slides.go(2, "first")
    with slides.page.expect_popup() as opened:
        slides.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    expect(notes).to_have_text("At first.")
    slides.press("ArrowRight")
    expect(notes).to_have_text("At first.")
    slides.press("ArrowRight")
    expect(notes).to_have_text("Grown.")


def test_a_callout_comes_with_the_step_that_shows_its_region(slides: Screen) -> None:
    callout = slides.go(3, "first").page.locator("section.present .callouts li")
    expect(callout).to_be_hidden()
    slides.press("ArrowRight")
    expect(callout).to_be_visible()
    slides.press("ArrowRight")
    expect(callout).to_have_class("dim")
