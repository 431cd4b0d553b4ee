"""A deck while it is presented: its slides as HTML, with what is wrong on each; nothing is written to dist/."""

from __future__ import annotations

import functools
import hashlib
import html
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from verideck.core import deck_model, run_model
from verideck.core.deck_model import Deck, FigureUse, Slide
from verideck.core.errors import DeckError, DeckErrors, format_error
from verideck.core.hashing import file_digest
from verideck.core.project import Sources
from verideck.core.run_model import Result, Run, RunId
from verideck.core.theme import Theme, load_theme
from verideck.read import mend, snippets
from verideck.read.parser import parse
from verideck.render import (
    SlideView,
    content_policy,
    font_face,
    reveal_assets,
    screen_html,
    slide_origins,
    slide_sections,
    slide_view,
)
from verideck.run import (
    Environment,
    Recipe,
    Runner,
    Store,
    is_fresh,
    make_recipe,
    make_runner,
    plan,
    read_record,
    recipe_key,
    run_environment,
    snippet_error,
)
from verideck.typeset.fonts import ENLARGED, LATIN, MATH, MONO, SANS, Fonts

FONTS = {"text": SANS, "latin": LATIN, "code": MONO, "math": MATH}
"""Name in the page's addresses → family."""


@dataclass(frozen=True, slots=True)
class Section:
    """One slide as the page shows it."""

    key: str
    """Digest of its HTML."""
    html: str
    runs: tuple[str, ...]
    """Ids of its runs, for running them live."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the page shows."""

    frame: str
    """Digest of the page around its slides: style sheets, scripts, title."""
    sections: tuple[Section, ...]
    status: str = ""
    """One line: what runs, how much is wrong."""


