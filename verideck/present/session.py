"""A session of `present`: takes changes of files and results of runs, and publishes snapshots to the pages."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

import watchfiles

from verideck.core.errors import DeckError, format_error
from verideck.core.folders import DIST, FIGURES, is_single
from verideck.core.run_model import Result
from verideck.present.preview import Preview, Snapshot, mark
from verideck.present.runs import Started
from verideck.run import Ticket

UNWATCHED = (DIST, FIGURES, "verideck", "tests", "node_modules")
"""Folders of the project that are not watched, because no deck depends on them."""
STEP, DEBOUNCE = 10, 200
"""Milliseconds without a change after which a group of changes ends, and the maximum duration of a group."""

Log = Callable[[str], None]


class Session:
    """One worker owns the preview and publishes snapshots; event streams wait for them."""

    def __init__(self, preview: Preview, may_run: bool, say: Log) -> None:
        self.preview = preview
        self.may_run = may_run
        self.say = say
        self.token = secrets.token_urlsafe(32)
        self.show: Snapshot | None = None
        self.version = 0
        self.ended = False
        self.running = asyncio.Lock()
        self._said: set[str] = set()
        self._changed = asyncio.Condition()
        self._owner = asyncio.Lock()
        self._events: asyncio.Queue[tuple[Ticket, Result] | None] = asyncio.Queue()

    @contextlib.asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Work while the server runs; end all tasks and runs at its end."""
        self._events.put_nowait(None)
        tasks = [self._start(self._work()), self._start(self._watch())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            async with self._owner:
                await asyncio.to_thread(self.preview.runs.close)

    async def end(self) -> None:
        """End all streams."""
        async with self._changed:
            self.ended = True
            self._changed.notify_all()

    async def after(self, version: int) -> tuple[Snapshot | None, int]:
        """Wait for a snapshot newer than `version`, and return it with its version; None when the server ends."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.ended or self.version > version)
            return (None if self.ended else self.show), self.version

    async def owned(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Call a method of the preview in a thread, one call at a time."""
        async with self._owner:
            work = asyncio.create_task(asyncio.to_thread(call, *arguments))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:  # the caller is gone, but the thread continues
                await asyncio.wait([work])
                raise

    def complain(self, error: BaseException) -> None:
        """Print an error in a template, or a traceback for a bug in the engine."""
        if isinstance(error, DeckError):
            self.say(f"error: {format_error(error, self.preview.sources.line)}")
        else:
            self.say("".join(traceback.format_exception(error)).rstrip())

    async def _watch(self) -> None:
        """Watch the project and its folders; restart when a folder appears or disappears, because its watch ends."""
        inside = self._start(self._watch_inside())
        try:
            async for changes in watchfiles.awatch(self.preview.root, recursive=False, step=STEP, debounce=DEBOUNCE):
                if any(kind != watchfiles.Change.modified for kind, _ in changes):
                    inside.cancel()
                    inside = self._start(self._watch_inside())
                    await asyncio.sleep(0)  # lets the new watch start before the project is read again
                self._events.put_nowait(None)
        finally:
            inside.cancel()

    async def _watch_inside(self) -> None:
        deep = not is_single(self.preview.root)  # a single deck may lie in a folder full of other things
        with contextlib.suppress(FileNotFoundError):  # a folder that disappears now, which restarts the watch
            folders = _folders(self.preview.root)
            async for _ in watchfiles.awatch(*folders, step=STEP, debounce=DEBOUNCE, recursive=deep):
                self._events.put_nowait(None)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task; print its error at once if it fails."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()):
                self.complain(error)

        task = asyncio.create_task(work)
        task.add_done_callback(ended)
        return task

    async def _work(self) -> None:
        """Take changes of files and results of runs, and publish a snapshot after each."""
        with self._complaining():
            await self._publish(await self.owned(self._first))
            await self._fit()
        while True:
            events = [await self._events.get()]
            while not self._events.empty():
                events.append(self._events.get_nowait())
            with self._complaining():
                show, futures = await self.owned(self._step, [one for one in events if one], None in events)
                for ticket, future in futures.items():
                    future.add_done_callback(self._deliver(asyncio.get_running_loop(), ticket))
                await self._publish(show)
                await self._fit()

    async def _fit(self) -> None:
        """Let text shrink where it must, one slide at a time, until something changes."""
        while self._events.empty() and (changed := await self.owned(self.preview.fit_next)) is not None:
            if changed:
                await self._publish(await self.owned(self.preview.show))

    @contextlib.contextmanager
    def _complaining(self) -> Iterator[None]:
        """Print an error and continue, because the next change may correct it."""
        try:
            yield
        except Exception as error:
            self.complain(error)

    async def _publish(self, show: Snapshot) -> None:
        async with self._changed:
            self.show, self.version = show, self.version + 1
            self._changed.notify_all()

    def _first(self) -> Snapshot:
        """Return a snapshot of the recorded results, before slow work: fonts, interpreters, runs."""
        self.preview.read()
        return self.preview.show()

    def _step(self, results: list[tuple[Ticket, Result]], changed: bool) -> tuple[Snapshot, Started]:
        for ticket, result in results:
            self.preview.runs.take(ticket, result)
        futures: Started = {}
        if changed:
            self.preview.read()
            futures = self.preview.runs.start()
        show = self.preview.show()
        for error in self.preview.errors:
            if mark(error) not in self._said:
                self.say(f"error: {format_error(error, self.preview.sources.line)}")
        if futures or (self._said and not self.preview.errors):
            self.say(show.status or "all errors are corrected")
        self._said = {mark(error) for error in self.preview.errors}
        return show, futures

    def _deliver(self, loop: asyncio.AbstractEventLoop, ticket: Ticket) -> Callable[[Future[Result]], None]:
        def done(future: Future[Result]) -> None:
            with contextlib.suppress(CancelledError, RuntimeError):  # the run was cancelled, or the server ended
                loop.call_soon_threadsafe(self._events.put_nowait, (ticket, future.result()))

        return done


def _folders(root: Path) -> list[Path]:
    """Return the folders of a project that decks may depend on."""
    entries = (one for one in root.iterdir() if one.name[0] != "." and one.name not in UNWATCHED and one.is_dir())
    return [entry for entry in entries if not (entry / "pyvenv.cfg").exists()]
