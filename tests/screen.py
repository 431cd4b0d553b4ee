"""The HTML of a deck in a browser, as a test uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from playwright.sync_api import Browser, BrowserContext, Page, Request


class Screen:
    """One page of a browser with a deck in it; `complaints` holds all it said or asked for beyond the file itself."""

    def __init__(self, browser: Browser, file: Path) -> None:
        self.browser = browser
        self.url = file.as_uri()
        self.complaints: list[str] = []
        self.page: Page
        self._contexts: list[BrowserContext] = []

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        for context in self._contexts:
            context.close()

    def open(self, anchor: str = "", **options: Any) -> Self:
        """Open the deck in a new window; `options` are those of the browser's context."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 720}, **options})
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        context.on("page", self._listen)
        self.page = context.new_page()
        self.page.goto(self.url + anchor)
        if options.get("java_script_enabled", True):
            self.page.wait_for_selector(".reveal.ready, [data-view=text] .reveal")
            self.page.evaluate("document.fonts.ready")
        return self

    def _listen(self, page: Page) -> None:
        page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._check)

    def _check(self, request: Request) -> None:
        if request.url.partition("#")[0].partition("?")[0] != self.url and not request.url.startswith("data:"):
            self.complaints.append(f"request: {request.url}")

    def press(self, *keys: str) -> Self:
        """Press keys one after another."""
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def go(self, slide: int, step: Literal["first", "last"] = "last") -> Self:
        """Show a slide, counted from 1, before its first step or after its last."""
        self.page.evaluate(f"Reveal.slide({slide - 1}, 0, {-1 if step == 'first' else 99})")
        return self

    def arrive(self, slide: int) -> None:
        """Wait until a slide is shown: a browser follows a link in its own time."""
        self.page.wait_for_function("slide => Reveal.getIndices().h + 1 === slide", arg=slide)

    @property
    def place(self) -> tuple[int, int]:
        """Number of the slide shown and its steps done."""
        slide, step = self.page.evaluate("[Reveal.getIndices().h + 1, Reveal.getIndices().f ?? -1]")
        return slide, step + 1

    @property
    def slides(self) -> int:
        """How many slides there are."""
        return int(self.page.evaluate("Reveal.getTotalSlides()"))
