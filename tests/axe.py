"""What axe, a tool for accessibility, finds on a page of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page, expect

from tests.screen import Screen

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
BARE = "for (const mark of document.querySelectorAll('svg > :not(title)')) mark.remove()"
"""Takes the strokes out of figures: they are two thirds of a page's elements, and nothing to axe but time."""
RUN = "part => axe.run(part ?? document, {resultTypes: ['violations']}).then(found => found.violations)"


def faults(page: Page, part: str | None = None) -> list[tuple[str, list[str]]]:
    """Return what axe finds in a part of the page, or in all of it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE}; {BARE}")
    found: list[dict[str, Any]] = page.evaluate(RUN, part)
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


def faults_of_views(screen: Screen, sweep: int, code: int) -> dict[str, list[tuple[str, list[str]]]]:
    """Return what axe finds on the title, a slide with a sweep, one with steps, panels, overview and paper, by view."""
    page = screen.go(1).page
    found = {"title": faults(page)}
    found["sweep"] = faults(screen.go(sweep).page, "section.present")
    found["steps"] = faults(screen.go(code, "first").press("ArrowRight").page, "section.present")
    screen.go(sweep)
    for key in ("?", "/", "i", "d"):
        screen.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        found[key] = faults(page, "dialog[open]")
        screen.press("Escape")
    found["overview"] = faults(screen.press("o").page)
    screen.press("Escape")
    page.emulate_media(media="print")
    found["print"] = faults(page)
    page.emulate_media(media="screen")
    return {view: rules for view, rules in found.items() if rules}
