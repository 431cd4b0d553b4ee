"""The HTML of a deck in a browser, as a test uses it.

Opening a window costs more than twice what loading a deck does, so that windows are emptied and used again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from playwright.sync_api import Browser, Page

SIZE = {"width": 1280, "height": 720}
EMULATED = {"viewport": SIZE, "color_scheme": "light", "reduced_motion": "no-preference", "forced_colors": "none"}
"""What a window can be told after it was opened, with what it is at first; other options need a window of their own."""


class Window:
    """A window of a browser with one page; `heard` holds what was said or asked for in it: console, error or request.

    browser: where it opens. options: those of a browser's context.
    """

    _free: ClassVar[list[Window]] = []
    """Windows that no test uses now, with nothing in them."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        self.heard: list[tuple[str, str]] = []
        self.context = browser.new_context(**{"viewport": SIZE, **options})
        self.context.set_default_timeout(10_000)
        self.context.on("console", lambda message: self.heard.append(("console", message.text)))
        self.context.on("weberror", lambda error: self.heard.append(("error", str(error.error))))
        self.context.on("request", lambda request: self.heard.append(("request", request.url)))
        self.page = self.context.new_page()
        self.is_plain = options.keys() <= EMULATED.keys()

    @classmethod
    def borrow(cls, browser: Browser, **options: Any) -> Window:
        """Return an empty window, one that was used before if there is any; `give_back` ends its use."""
        if not cls._free or options.keys() - EMULATED.keys():
            return cls(browser, **options)
        window, wish = cls._free.pop(), {**EMULATED, **options}
        window.heard = []
        window.page.set_viewport_size(wish.pop("viewport"))
        window.page.emulate_media(media="null", **wish)
        return window

    def give_back(self) -> None:
        """Empty the window for who borrows one next; close it where it cannot be as it was."""
        if not self.is_plain or self.page.is_closed():
            self.context.close()
            return
        for other in self.context.pages:
            if other != self.page:
                other.close()
        if self.page.url.startswith(("file:", "http:")):
            self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")
        self._free.append(self)


class Screen:
    """A window with a deck in it; `complaints` holds all it said or asked for beyond the file itself.

    The deck is opened by `open`, or when its page is first asked for.
    """

    def __init__(self, browser: Browser, file: Path) -> None:
        self.browser = browser
        self.url = file.as_uri()
        self.complaints: list[str] = []
        self._window: Window | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        """Give the window back, once all that it said has been heard."""
        if window := self._window:
            self._window = None
            window.give_back()
            self.complaints += [f"{what}: {text}" for what, text in window.heard if not self._is_own(what, text)]

    def _is_own(self, what: str, text: str) -> bool:
        own = text.partition("#")[0].partition("?")[0] == self.url or text.startswith("data:") or text == "about:blank"
        return what == "request" and own

    @property
    def page(self) -> Page:
        """The page that holds the deck."""
        if not self._window:
            self.open()
        assert self._window
        return self._window.page

    def open(self, anchor: str = "", **options: Any) -> Self:
        """Open the deck in an empty window; `options` are those of the browser's context."""
        self._leave()
        self._window = Window.borrow(self.browser, **options)
        self.page.goto(self.url + anchor)
        if options.get("java_script_enabled", True):
            self.page.wait_for_selector(".reveal.ready, [data-view=text] .reveal")
            self.page.evaluate("document.fonts.ready")
        return self

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
