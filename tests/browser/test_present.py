"""Presenting in a browser: patches keep slide, step and slider; errors, stale figures and live results are seen."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness import DeckTest
from tests.screen import Window
from tests.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.browser]

DECK = """---
title: A talk
---

# One

First.

---

# Steps {#steps}

::: incremental
- alpha
- beta
- gamma
:::

::: notes
Only for the speaker.
:::

---

# Figure {#figure}

```{figure} draws.py
:sweep: slope=[1, 2, 3]
:alt: A line
```

---

# Code {#code}

```{snippet} draws.py
:steps: 1 | 2
```
"""
DRAWS = """import matplotlib.pyplot as plt

# region parameters
slope = 1
# endregion
plt.plot([0, 1], [0, slope])
plt.title("before")
plt.show()
print("slope", slope)
"""


LOOK = "templates/present.css"


class Talk:
    """A project with steps, a slider and code, and its server; `restore` makes it as it was when it was opened."""

    def __init__(self, deck: DeckTest, server: Server) -> None:
        self.deck, self.server = deck, server
        self.files = {path: deck.read(path) for path in ("slides/talk.md", "snippets/draws.py", LOOK)}
        self.shown = next(shown for show in server.shows() if not (shown := shows(show))["status"])

    def restore(self) -> None:
        """Write what was changed, and wait until that is shown."""
        for path, text in self.files.items():
            if self.deck.read(path) != text:
                self.deck.write(path, text)
        next(show for show in self.server.shows() if shows(show) == self.shown)


def shows(message: dict[str, Any]) -> dict[str, Any]:
    """Return what a server shows, by keys of it."""
    return {name: message[name] for name in ("frame", "slides", "status")}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Iterator[Talk]:
    """Return a talk that is presented, one for all of these tests, all its snippets having been run."""
    deck = DeckTest(tmp_path_factory.mktemp("present") / "talk", fonts)
    deck.write("slides/talk.md", DECK).write("snippets/draws.py", DRAWS)
    with Server(deck.root, "--live") as running:
        yield Talk(deck, running)


@pytest.fixture
def deck(talk: Talk) -> Iterator[DeckTest]:
    """Return the talk's project, which may be edited."""
    yield talk.deck
    talk.restore()


@pytest.fixture
def server(talk: Talk) -> Server:
    """Return the talk's server."""
    return talk.server


@pytest.fixture
def page(chromium: Browser, deck: DeckTest, server: Server) -> Iterator[Page]:
    """Return the page, closed before the deck is restored; a complaint of the browser fails the test."""
    with presented(chromium, server) as opened:
        yield opened


@contextlib.contextmanager
def presented(chromium: Browser, server: Server, refused: str = "") -> Iterator[Page]:
    """Open the page of a server; a complaint of the browser that does not hold `refused` is an error."""
    window = Window.borrow(chromium)
    window.page.goto(server.url)
    expect(window.page.locator("section.present")).to_be_visible()
    try:
        yield window.page
    finally:
        window.give_back()
    complaints = [text for what, text in window.heard if what != "request"]
    assert [text for text in complaints if not refused or refused not in text] == []


def place(page: Page) -> Any:
    return page.evaluate("[Reveal.getCurrentSlide().id, Reveal.getIndices().f]")


def go(page: Page, slide: str, step: int = 0) -> None:
    page.evaluate("([id, f]) => Reveal.slide(Reveal.getSlides().findIndex((it) => it.id === id), 0, f)", [slide, step])


def test_what_is_saved_is_patched_in_and_the_place_stays(page: Page, deck: DeckTest) -> None:
    go(page, "steps", 1)
    page.evaluate("self.same = document.querySelector('#code')")
    deck.edit("slides/talk.md", "- beta", "- beta and more")
    expect(page.locator("#steps")).to_contain_text("beta and more")
    assert place(page) == ["steps", 1]
    assert page.locator("#steps .fragment.visible").count() == 2
    assert page.evaluate("[...document.querySelectorAll('section')].map((it) => it.inert)") == [True, False, True, True]
    assert page.evaluate("self.same === document.querySelector('#code')")  # what did not change is not touched
    page.keyboard.press("ArrowRight")
    assert place(page) == ["steps", 2]

    deck.edit("slides/talk.md", "# Steps", "# New\n\n---\n\n# Steps")
    expect(page.locator("section")).to_have_count(5)
    assert place(page) == ["steps", 2]
    deck.edit("slides/talk.md", "# New\n\n---\n\n", "")
    expect(page.locator("section")).to_have_count(4)
    assert place(page) == ["steps", 2]


