"""The presenting server: serves a deck, sends changed slides to the page, and runs snippets live."""

from __future__ import annotations

import asyncio
import errno
import html
import ipaddress
import json
import re
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from verideck.core import run_model
from verideck.core.errors import UsageError
from verideck.core.folders import deck_name
from verideck.core.project import Sources
from verideck.core.run_model import Failure, Result
from verideck.present import live
from verideck.present.guard import App, Guard, Receive, Scope, Send
from verideck.present.preview import Preview, Snapshot
from verideck.present.session import Log, Session
from verideck.publish import editions
from verideck.render import SERVED_FONTS
from verideck.run import snippet_error
from verideck.typeset import fonts

PORTS = range(8000, 8100)
"""Ports that are tried in order."""
PATIENCE = 10.0
"""Seconds after which a connection without a request is closed."""
STATE = "verideck.connection"
"""Key of the connection in a request's ASGI state."""


@dataclass(frozen=True, slots=True)
class PresentOptions:
    """Options of the command `present`."""

    root: Path
    deck: str = ""
    """Name of the deck; "" for the first deck that is not an edition of another."""
    host: str = "127.0.0.1"
    live: bool = False
    """Whether the page may run the deck's snippets."""
    browser: bool = True
    """Whether to open a browser."""


def serve(wish: PresentOptions, say: Log) -> None:
    """Serve a deck until Ctrl-C, which raises KeyboardInterrupt; raises UsageError."""
    root = wish.root.resolve()
    path = _choose(Sources(root), wish.deck)
    address = _address(wish.host, wish.live)
    with _bind(address, say) as bound:
        port = bound.getsockname()[1]
        shown = f"[{address}]" if ":" in address else address
        names = [shown, *(["localhost"] if address == "127.0.0.1" else [])]
        url = f"http://{shown}:{port}/"
        desk = Session(Preview(root, path), wish.live, say)
        hosts = frozenset(f"{name}:{port}" for name in names)
        app = Prompt(Guard(_routes(desk), hosts, desk.token, desk.complain))
        config = uvicorn.Config(
            app, http=Connection, ws="none", loop="asyncio", lifespan="on", log_level="critical", access_log=False,
            server_header=False, proxy_headers=False, limit_concurrency=64, timeout_graceful_shutdown=2,
            h11_max_incomplete_event_size=16 << 10,
        )  # fmt: skip
        say(f"presenting {path} at {url} (stop with Ctrl-C)")
        if not ipaddress.ip_address(address).is_loopback:
            say("note: everybody who can reach this address can read the deck and its notes")
        if wish.browser:  # before the server runs: the socket listens already
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        _Server(config, desk).run([bound])


class _Server(uvicorn.Server):
    """A server that ends the event streams on shutdown, before it waits for them."""

    def __init__(self, config: uvicorn.Config, desk: Session) -> None:
        super().__init__(config)
        self.desk = desk

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.desk.end()
        await super().shutdown(sockets)


