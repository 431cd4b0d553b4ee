"""A deck while it is presented: its slides as HTML, with error cards. It writes nothing to dist/."""

from __future__ import annotations

import contextlib
import hashlib
import html
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from verideck.core import deck_model
from verideck.core.deck_model import Deck, FigureUse, Slide
from verideck.core.errors import DeckError, DeckErrors, format_error
from verideck.core.project import Sources
from verideck.core.run_model import RunId
from verideck.core.theme import Theme, load_theme
from verideck.present.runs import DeckRuns
from verideck.publish import deck_theme
from verideck.read import parser
from verideck.read.parser import Parsed
from verideck.render import (
    SlideView,
    deck_fits,
    fitted,
    served_page,
    slide_origins,
    slide_sections,
    slide_view,
)
from verideck.run import plan
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True, slots=True)
class Section:
    """One slide of the page."""

    key: str
    """Digest of its HTML."""
    html: str
    runs: tuple[str, ...]
    """Ids of its runs that can be executed live."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of the page at one time."""

    frame: str
    """Digest of the page without its slides: style sheets, scripts, title."""
    sections: tuple[Section, ...]
    status: str = ""
    """One line: snippets that are running, or the first error."""


class Preview:
    """A deck as it was last read, and its runs. Not safe for several threads."""

    def __init__(self, root: Path, path: str) -> None:
        self.root = root
        self.path = path
        self.sources = Sources(root)
        self.deck = parser.parse(path, Sources(root, {path: f"# {path}"})).deck
        self.theme = load_theme(self.sources)
        self._good_theme: Theme | None = None
        self.errors: tuple[DeckError, ...] = ()
        """All current errors, in order of location."""
        self._fonts = Fonts(root)
        self.runs = DeckRuns(root, self._fonts)
        self._trouble: Mapping[int, tuple[DeckError, ...]] = {}
        self._kept: frozenset[int] = frozenset()
        self._frame: tuple[object, str] = (None, "")
        self._rendered: dict[SlideView, str] = {}
        self._fits: dict[str, tuple[object, int]] = {}
        """Id of a slide → what its step was found from, and the step of its text."""
        self._views: dict[int, tuple[object, tuple[SlideView, tuple[DeckError, ...]]]] = {}

    def read(self) -> None:
        """Read the project again. Errors are kept for `show`; slides with errors keep their last good state."""
        self.sources = Sources(self.root)
        try:
            parsed = parser.parse(self.path, self.sources)
            theme = deck_theme(parsed.deck, self.sources)
            if parsed.elsewhere:
                raise DeckErrors(parsed.errors)
            planned = plan([parsed.deck], self.sources).runs
            self.deck, self._kept = self._with_last_good(parsed)
            self.theme, self._trouble = theme, parsed.on_slides
            self.runs.plan(planned, self.sources)
        except DeckErrors as several:
            self._trouble = {0: several.errors}
        except DeckError as error:
            self._trouble = {0: (error,)}

    def show(self) -> Snapshot:
        """Return the current slides; if a template has an error, made with the last good templates.

        Raises DeckError if there were no good templates yet.
        """
        try:
            shown, self._good_theme = self._show(), self.theme
        except DeckError as error:
            if not self._good_theme:
                raise
            self.theme = self._good_theme
            shown = self._show()
            self.errors = (error, *self.errors)
        return replace(shown, status=self._status())

    def _show(self) -> Snapshot:
        state = (self.deck.meta, self.theme.templates)
        if state != self._frame[0]:
            self._rendered, self._frame = {}, (state, _digest(self._page((), "")))
        views = [self._view(index) for index in range(len(self.deck.slides))]
        missing = [view for view, _ in views if view not in self._rendered]
        made = dict(zip(missing, slide_sections(self.deck, missing, self.theme), strict=True))
        self._rendered = {view: made.get(view) or self._rendered[view] for view, _ in views}
        errors = [error for _, several in views for error in several]
        self.errors = _distinct(DeckErrors([*errors, *self.runs.failures.values()]).errors)
        sections = (
            Section(_digest(text), text, _live_runs(slide))
            for slide, text in zip(self.deck.slides, self._rendered.values(), strict=True)
        )
        return Snapshot(self._frame[1], tuple(sections))

    def whole(self, setting: str) -> str:
        """Return the whole page. setting: JSON for its script."""
        return self._page([self._view(index)[0] for index in range(len(self.deck.slides))], setting)

    def _with_last_good(self, parsed: Parsed) -> tuple[Deck, frozenset[int]]:
        """Return the deck, with slides that have errors in their last good state, and the positions of these slides."""
        slides, kept = list(parsed.deck.slides), set()
        ids = {slide.id for slide in slides}
        before = {slide.id: slide for slide in self.deck.slides}
        gone = [slide for slide in self.deck.slides if slide.id not in ids]
        for index in parsed.on_slides:
            now = slides[index]
            # A slide with an error in its heading has no id: it is the missing one of the last state.
            was = gone[0] if now.title == parser.BLANK and len(gone) == 1 else before.get(now.id)
            if was:
                slides[index] = replace(was, number=now.number, at=now.at)
                kept.add(index)
        return replace(parsed.deck, slides=tuple(slides)), frozenset(kept)

    def _view(self, index: int) -> tuple[SlideView, tuple[DeckError, ...]]:
        """Return a slide's view and errors; the same as before if nothing changed."""
        slide = self.deck.slides[index]
        runs = set(slide.runs)
        waiting, failed = runs & self.runs.waiting, runs & self.runs.failures.keys()
        mine = {run: (self.runs.good.get(run), self.runs.failures.get(run)) for run in runs}
        last = self.deck.slides[-1].number, len(self.deck.slides)
        state = (slide, last, self.deck.meta, self.theme.palette, mine, waiting, self._trouble.get(index))
        if index not in self._views or self._views[index][0] != state:
            self._views[index] = state, self._paint(index, waiting, failed)
        view, errors = self._views[index][1]
        return fitted(view, self._fits.get(slide.id, (None, 0))[1]), errors

    def fit_next(self) -> bool | None:
        """Find how far the text of one slide that changed must shrink; return whether it must otherwise than before.

        Returns None if no slide changed. Slow, so that slides are shown first.
        """
        for index, slide in enumerate(self.deck.slides):
            state, (view, _) = self._views.get(index, (None, (None, ())))
            known, before = self._fits.get(slide.id, (None, 0))
            if view and (known is None or known != (state, self.theme.templates)):
                steps: Mapping[str, int] = {}
                with contextlib.suppress(DeckError, DeckErrors):
                    steps = deck_fits(self.deck, self.runs.good, self.theme, self._fonts, slide)
                self._fits[slide.id] = (state, self.theme.templates), steps.get(slide.id, 0)
                return self._fits[slide.id][1] != before
        return None

    def _paint(self, index: int, waiting: Set[RunId], failed: Set[RunId]) -> tuple[SlideView, tuple[DeckError, ...]]:
        """Return a slide with error cards, and with marks if its results are old."""
        slide = self.deck.slides[index]
        view, errors = slide_view(self.deck, index, self.runs.good, self.theme.palette, "screen", notes=True)
        if waiting or failed:
            errors = ()  # they are about missing results, which are running or have their own card
        errors = (*self._trouble.get(index, ()), *errors, *(self.runs.failures[run] for run in sorted(failed, key=str)))
        stale = failed & self.runs.good.keys()
        states = [f"running {_names(waiting)}"] * bool(waiting)
        states += [f"stale: the last good result of {_names(stale)}"] * bool(stale)
        states += ["stale: the slide as it was before"] * (index in self._kept)
        more = "".join(f'<p class="state">{html.escape(state)}</p>' for state in states)
        if errors := _distinct(errors):
            more += f'<div class="cards">{"".join(_card(error, self.sources) for error in errors)}</div>'
        classes = (*view.classes, *(["stale"] if stale or waiting or index in self._kept else []))
        origins = () if index in self._kept else slide_origins(slide, self.runs.good, self.sources.text)
        return replace(view, body=view.body + Markup(more), classes=classes, origins=origins), errors

    def _page(self, views: Sequence[SlideView], setting: str) -> str:
        script, sheet = (self.theme.templates[name] for name in ("present.js", "present.css"))
        script = f"const setting = {setting};\n{script}"
        return served_page(self.deck, views, self.theme, self._fonts, script, sheet)

    def _status(self) -> str:
        if waiting := self.runs.waiting:
            return f"running {_names(waiting)} ({len(waiting)} left)"
        more = f" (and {len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
        return f"{self.errors[0]}{more}" if self.errors else ""


def _names(runs: Iterable[RunId]) -> str:
    """Return the names of the runs' scripts, each once."""
    return ", ".join(sorted({str(RunId(run.snippet)) for run in runs}))


def _distinct(errors: Iterable[DeckError]) -> tuple[DeckError, ...]:
    """Return one error for each location, because all runs of a script may fail at the same line."""
    return tuple({mark(error): error for error in errors}.values())


def mark(error: DeckError) -> str:
    """Return a text that identifies an error."""
    return f"{error.at} {error.detail or error.message}"


def _live_runs(slide: Slide) -> tuple[str, ...]:
    uses = (use for use in slide.uses if not (isinstance(use, FigureUse) and use.sweep))
    return tuple(dict.fromkeys(str(run) for use in uses for run in deck_model.runs_of(use)))


def _card(error: DeckError, sources: Sources) -> str:
    return f'<pre class="card" role="alert">{html.escape(format_error(error, sources.line))}</pre>'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