def test_steps_and_sliders_of_a_patched_slide_work(page: Page, deck: DeckTest) -> None:
    go(page, "figure")
    page.locator("#figure input").fill("2")
    deck.edit("slides/talk.md", "# Figure", "# The figure")
    expect(page.locator("#figure h1")).to_have_text("The figure")
    assert page.locator("#figure input").input_value() == "2"
    expect(page.locator("#figure .frame:not([hidden])")).to_have_attribute("data-value", "3")
    deck.edit("slides/talk.md", "# Code", "# The code")
    expect(page.locator("#code h1")).to_have_text("The code")
    go(page, "code", 0)
    assert page.locator("#code .line.dim").count() == page.locator("#code .line").count() - 1


def test_another_look_or_title_loads_the_page_anew_at_the_same_place(page: Page, deck: DeckTest) -> None:
    go(page, "steps", 1)
    deck.edit("slides/talk.md", "title: A talk", "title: Another talk")
    expect(page).to_have_title("2 / 4: Steps – Another talk")
    assert place(page) == ["steps", 1]


def test_a_snippet_that_is_saved_draws_a_new_figure(page: Page, deck: DeckTest) -> None:
    go(page, "figure")
    deck.edit("snippets/draws.py", "before", "after")
    expect(page.locator("#figure .frame:not([hidden]) svg")).to_contain_text("after", timeout=20_000)


def test_a_failing_snippet_keeps_its_last_figure_marked_and_heals(page: Page, deck: DeckTest) -> None:
    go(page, "figure")
    deck.edit("snippets/draws.py", "plt.show()", "plt.show(")
    expect(page.locator("#figure .card")).to_contain_text("snippets/draws.py:8", timeout=20_000)
    expect(page.locator("#figure .state", has_text="stale: the slide as it was before")).to_be_visible()
    expect(page.locator("#figure .frame:not([hidden]) svg")).to_contain_text("before")
    deck.edit("snippets/draws.py", "plt.show(", "1 / 0")
    expect(page.locator("#figure .card")).to_contain_text("ZeroDivisionError: division by zero", timeout=20_000)
    expect(page.locator("#figure .state", has_text="stale: the last good result of draws.py")).to_be_visible()
    expect(page.locator("#figure .frame:not([hidden]) svg")).to_contain_text("before")
    assert place(page)[0] == "figure"
    deck.edit("snippets/draws.py", "1 / 0", "plt.show()")
    expect(page.locator(".card, .state")).to_have_count(0, timeout=20_000)
    expect(page.locator(".presenting")).to_be_hidden()


def test_an_error_in_the_deck_is_a_card_on_its_slide(page: Page, deck: DeckTest) -> None:
    go(page, "steps", 1)
    deck.edit("slides/talk.md", "- gamma", "- gamma $\\frac{1$")
    card = page.locator("#steps .card")
    expect(card).to_contain_text("slides/talk.md:16:")
    expect(card).to_contain_text("^")
    expect(page.locator("#steps .state")).to_have_text("stale: the slide as it was before")
    expect(page.locator("#steps")).to_contain_text("gamma")
    assert place(page) == ["steps", 1]
    expect(page.locator("#one")).to_contain_text("First.")
    deck.edit("slides/talk.md", "# Steps {#steps}", "# Steps {#steps seconds=x}")  # its heading, too: it has no name
    expect(card).to_contain_text(["is not a number of seconds", "slides/talk.md:16:"])
    assert place(page) == ["steps", 1]
    deck.edit("slides/talk.md", "# Steps {#steps seconds=x}", "# Steps {#steps}")
    deck.edit("slides/talk.md", " $\\frac{1$", " and delta")
    expect(page.locator(".card, .state")).to_have_count(0)
    expect(page.locator("#steps")).to_contain_text("gamma and delta")
    assert place(page) == ["steps", 1]


