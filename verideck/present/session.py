"""What the page and the project say to each other while a deck is presented: changes in, what is shown out."""

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
from verideck.core.folders import DIST, FIGURES
from verideck.core.run_model import Result
from verideck.present.preview import Preview, Snapshot, mark
from verideck.present.runs import Started
from verideck.run import Ticket

UNWATCHED = (DIST, FIGURES, "verideck", "tests", "node_modules")
"""Folders at the top of the project that no deck is made of."""
STEP, DEBOUNCE = 10, 200
"""Milliseconds without a change after which changes are handed over, and the longest wait."""

Log = Callable[[str], None]


class Session:
    """What the page and the project say to each other: one worker owns the preview, streams wait for what it shows."""

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
        """Work while the server serves; nothing that was started outlives it."""
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
        """Return what is shown once it is newer than `version`; None when the server ends."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.ended or self.version > version)
            return (None if self.ended else self.show), self.version

    async def owned(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Call a method of the preview in a thread, nobody else's at the same time."""
        async with self._owner:
            work = asyncio.create_task(asyncio.to_thread(call, *arguments))
            try:
                return await asyncio.shield(work)
            except asyncio.CancelledError:  # who asked is gone; the thread works on
                await asyncio.wait([work])
                raise

    def complain(self, error: BaseException) -> None:
        """Tell the terminal about a mistake in a template, or about a bug of ours."""
        if isinstance(error, DeckError):
            self.say(f"error: {format_error(error, self.preview.sources.line)}")
        else:
            self.say("".join(traceback.format_exception(error)).rstrip())

    async def _watch(self) -> None:
        """Watch the project and its folders; these anew when one comes or goes: a watch ends with its folder."""
        inside = self._start(self._watch_inside())
        try:
            async for changes in watchfiles.awatch(self.preview.root, recursive=False, step=STEP, debounce=DEBOUNCE):
                if any(kind != watchfiles.Change.modified for kind, _ in changes):
                    inside.cancel()
                    inside = self._start(self._watch_inside())
                    await asyncio.sleep(0)  # it watches now: what is read hereafter is not older
                self._events.put_nowait(None)
        finally:
            inside.cancel()

    async def _watch_inside(self) -> None:
        with contextlib.suppress(FileNotFoundError):  # a folder that goes just now, which begins this anew
            async for _ in watchfiles.awatch(*_folders(self.preview.root), step=STEP, debounce=DEBOUNCE):
                self._events.put_nowait(None)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start work beside the others; that it failed is told at once."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()):
                self.complain(error)

        task = asyncio.create_task(work)
        task.add_done_callback(ended)
        return task

    async def _work(self) -> None:
        """Take changes of files and results of runs as they come, and show what follows."""
        with self._complaining():
            await self._publish(await self.owned(self._first))
        while True:
            events = [await self._events.get()]
            while not self._events.empty():
                events.append(self._events.get_nowait())
            with self._complaining():
                show, futures = await self.owned(self._step, [one for one in events if one], None in events)
                for ticket, future in futures.items():
                    future.add_done_callback(self._deliver(asyncio.get_running_loop(), ticket))
                await self._publish(show)

    @contextlib.contextmanager
    def _complaining(self) -> Iterator[None]:
        """Go on after a bug of ours, or a mistake in a template: what is saved next may mend it."""
        try:
            yield
        except Exception as error:
            self.complain(error)

    async def _publish(self, show: Snapshot) -> None:
        async with self._changed:
            self.show, self.version = show, self.version + 1
            self._changed.notify_all()

    def _first(self) -> Snapshot:
        """Return what is recorded: fonts that are cut and interpreters that import take their time."""
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
            self.say(show.status or "all errors are mended")
        self._said = {mark(error) for error in self.preview.errors}
        return show, futures

    def _deliver(self, loop: asyncio.AbstractEventLoop, ticket: Ticket) -> Callable[[Future[Result]], None]:
        def done(future: Future[Result]) -> None:
            with contextlib.suppress(CancelledError, RuntimeError):  # stopped, or the server has ended
                loop.call_soon_threadsafe(self._events.put_nowait, (ticket, future.result()))

        return done


def _folders(root: Path) -> list[Path]:
    """Return the folders at the top of a project that decks may be made of."""
    entries = (one for one in root.iterdir() if one.name[0] != "." and one.name not in UNWATCHED and one.is_dir())
    return [entry for entry in entries if not (entry / "pyvenv.cfg").exists()]
