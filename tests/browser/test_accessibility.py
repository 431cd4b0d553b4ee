"""The deck for everyone: axe finds nothing in any view, one announcement a slide, one page to read at any width."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.axe import faults, faults_of_views
from tests.screen import Screen

pytestmark = pytest.mark.browser

CODE, SWEEP = 8, 6
"""Numbers of the slides with code in steps and with a sweep."""


def test_axe_finds_nothing_on_slides_panels_overview_and_paper(screen: Screen) -> None:
    assert faults_of_views(screen.open(reduced_motion="reduce"), SWEEP, CODE) == {}


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_the_page_to_read_is_one_for_all(screen: Screen, width: int, scheme: str) -> None:
    anchor = "" if width == 320 else "?view=scroll"
    page = screen.open(anchor, viewport={"width": width, "height": 700}, color_scheme=scheme).page
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults(page) == []


@pytest.mark.parametrize("size", [(640, 360), (320, 640)])
def test_zoomed_in_no_title_breaks_inside_a_phrase_and_words_keep_their_distance(
    screen: Screen, size: tuple[int, int]
) -> None:
    """A window of 1280 × 720 at 200 % is one of 640 × 360."""
    page = screen.open(viewport={"width": size[0], "height": size[1]}).page
    assert page.evaluate("document.documentElement.dataset.view") == "text"
    broken = "all => all.filter(it => it.offsetHeight > 1.5 * parseFloat(getComputedStyle(it).lineHeight))"
    phrases = page.locator("h1 .ph, td .ph, th .ph")
    assert phrases.count() > 10
    assert phrases.evaluate_all(f"{broken}.map(it => it.textContent)") == []
    assert phrases.evaluate_all("all => all.filter(it => it.closest('td')).length") > 10
    assert "傾き 0.86" in page.locator("#example td").nth(1).inner_text()


def test_on_a_narrow_screen_text_flows_and_code_scrolls_by_itself(screen: Screen) -> None:
    page = screen.open("#/code", viewport={"width": 320, "height": 640}).page
    expect(page.locator("#code h1")).to_be_in_viewport()
    for wide in ("#code pre", "#wide .body > table"):
        assert page.locator(wide).evaluate("it => it.scrollWidth > it.clientWidth && it.tabIndex === 0")
    button, code = (page.locator(f"#code {part}").bounding_box() for part in (".copy", ".line >> nth=0"))
    assert button
    assert code
    assert button["y"] + button["height"] <= code["y"]
    assert page.locator(".slide [class*=ph]").evaluate_all(
        "all => all.every(it => it.getBoundingClientRect().right <= 320)"
    )
    sizes = page.locator(".slide :is(p, li, td, h1)").evaluate_all(
        "all => all.map(it => parseFloat(getComputedStyle(it).fontSize))"
    )
    assert min(sizes) >= 14
    slider = page.get_by_role("slider").first
    slider.fill("0")
    assert page.locator("#example .frame:visible").get_attribute("data-value") == "0"
    page.set_viewport_size({"width": 800, "height": 600})  # turned on its side, a phone shows the slides, here this one
    expect(page.locator(".reveal.ready section.present#code")).to_be_visible()


def test_a_key_leads_to_the_page_to_read_and_back_to_the_slide(screen: Screen) -> None:
    screen.go(SWEEP).press("r").page.wait_for_selector("html[data-view=text]")
    expect(screen.page.locator("#example h1")).to_be_in_viewport()
    screen.press("r").page.wait_for_selector(".reveal.ready")
    assert screen.place == (SWEEP, 0)


def test_a_slide_is_announced_once_by_number_and_title(screen: Screen) -> None:
    screen.page.evaluate("""() => {
        window.said = [];
        for (const region of document.querySelectorAll("[aria-live], [role=status], [role=alert]"))
            new MutationObserver(() => said.push(region.textContent)).observe(region, {childList: true, subtree: true});
    }""")
    screen.press("ArrowRight", "ArrowRight").go(5, "first").press("ArrowRight").page.wait_for_timeout(100)
    said = screen.page.evaluate("said")
    assert said[:3] == [
        "2 / 10: 直線とは",
        "3 / 10: 直線のパラメータ",
        "5 / 10: 問いは二つある",
    ]
    assert [text.replace("\u2060", "") for text in said[3:]] == ["ちょうどよい値は、あるのでしょうか"]


def test_what_can_be_pressed_is_large_enough(screen: Screen) -> None:
    small = """all => all.filter((it) => {
        const { width, height } = it.getBoundingClientRect();
        return it.checkVisibility() && !it.closest("p, li, td") && Math.min(width, height) < 24;
    }).map(it => it.outerHTML)"""
    for key in ("?", "/", "d"):
        screen.go(SWEEP).press(key)
        controls = screen.page.locator(
            "dialog[open] :is(button, a, input), section.present :is(button, a, input, summary)"
        )
        assert controls.count() > 2
        assert controls.evaluate_all(small) == []
        screen.press("Escape")


def test_the_focus_is_seen(screen: Screen) -> None:
    screen.go(CODE).press("Tab")
    style = "getComputedStyle(document.activeElement)"
    ring = screen.page.evaluate(f"[document.activeElement.className, {style}.outlineStyle, {style}.opacity]")
    assert ring == ["copy", "solid", "1"]


def test_with_the_systems_few_colours_things_are_still_told_apart(screen: Screen) -> None:
    page = screen.open(forced_colors="active", reduced_motion="reduce").page
    colour = "it => getComputedStyle(it).{}"
    screen.go(CODE, "first").press("ArrowRight")
    lines = page.locator("section.present .line")
    styles = {
        tuple(line.evaluate("it => [getComputedStyle(it).color, getComputedStyle(it).borderLeftColor]"))
        for line in lines.all()
    }
    assert len(styles) >= 2  # lit and dim
    screen.press("ArrowRight")
    added = page.locator("section.present .line.added").first
    assert added.evaluate(colour.format("borderLeftStyle")) == "double"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.locator("section.present .position").evaluate(colour.format("backgroundColor")) != ground
    assert faults(page, "section.present") == []
    track = screen.go(SWEEP).page.get_by_role("slider")
    assert faults(page, "section.present") == []
    assert track.evaluate("it => getComputedStyle(it, '::-webkit-slider-thumb').borderColor") != ground