def test_a_snippet_is_run_in_front_of_all(page: Page, server: Server) -> None:
    go(page, "code")
    page.get_by_role("button", name="draws.py").click()
    result = page.get_by_role("dialog")
    expect(result).to_contain_text("the same as recorded", timeout=20_000)
    assert result.locator("svg").count() == 2
    page.keyboard.press("Escape")
    expect(result).to_be_hidden()
    page.keyboard.press("Space")  # after a click the slides' again
    assert place(page) == ["code", 1]
    button = page.get_by_role("button", name="draws.py")
    button.focus()
    page.keyboard.press("Enter")
    expect(result).to_be_visible()
    assert result.get_by_role("img", name="now: figure 1").count() == 1
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_page_to_read_stays_at_its_line_and_shows_errors_below_their_slide(page: Page, deck: DeckTest) -> None:
    go(page, "figure")
    page.set_viewport_size({"width": 320, "height": 300})
    expect(page.locator("html[data-view=text] #figure")).to_be_visible()
    page.evaluate("document.fonts.ready")  # until then it goes to its slide
    page.locator("#code h1").scroll_into_view_if_needed()
    line = page.evaluate("scrollY")
    deck.edit("slides/talk.md", "# Code", "# The code $\\frac{1$")
    card, code = page.locator("#code .card"), page.locator("#code .code")
    expect(card).to_be_visible()
    above, below = code.bounding_box(), card.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    page.wait_for_function("line => Math.abs(scrollY - line) < 10", arg=line)


def test_the_speaker_sees_notes_and_both_slides(page: Page) -> None:
    go(page, "steps")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    view = opened.value
    expect(view.locator(".speaker-controls-notes")).to_contain_text("Only for the speaker.")
    for name in ("current", "upcoming"):
        slide = view.frame_locator(f"#{name}-slide iframe").locator("section.present")
        expect(slide).to_be_visible()
    expect(view.frame_locator("#current-slide iframe").locator(".live-runs button")).to_have_count(0)


def test_another_look_leaves_the_talk_and_the_speakers_views_where_they_are(page: Page, deck: DeckTest) -> None:
    go(page, "steps")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    frames = [opened.value.frame_locator(f"#{name}-slide iframe") for name in ("current", "upcoming")]
    for frame in frames:
        expect(frame.locator("section.present")).to_have_id("steps")
    go(page, "code", 1)
    for frame in frames:
        expect(frame.locator("section.present")).to_have_id("code")
    deck.write(LOOK, deck.read(LOOK) + ".slide h1 { color: rgb(1, 2, 3); }")
    titles = [page.locator("section.present h1"), *(frame.locator("section.present h1") for frame in frames)]
    for title in titles:
        expect(title).to_have_css("color", "rgb(1, 2, 3)")
    deck.edit("slides/talk.md", "# Code", "# The code")
    for title in titles:
        expect(title).to_have_text("The code")
    assert place(page) == ["code", 1]


def test_windows_that_nobody_sees_leave_their_connections_to_others(page: Page, server: Server, deck: DeckTest) -> None:
    for _ in range(6):  # as many as a browser keeps to one server
        unseen = page.context.new_page()
        unseen.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !self.isSeen })")
        unseen.goto(server.url)
    page.reload()
    expect(page.locator("section.present")).to_be_visible()
    deck.edit("slides/talk.md", "First.", "Second.")
    expect(page.locator("#one")).to_contain_text("Second.")
    unseen.evaluate("self.isSeen = true; document.dispatchEvent(new Event('visibilitychange'))")
    expect(unseen.locator("#one")).to_contain_text("Second.")


def test_the_page_stays_when_the_server_ends(chromium: Browser, tmp_path: Path, fonts: Path) -> None:
    alone = DeckTest(tmp_path / "talk", fonts).write("slides/talk.md", DECK.partition("\n---\n\n# Figure")[0])
    # What the page then asks of the server is refused, and the browser says so.
    with Server(alone.root) as server, presented(chromium, server, "ERR_CONNECTION_REFUSED") as page:
        go(page, "steps", 1)
        server.interrupt()
        expect(page.locator(".presenting")).to_contain_text("has ended")
        assert place(page) == ["steps", 1]
        page.evaluate("stop()")


def test_an_edit_is_on_screen_in_a_moment(page: Page, deck: DeckTest) -> None:
    """The bound is generous: other tests run beside this one."""
    go(page, "steps")
    watch = """(word) => { self.seen = 0; new MutationObserver((_, it) => {
        if (!document.querySelector('#steps').textContent.includes(word)) return;
        self.seen = Date.now(); it.disconnect(); }).observe(document.querySelector('.slides'), {childList: true}); }"""
    took = []
    for number in range(5):
        time.sleep(0.3)
        page.evaluate(watch, f"word{number}.")
        begun = page.evaluate("Date.now()")  # the browser's clock may not be ours
        deck.edit("slides/talk.md", "- gamma", f"- gamma word{number}.")
        expect(page.locator("#steps")).to_contain_text(f"word{number}.")
        took.append(page.evaluate("self.seen") - begun)
        deck.edit("slides/talk.md", f" word{number}.", "")
        expect(page.locator("#steps")).not_to_contain_text(f"word{number}.")
    assert statistics.median(took) < 1500, took