class Connection(H11Protocol):
    """A connection that closes itself after PATIENCE seconds without a request, because their number is limited.

    uvicorn's `timeout_keep_alive` does not do this: it applies only after the first response, and ends with the first
    byte. We pass this class to `Config(http=…)`; `Prompt` finds the connection in the ASGI state of each request.
    """

    def __init__(
        self, config: uvicorn.Config, server_state: ServerState, app_state: dict[str, Any], **more: Any
    ) -> None:
        super().__init__(config, server_state, {**app_state, STATE: self}, **more)
        self._requests = 0
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._close = transport.close
        self.count(0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self.count(1)
        super().connection_lost(exc)

    def count(self, more: int) -> None:
        """Change the number of active requests; if there is none, wait for the next one."""
        self._requests += more
        if self._late:
            self._late.cancel()
        self._late = asyncio.get_running_loop().call_later(PATIENCE, self._close) if not self._requests else None


class Prompt:
    """ASGI middleware that tells the connection when a request begins and ends."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        connection = scope.get("state", {}).get(STATE)
        if not isinstance(connection, Connection):  # lifespan of the server
            await self.app(scope, receive, send)
            return
        connection.count(1)
        try:
            await self.app(scope, receive, send)
        finally:
            connection.count(-1)


def _routes(desk: Session) -> Starlette:
    async def page(_: Request) -> Response:
        await desk.after(0)
        text = await desk.owned(_page, desk)
        match = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
        assert match
        # The speaker view shows this page in two frames; it has the same origin.
        policy = f"{html.unescape(match[1])}; frame-ancestors 'self'"
        return HTMLResponse(text, headers={"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"})

    async def font(request: Request) -> Response:
        family = SERVED_FONTS.get(request.path_params["name"])
        return FileResponse(fonts.source(family), media_type="font/ttf") if family else Response(status_code=404)

    async def events(request: Request) -> Response:
        asked = await _asked(request)
        known = asked.get("keys") if asked else None
        if not isinstance(known, list) or not all(isinstance(key, str) for key in known):
            return Response(status_code=400)
        return StreamingResponse(_stream(desk, set(known)), media_type="application/x-ndjson")

    async def run(request: Request) -> Response:
        if not desk.may_run:
            return Response("only `present --live` runs snippets", 403)
        asked = await _asked(request)
        if not asked or asked.keys() != {"id"} or not isinstance(asked["id"], str):
            return Response(status_code=400)
        if desk.running.locked():
            return Response("a snippet is running already", 409)
        async with desk.running:
            return await _live(desk, asked["id"])

    routes = [
        Route("/", page),
        Route("/font/{name}", font),
        Route("/events", events, methods=["POST"]),
        Route("/run", run, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=desk.lifespan)


def _page(desk: Session) -> str:
    """Return the page with the settings of its script."""
    show = desk.preview.show()
    setting = {"token": desk.token, "live": desk.may_run, "frame": show.frame, "slides": _listed(show)}
    return desk.preview.whole(json.dumps(setting).replace("<", "\\u003c"))


async def _asked(request: Request) -> dict[str, Any] | None:
    """Return the JSON object in a request's body; None for other bodies."""
    try:
        asked = json.loads(await request.body())
    except (ValueError, RecursionError, ClientDisconnect):
        return None
    return asked if isinstance(asked, dict) else None


async def _stream(desk: Session, known: set[str]) -> AsyncIterator[str]:
    """Yield lines of JSON: the keys of all slides in order, and the HTML of slides that the page does not have."""
    version = 0
    while True:
        show, version = await desk.after(version)
        if not show:
            return
        fresh = {section.key: section.html for section in show.sections if section.key not in known}
        known = {section.key for section in show.sections}
        message = {"frame": show.frame, "slides": _listed(show), "html": fresh, "status": show.status}
        yield json.dumps(message) + "\n"


def _listed(show: Snapshot) -> list[tuple[str, tuple[str, ...]]]:
    return [(section.key, section.runs) for section in show.sections]


async def _live(desk: Session, name: str) -> Response:
    """Execute a run again, and return its result beside the recorded one; only the recorded one if the run fails."""
    preview = desk.preview
    started = await desk.owned(preview.runs.again, name)
    if not started:
        return Response("the deck has no such run", 404)
    run, future = started
    desk.say(f"live: running {run.id}")
    recorded = await desk.owned(preview.runs.recorded, run)
    tokens, meta = preview.theme.palette, preview.deck.meta
    try:
        result = await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        result = Result(error=Failure("stopped", "the interpreter was started again"))
    if result.error and not run_model.succeeded(run.raises, result):
        panel = live.fallback(snippet_error(run, result.error), recorded, tokens, meta.lang)
        return JSONResponse({"html": panel, "fresh": False})
    panel = live.panel(run, recorded, result, meta.tolerance, tokens, meta.lang)
    return JSONResponse({"html": panel, "fresh": True})


def _choose(sources: Sources, name: str) -> str:
    if name:
        return sources.decks((name,))[0]
    known = editions(sources)
    names = {path: deck_name(path) for path in sources.decks()}
    return next(path for path, deck in names.items() if deck == next((one for _, one in known.get(deck, ())), deck))


def _address(host: str, may_run: bool) -> str:
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        hint = "use one of this machine's addresses, such as 192.168.1.5"
        raise UsageError(f"'{host}' is not an address", None, hint) from None
    if address.is_unspecified:
        raise UsageError(f"'{host}' would serve on every network", None, "use one of this machine's addresses")
    if may_run and not address.is_loopback:
        raise UsageError("--live works only on this machine's own address", None, "remove --host or --live")
    return str(address)


def _bind(address: str, say: Log) -> socket.socket:
    """Return a socket at the first free port; raises UsageError if there is none."""
    for port in PORTS:
        try:
            bound = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                hint = "use another address with --host"
                raise UsageError(f"cannot serve at {address}: {error.strerror}", None, hint) from None
            say(f"port {port} is in use")
        else:
            return bound
    raise UsageError(f"no port from {PORTS[0]} to {PORTS[-1]} is free", None, "stop another server")