class Preview:
    """One deck: what was read last, the last good results, the runs under way. For one thread at a time."""

    def __init__(self, root: Path, path: str) -> None:
        self.root = root
        self.path = path
        self.sources = Sources(root)
        self.deck = parse(path, Sources(root, {path: f"# {path}"}))
        self.theme = load_theme(self.sources)
        self._good_theme: Theme | None = None
        self._own = self._read_own()
        self.errors: tuple[DeckError, ...] = ()
        """All that is wrong now, in order of place."""
        self._fonts = Fonts(root / ".cache")
        self._store = Store(root)
        self._trouble: Mapping[int, tuple[DeckError, ...]] = {}
        self._kept: frozenset[int] = frozenset()
        self._good: dict[RunId, Result] = {}
        self._planned: tuple[Run, ...] = ()
        self._wanted: dict[str, tuple[Run, Recipe]] = {}
        self._known: dict[str, Result] = {}
        self._failures: dict[RunId, DeckError] = {}
        self._waiting: set[RunId] = set()
        self._futures: dict[str, Future[Result]] = {}
        self._runner: Runner | None = None
        self._runner_key: object = None
        self._frame: tuple[object, str] = (None, "")
        self._rendered: dict[SlideView, str] = {}
        self._views: dict[int, tuple[object, tuple[SlideView, tuple[DeckError, ...]]]] = {}

    def read(self) -> None:
        """Read the project anew; what is wrong with it is kept for the slides, as are the slides where all is wrong."""
        self.sources = Sources(self.root)
        try:
            theme, own = load_theme(self.sources), self._read_own()
            mended = mend.read(self.path, self.sources)
            planned = plan([mended.deck], self.sources).runs
            self.deck, self._kept = self._with_last_good(mended)
            self.theme, self._own, self._trouble, self._planned = theme, own, mended.errors, planned
        except DeckErrors as several:
            self._trouble = {0: several.errors}
        except DeckError as error:
            self._trouble = {0: (error,)}
        self._waiting = {run.id for run in self._planned}
        if not self._good.keys() >= self._waiting:
            self._good = {**self._recorded(), **self._good}

    def start(self) -> dict[str, Future[Result]]:
        """Tell runs whose result is known from those to be made; return those that are started now, by key."""
        runs = self._planned
        environment = run_environment(self.root, runs, self._fonts)
        asked = [(run, make_recipe(run, environment)) for run in runs]
        self._wanted = {recipe_key(recipe): (run, recipe) for run, recipe in asked}
        self._failures, self._waiting = {}, set()
        digest_of = functools.cache(lambda path: file_digest(self.root, path))
        missing = []
        for key, (run, _) in self._wanted.items():
            held = self._known.get(key) or self._store.get(key)
            if held and is_fresh(held, digest_of):
                self._known[key] = held
                self._settle(run, held)
            else:
                missing.append(key)
                self._waiting.add(run.id)
        runner = self._warm(runs, environment)
        new = {key: runner.submit(self._wanted[key][0]) for key in missing if key not in self._futures}
        self._futures.update(new)
        return new

    def take(self, key: str, result: Result) -> None:
        """Keep what a run gave; one that is no longer wanted is forgotten."""
        self._futures.pop(key, None)
        if key in self._wanted:
            run, recipe = self._wanted[key]
            self._known[key] = result
            self._waiting.discard(run.id)
            self._settle(run, result)
            self._store.put(key, result, recipe)

    def show(self) -> Snapshot:
        """Return the slides as they are now; where a template is wrong, as the templates were before.

        Raises DeckError where no templates were right so far.
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
        state = (self.deck.meta, self.theme.templates, self._own)
        if state != self._frame[0]:
            self._rendered, self._frame = {}, (state, _digest(self._page((), "")))
        views = [self._view(index) for index in range(len(self.deck.slides))]
        missing = [view for view, _ in views if view not in self._rendered]
        made = dict(zip(missing, slide_sections(self.deck, missing, self.theme), strict=True))
        self._rendered = {view: made.get(view) or self._rendered[view] for view, _ in views}
        errors = [error for _, several in views for error in several]
        self.errors = _distinct(DeckErrors([*errors, *self._failures.values()]).errors)
        sections = (
            Section(_digest(text), text, _live_runs(slide))
            for slide, text in zip(self.deck.slides, self._rendered.values(), strict=True)
        )
        return Snapshot(self._frame[1], tuple(sections))

    def whole(self, setting: str) -> str:
        """Return the whole page; `setting` is the JSON that its own script begins with."""
        return self._page([self._view(index)[0] for index in range(len(self.deck.slides))], setting)

    def run(self, name: str) -> tuple[Run, Future[Result]] | None:
        """Run a snippet of the deck once more, by its id; None where the deck has no such run."""
        run = next((run for run, _ in self._wanted.values() if str(run.id) == name), None)
        return (run, self._runner.submit(run)) if run and self._runner else None

    def recorded(self, run: Run) -> Result:
        """Return what figures/ holds of a run, else what its slide shows."""
        return self._recorded().get(run.id) or self._good.get(run.id) or Result()

    def close(self) -> None:
        """End all runs and the warm interpreter."""
        if self._runner:
            self._runner.stop()
            self._runner.__exit__(None, None, None)
            self._runner = None
        self._futures.clear()

    def _settle(self, run: Run, result: Result) -> None:
        """Note whether a result is good; where it is not, the last good one stays."""
        if run_model.succeeded(run.raises, result):
            self._good[run.id] = result
        elif result.error:
            self._failures[run.id] = snippet_error(run, result.error)

    def _warm(self, runs: tuple[Run, ...], environment: Environment) -> Runner:
        """Return the runner; a new one where the environment changed, or where runs that nobody wants take its room."""
        unwanted = [self._futures.pop(key) for key in [*self._futures] if key not in self._wanted]
        crowded = sum(not future.cancel() and not future.done() for future in unwanted) > 1
        preload = frozenset().union(*(_imports(run.snippet.source) for run in runs))
        key = (environment, preload)
        if crowded or key != self._runner_key:
            self.close()
        if not self._runner:
            self._runner = make_runner(self.root, runs, self._fonts, cold=False).__enter__()
            self._runner_key = key
        return self._runner

    def _with_last_good(self, mended: mend.Mended) -> tuple[Deck, frozenset[int]]:
        """Return the deck with the slides that are wrong as they were when they were right, and which these are."""
        slides, kept = list(mended.deck.slides), set()
        ids = {slide.id for slide in slides}
        before = {slide.id: slide for slide in self.deck.slides}
        gone = [slide for slide in self.deck.slides if slide.id not in ids]
        for index in mended.errors:
            now = slides[index]
            # A slide whose heading is wrong, too, has no name: it is the one that is not to be found.
            was = gone[0] if now.title == mend.BLANK and len(gone) == 1 else before.get(now.id)
            if was:
                slides[index] = replace(was, number=now.number, at=now.at)
                kept.add(index)
        return replace(mended.deck, slides=tuple(slides)), frozenset(kept)

    def _read_own(self) -> tuple[str, str]:
        """Return script and style sheet of the presenting copy alone."""
        return self.sources.text("templates/present.js"), self.sources.text("templates/present.css")

    def _recorded(self) -> Mapping[RunId, Result]:
        try:
            return read_record(self.sources, self._planned)
        except DeckError:
            return {}

    def _view(self, index: int) -> tuple[SlideView, tuple[DeckError, ...]]:
        """Return a slide as it is shown, as before where nothing of it changed."""
        slide = self.deck.slides[index]
        runs = {run for use in slide.uses for run in deck_model.runs_of(use)}
        waiting, failed = runs & self._waiting, runs & self._failures.keys()
        mine = {run: (self._good.get(run), self._failures.get(run)) for run in runs}
        last = self.deck.slides[-1].number, len(self.deck.slides)
        state = (slide, last, self.deck.meta, self.theme.palette, mine, waiting, self._trouble.get(index))
        if index not in self._views or self._views[index][0] != state:
            self._views[index] = state, self._paint(index, waiting, failed)
        return self._views[index][1]

    def _paint(self, index: int, waiting: Set[RunId], failed: Set[RunId]) -> tuple[SlideView, tuple[DeckError, ...]]:
        """Return a slide with its errors on cards and old results marked."""
        slide = self.deck.slides[index]
        view, errors = slide_view(self.deck, index, self._good, self.theme.palette, "screen", notes=True)
        if waiting or failed:
            errors = ()  # what is missing is on its way, or has its own card
        errors = (*self._trouble.get(index, ()), *errors, *(self._failures[run] for run in sorted(failed, key=str)))
        stale = failed & self._good.keys()
        states = [f"running {_names(waiting)}"] * bool(waiting)
        states += [f"stale: the last good result of {_names(stale)}"] * bool(stale)
        states += ["stale: the slide as it was before"] * (index in self._kept)
        more = "".join(f'<p class="state">{html.escape(state)}</p>' for state in states)
        if errors := _distinct(errors):
            more += f'<div class="cards">{"".join(_card(error, self.sources) for error in errors)}</div>'
        classes = (*view.classes, *(["stale"] if stale or waiting or index in self._kept else []))
        origins = () if index in self._kept else slide_origins(slide, self._good, self.sources.text)
        return replace(view, body=view.body + Markup(more), classes=classes, origins=origins), errors

    def _page(self, views: Sequence[SlideView], setting: str) -> str:
        scripts, popup, reveal_css = reveal_assets(self.theme, self.deck.meta.lang)
        script, sheet = self._own
        scripts.append(f"const setting = {setting};\n{script}")
        sheets = "\n".join([*_font_faces(self._fonts), sheet])
        policy = content_policy([*scripts, popup], served=True)
        return screen_html(self.deck, views, self.theme, sheets, reveal_css, scripts, policy)

    def _status(self) -> str:
        if self._waiting:
            return f"running {_names(self._waiting)} ({len(self._waiting)} to go)"
        more = f" (and {len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
        return f"{self.errors[0]}{more}" if self.errors else ""


@functools.lru_cache(maxsize=512)
def _imports(source: str) -> frozenset[str]:
    return frozenset(snippets.modules_imported(source))


def _names(runs: Iterable[RunId]) -> str:
    """Return the scripts of some runs, each once."""
    return ", ".join(sorted({str(RunId(run.snippet)) for run in runs}))


def _distinct(errors: Iterable[DeckError]) -> tuple[DeckError, ...]:
    """Return one error for each place: all runs of a script fail at the same line."""
    return tuple({mark(error): error for error in errors}.values())


def mark(error: DeckError) -> str:
    """Return what tells errors apart."""
    return f"{error.at} {error.detail or error.message}"


def _live_runs(slide: Slide) -> tuple[str, ...]:
    uses = (use for use in slide.uses if not (isinstance(use, FigureUse) and use.sweep))
    return tuple(dict.fromkeys(str(run) for use in uses for run in deck_model.runs_of(use)))


def _card(error: DeckError, sources: Sources) -> str:
    return f'<pre class="card" role="alert">{html.escape(format_error(error, sources.line))}</pre>'


def _font_faces(fonts: Fonts) -> Iterator[str]:
    """Yield the faces of whole fonts, by their addresses."""
    for name, family in FONTS.items():
        url, weight = f'url("/font/{name}")', "400" if family == MATH else "100 900"
        if family == LATIN:
            yield font_face(SANS, weight, url, fonts.lacking, ENLARGED)
        else:
            yield font_face(family, weight, url)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
