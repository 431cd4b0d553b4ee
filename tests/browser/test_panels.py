"""What keys of our own open: help, finding a slide, where a slide came from, data as a table; and code to copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.screen import Screen
from verideck.core.unseen import marked

pytestmark = pytest.mark.browser

SWEEP, CODE = 6, 8
"""Numbers of the slides with a sweep and with code."""


@pytest.fixture(scope="module")
def page(chromium: Browser, showcase: Path) -> Iterator[Screen]:
    """Return the showcase, one page for all of these tests."""
    with Screen(chromium, showcase / "dist/showcase.html") as opened:
        yield opened
    assert opened.complaints == []


@pytest.fixture
def deck(page: Screen) -> Screen:
    """Return the showcase with no panel open."""
    page.page.evaluate("for (const panel of document.querySelectorAll('dialog')) panel.close()")
    return page


def panel(deck: Screen) -> Locator:
    return deck.page.locator("dialog[open]")


@pytest.mark.parametrize(
    ("key", "wish", "place"),
    [("/", "solnik", 9), ("g", "7", 7), ("g", "a1", 11), ("Control+Shift+F", "ブラック ボックス", 7)],
)
def test_a_slide_is_found_by_number_or_words(deck: Screen, key: str, wish: str, place: int) -> None:
    deck.go(1).press(key).page.keyboard.type(wish)
    deck.press("Enter")
    expect(panel(deck)).to_have_count(0)
    deck.arrive(place)


def test_what_is_on_no_slide_is_not_found(deck: Screen) -> None:
    deck.go(1).press("/").page.keyboard.type("zebra")
    expect(panel(deck)).to_contain_text("見つかりません")
    deck.press("Enter")
    assert panel(deck).count() == 1
    deck.page.get_by_role("searchbox").fill("")
    expect(panel(deck).locator("li")).to_have_count(deck.slides)
    deck.press("ArrowDown", "ArrowDown", "Enter")
    deck.arrive(2)


def test_a_slide_tells_where_its_figures_and_numbers_came_from(deck: Screen) -> None:
    for closing in ("i", "Escape"):
        deck.go(SWEEP).press("i")
        for fact in ("snippets/sweep.py", "slopes[0] = 0.86", "alpha = 0, 10, 20", "default_rng(5)", "numpy 2"):
            expect(panel(deck)).to_contain_text(fact)
        expect(panel(deck)).to_contain_text("python snippets/sweep.py")
        expect(panel(deck)).to_contain_text("figures/sweep-alpha=0.svg")
        deck.press("ArrowRight", closing)
        expect(panel(deck)).to_have_count(0)
        assert deck.place == (SWEEP, 0)


def test_a_figures_data_are_a_table_on_demand(deck: Screen) -> None:
    button = deck.go(SWEEP).page.locator("section.present summary", has_text="データの表")
    deck.press("d")
    rows = panel(deck).locator("tr")
    assert [rows.nth(index).inner_text().split() for index in (0, 1)] == [
        ["λ", "w", "E"],
        ["0", "0.86", "17.2"],
    ]
    assert rows.count() == 12
    deck.press("d")
    deck.page.locator("section.present .picture").hover()
    button.click()
    assert rows.count() == 12
    deck.press("Escape")
    assert deck.place == (SWEEP, 0)


def test_code_is_copied_as_it_runs(deck: Screen, showcase: Path) -> None:
    page = deck.go(CODE).page
    script = (showcase / "snippets/tuned.py").read_text("utf-8").splitlines()
    code = "\n".join(line for line in script if not line.strip().startswith(("# region", "# endregion"))).strip()
    refused = "document.addEventListener('copy', () => { taken = document.activeElement.value; })"
    refused += "; navigator.clipboard.writeText = () => Promise.reject()"
    for prepared in ("navigator.clipboard.writeText = async (text) => { taken = text; }", refused):
        page.evaluate(f"var taken = ''; {prepared}; undefined")
        page.locator("section.present .listing").hover()
        button = page.locator("section.present .copy")
        button.click()
        expect(button).to_have_text("コピーしました")
        assert "\n".join(line for line in page.evaluate("taken").strip().split("\n")) == code
    expect(page.locator(".announcement")).to_have_text("コピーしました")


def test_what_is_shown_escaped_in_code_is_copied_as_it_is(deck: Screen) -> None:
    page = deck.go(CODE).page
    line = page.locator("section.present .line").first
    before = line.inner_html()
    line.evaluate("(line, html) => { line.innerHTML = html; }", marked("a\u202eb"))
    page.evaluate("var taken = ''; navigator.clipboard.writeText = async (text) => { taken = text; }; undefined")
    page.locator("section.present .listing").hover()
    page.locator("section.present .copy").click()
    assert page.evaluate("taken").split("\n")[0] == "a\u202eb"
    line.evaluate("(line, html) => { line.innerHTML = html; }", before)


def test_the_space_bar_presses_what_the_keyboard_went_to_and_turns_slides_after_a_click(deck: Screen) -> None:
    deck.open(f"#/{CODE}").press("Tab", "Space")
    button = deck.page.locator("section.present .copy")
    expect(button).to_have_text("コピーしました")
    assert deck.place == (CODE, 0)
    deck.open(f"#/{CODE}").page.locator("section.present .listing").hover()
    button = deck.page.locator("section.present .copy")
    button.click()
    expect(button).to_have_text("コピーしました")
    assert deck.press("Space").place == (CODE, 1)


def test_the_screen_is_blanked_and_fills_the_display(deck: Screen) -> None:
    for key in ("b", "."):
        assert deck.go(1).press(key).page.evaluate("Reveal.isPaused()")
        assert not deck.press(key).page.evaluate("Reveal.isPaused()")
    deck.press("f").page.wait_for_function("document.fullscreenElement")
    deck.page.evaluate("document.exitFullscreen()")


def test_the_address_tells_the_step(deck: Screen) -> None:
    deck.go(CODE, "first").press("ArrowRight", "ArrowRight")
    expect(deck.page).to_have_url(re.compile(r"#/code/1$"))
    assert deck.open("#/code/1").place == (CODE, 2)


@pytest.mark.parametrize(("key", "field"), [("?", "[type=checkbox]"), ("/", "[type=search]")])
def test_a_key_that_follows_at_once_is_the_slides_again(deck: Screen, key: str, field: str) -> None:
    deck.go(1).press(key).page.locator(f"dialog[open] {field}").focus()
    overview = deck.page.evaluate("""() => {
        const press = (key, keyCode) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, keyCode, bubbles: true, cancelable: true}));
        press("Escape", 27);
        press("o", 79);  // before the browser draws again: only then would a hidden field give the focus away
        return Reveal.isOverview();
    }""")
    assert overview
    deck.press("o")


def test_letters_as_keys_can_be_switched_off(deck: Screen) -> None:
    deck.open().press("?")
    switch = deck.page.get_by_role("checkbox")
    expect(switch).to_be_checked()
    switch.uncheck()
    deck.press("Escape")
    for _ in range(2):
        deck.press("?", "/", "o", "b", "i", "g", "r")
        assert panel(deck).count() == 0
        assert not deck.page.evaluate("Reveal.isOverview() || Reveal.isPaused()")
        assert deck.press("ArrowRight").place == (2, 0)
        deck.press("Home").page.reload()
        deck.page.wait_for_selector(".reveal.ready")
    deck.press("F1")
    switch.check()
    deck.press("Escape", "o")
    assert deck.page.evaluate("Reveal.isOverview()")
