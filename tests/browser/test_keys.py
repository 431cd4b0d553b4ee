"""The deck as a talk is given with it, opened as by a double click: keys, places, steps, sliders, speaker's view."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.screen import Screen
from verideck.core import markdown_tokens
from verideck.core.deck_model import Deck
from verideck.core.project import Sources
from verideck.read import parser

pytestmark = pytest.mark.browser

STEPS, SWEEP, STUDY, CODE = 5, 6, 7, 8
"""Numbers of the slides with a list in steps, a sweep, the frames of a study, code in steps."""


@pytest.fixture(scope="module")
def source(showcase: Path) -> Deck:
    """Return the deck as it was parsed."""
    return parser.parse("slides/showcase.md", Sources(showcase)).valid()


def number(view: Page | FrameLocator) -> Locator:
    """Return the number of the slide that a window shows."""
    return view.locator("section.present .furniture span").last


def titles(source: Deck) -> list[str]:
    return [markdown_tokens.plain(slide.heading) for slide in source.slides]


def test_all_slides_are_there_in_their_order(screen: Screen, source: Deck) -> None:
    headings = screen.page.locator("section h1")
    assert [text.replace("\n", "") for text in headings.all_text_contents()] == titles(source)
    assert screen.page.eval_on_selector_all("section", "all => all.map(it => it.id)") == [s.id for s in source.slides]
    assert screen.slides == len(source.slides)


def test_the_title_follows_the_slide(screen: Screen, source: Deck) -> None:
    assert screen.page.title() == source.meta.title
    screen.go(3)
    assert screen.page.title() == f"3 / 10: {titles(source)[2]} – {source.meta.title}"
    screen.go(11)
    assert screen.page.title() == f"付録 A1: {titles(source)[10]} – {source.meta.title}"
    assert screen.go(1).page.title() == source.meta.title


def test_keys_turn_the_slides(screen: Screen) -> None:
    for key, place in [
        *(("ArrowRight", 2), (" ", 3), ("PageDown", 4), ("ArrowLeft", 3), ("PageUp", 2), ("Shift+ ", 1)),
        *(("End", 12), ("ArrowRight", 12), ("Home", 1), ("ArrowLeft", 1)),
    ]:
        assert (key, *screen.press(key).place) == (key, place, 0)


def test_every_step_is_reached_by_one_key(screen: Screen) -> None:
    seen = [screen.place]
    while seen[-1] != screen.press("ArrowRight").place:
        seen.append(screen.place)
    assert [seen.count((number, 0)) for number in range(1, 13)] == [1] * 12
    steps = [*((STEPS, n) for n in (1, 2)), *((STUDY, n) for n in (1, 2)), *((CODE, n) for n in (1, 2))]
    assert [place for place in seen if place[1]] == steps


def test_a_list_comes_item_by_item_and_keeps_its_room(screen: Screen) -> None:
    items = screen.go(STEPS, "first").page.locator("section.present .fragment")
    before = [items.nth(index).bounding_box() for index in range(2)]
    shown = [[opaque(screen, index) for index in range(2)]]
    for _ in range(2):
        screen.press("ArrowRight")
        shown.append([opaque(screen, index) for index in range(2)])
    assert shown == [[False, False], [True, False], [True, True]]
    assert [items.nth(index).bounding_box() for index in range(2)] == before


def opaque(screen: Screen, fragment: int) -> bool:
    element = screen.page.locator("section.present .fragment").nth(fragment)
    return bool(element.evaluate("it => it.classList.contains('visible')"))


def test_the_overview_shows_all_slides_and_opens_one(screen: Screen) -> None:
    screen.press("o")
    assert screen.page.evaluate("Reveal.isOverview()")
    assert screen.page.locator("section[inert]").count() == 0
    screen.press("ArrowRight", "ArrowRight", "Enter")
    assert not screen.page.evaluate("Reveal.isOverview()")
    assert screen.place == (3, 0)


def test_help_lists_the_keys_and_goes_away(screen: Screen) -> None:
    help_ = screen.page.locator("dialog#deck-help")
    for opening, closing in (("?", "Escape"), ("F1", "?")):
        screen.press(opening)
        expect(help_).to_contain_text("発表者の画面")
        screen.press("ArrowRight", "b", closing)
        expect(help_).to_be_hidden()
        assert not screen.page.evaluate("Reveal.isOverview() || Reveal.isPaused()")
        assert screen.place == (1, 0)


@pytest.mark.parametrize("anchor", ["#/3", "#/parameters"])
def test_an_address_leads_to_its_slide(screen: Screen, anchor: str) -> None:
    assert screen.open(anchor).place == (3, 0)
    expect(screen.page.locator("section.present h1")).to_be_visible()


def test_back_and_reload_keep_the_place(screen: Screen) -> None:
    screen.go(3).go(5).page.go_back()
    expect(number(screen.page)).to_have_text("3 / 10")
    screen.go(CODE, "first").press("ArrowRight").page.reload()
    expect(number(screen.page)).to_have_text(f"{CODE} / 10")


def test_a_link_leads_to_its_slide(screen: Screen, source: Deck) -> None:
    anchors = screen.page.eval_on_selector_all("a", "all => all.map(it => it.getAttribute('href'))")
    inside = {anchor for anchor in anchors if anchor.startswith("#")}
    assert inside <= {f"#{slide.id}" for slide in source.slides}
    assert all(anchor.startswith("https://") for anchor in set(anchors) - inside)
    screen.go(4).page.get_by_role("link", name="付録 A1").click()
    screen.arrive(11)


def test_a_footnote_stands_on_the_slide_that_refers_to_it(screen: Screen) -> None:
    pairs = screen.page.eval_on_selector_all(
        "section",
        "all => all.map(it => [[...it.querySelectorAll('.fn')].map(n => n.textContent).join(),"
        " [...it.querySelectorAll('.footnotes > li')].map((_, i) => i + 1).join()])",
    )
    assert all(references == notes for references, notes in pairs)
    assert ["1,2", "1,2"] in pairs


def test_slides_out_of_sight_are_out_of_reach(screen: Screen) -> None:
    for number in (1, SWEEP, 12):
        screen.go(number)
        assert screen.page.locator("section:not([inert])").count() == 1
        assert screen.page.locator("section.present:not([inert])").count() == 1
    screen.go(SWEEP).press("Tab")
    assert screen.page.evaluate("document.activeElement.type") == "range"


def test_code_steps_dim_all_lines_but_theirs(screen: Screen) -> None:
    screen.go(CODE, "first")
    added = screen.page.locator("section.present .line.added").count()
    total = screen.page.locator("section.present .line").count()
    dim = screen.page.locator("section.present .line.dim")
    expect(dim).to_have_count(0)
    screen.press("ArrowRight")
    expect(dim).to_have_count(total - 3)
    screen.press("ArrowRight")
    expect(dim).to_have_count(total - added)
    assert screen.page.locator(".line.added.dim").count() == 0
    screen.press("ArrowLeft", "ArrowLeft")
    expect(dim).to_have_count(0)


def frame(screen: Screen) -> tuple[str, str]:
    """Return the value that the slider names and the frame that is shown."""
    shown = screen.page.locator("section.present .frame:visible")
    assert shown.count() == 1
    return screen.page.locator("section.present output").inner_text(), shown.get_attribute("data-value") or ""


def test_the_slider_follows_the_mouse(screen: Screen) -> None:
    track = screen.go(SWEEP).page.locator("section.present input").bounding_box()
    assert track
    middle = track["y"] + track["height"] / 2
    assert frame(screen) == ("200", "200")
    for x, value in ((track["x"] + 2, "0"), (track["x"] + track["width"] - 2, "10000")):
        screen.page.mouse.click(x, middle)
        assert frame(screen) == (value, value)
    assert screen.press("ArrowRight").place == (SWEEP + 1, 0)  # the mouse leaves the keys to the slides


def test_the_slider_follows_arrow_keys_and_the_slides_stay(screen: Screen) -> None:
    screen.go(SWEEP).press("Tab", "ArrowRight")
    assert frame(screen) == ("500", "500")
    screen.press("ArrowLeft", "ArrowLeft", "ArrowUp", "ArrowDown")
    assert frame(screen) == ("100", "100")
    assert screen.press("Home").place == (SWEEP, 0)
    assert frame(screen) == ("0", "0")
    assert (screen.page.get_by_role("slider").get_attribute("aria-valuetext") or "").startswith("λ = 0: ")
    assert screen.press("PageDown").place == (SWEEP + 1, 0)  # a remote control goes on turning them


def test_the_slider_follows_a_finger_and_the_slides_stay(screen: Screen) -> None:
    screen.open(has_touch=True, viewport={"width": 1024, "height": 768}).go(SWEEP)
    track = screen.page.locator("section.present input").bounding_box()
    assert track
    client = screen.page.context.new_cdp_session(screen.page)
    y, left, width = track["y"] + track["height"] / 2, track["x"], track["width"]
    for kind, x in (("touchStart", 0.45), ("touchMove", 0.2), ("touchMove", 0.1), ("touchMove", 0.01), ("touchEnd", 0)):
        points = [] if kind == "touchEnd" else [{"x": left + x * width, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert frame(screen) == ("0", "0")
    assert screen.place == (SWEEP, 0)


def test_a_swipe_turns_the_slide(screen: Screen) -> None:
    screen.open(has_touch=True).go(3)
    client = screen.page.context.new_cdp_session(screen.page)
    for kind, x in (("touchStart", 900), ("touchMove", 700), ("touchMove", 500), ("touchEnd", 0)):
        points = [] if kind == "touchEnd" else [{"x": x, "y": 300}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert screen.place == (4, 0)


def test_the_study_is_stepped_through_frame_by_frame(screen: Screen) -> None:
    screen.go(STUDY).press("Tab", "Home")
    seen = [frame(screen)]
    for _ in range(5):
        screen.press("ArrowRight")
        seen.append(frame(screen))
    assert seen == [(str(number), str(number)) for number in range(1, 7)]


def test_the_speaker_sees_this_slide_the_next_and_a_timer(screen: Screen) -> None:
    screen.go(3)
    with screen.page.expect_popup() as opened:
        screen.press("s")
    speaker = opened.value
    this, following = (speaker.frame_locator(f"{place} iframe") for place in ("#current-slide", "#upcoming-slide"))
    for view, text in ((this, "3 / 10"), (following, "4 / 10")):
        expect(number(view)).to_have_text(text)
        expect(view.locator("section.present h1")).to_be_visible()
    expect(number(screen.page)).to_have_text("3 / 10")  # opening it turns no slide
    expect(speaker.locator(".speaker-controls-time .timer .seconds-value")).to_have_text(re.compile(r":\d\d"))
    expect(speaker.locator(".pacing .minutes-value")).to_have_text(re.compile(r":0[12]"))  # planned: 40 + 10 + 90 s
    screen.press("ArrowRight")
    expect(number(following)).to_have_text("5 / 10")
    speaker.keyboard.press("ArrowRight")
    expect(number(screen.page)).to_have_text("5 / 10")
    screen.go(SWEEP)
    expect(number(this)).to_have_text("6 / 10")
    there, here = (view.locator("section.present .slider input") for view in (this, screen.page))
    here.press("Home")
    expect(there).to_have_value("0")
    there.press("End")
    expect(here).to_have_value("10")
    assert speaker.locator("html").get_attribute("lang") == "ja"
    assert speaker.title() == "発表者の画面"
    expect(speaker.locator("#connection-status")).to_have_text("発表者の画面を開いています…")
    expect(speaker.locator("#upcoming-slide .label")).to_have_text("次")
    expect(speaker.locator(".clock-value")).to_have_text(re.compile(r"^[0-2]\d:[0-5]\d$"))
    faces = "[...document.fonts].filter(it => it.status === 'loaded').map(it => it.family)"
    assert "Noto Sans JP" in speaker.evaluate(faces)


def test_notes_are_no_part_of_the_file(screen: Screen, showcase: Path) -> None:
    assert screen.page.locator("aside.notes").count() == 0
    assert "こんにちは" in (showcase / "slides/showcase.md").read_text("utf-8")
    assert "こんにちは" not in (showcase / "dist/showcase.html").read_text("utf-8")


def test_without_javascript_all_slides_stand_below_one_another(screen: Screen, source: Deck) -> None:
    screen.open(java_script_enabled=False)
    slides = screen.page.locator("section")
    boxes = [slides.nth(index).bounding_box() for index in range(len(source.slides))]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == len(source.slides)
    assert all(after - before > 100 for before, after in pairwise(tops))
    for index in range(len(tops)):
        expect(slides.nth(index).locator("h1")).to_be_visible()
    expect(screen.page.locator(".slider").first).to_be_hidden()
    assert screen.page.locator(".frame:visible").count() == 2


def test_less_motion_where_it_is_asked_for(screen: Screen) -> None:
    moving = "all => all.some(it => parseFloat(getComputedStyle(it).transitionDuration) > 0)"
    assert screen.page.eval_on_selector_all("section *", moving)
    screen.open(reduced_motion="reduce")
    assert not screen.page.eval_on_selector_all("*", moving)


@pytest.mark.parametrize("size", [(660, 400), (800, 600), (1920, 1080)])
def test_a_window_of_any_size_shows_the_whole_slide(screen: Screen, size: tuple[int, int]) -> None:
    width, height = size
    screen.open(viewport={"width": width, "height": height}).go(SWEEP)
    box = screen.page.locator("section.present").bounding_box()
    assert box
    assert box["x"] >= -0.5
    assert box["y"] >= -0.5
    assert box["x"] + box["width"] <= width + 0.5
    assert box["y"] + box["height"] <= height + 0.5
    assert max(box["width"] / width, box["height"] / height) == pytest.approx(1, abs=0.01)
