"""Who may talk to the presenting server: every request is refused but those of its own page, in this browser.

A web page that is open beside the deck can send requests here, too, and so can a name that leads to this machine
(DNS rebinding): hence the exact Host, the exact Origin, and a token that only our page knows.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_LIMIT = 64 << 10
"""Bytes that a request's body may have: a page tells which slides it shows."""
HEADER_LIMIT = 16 << 10
"""Bytes of all headers of a request."""
SINGLE = ("host", "origin", "content-length", "content-type", "x-deck-token", "sec-fetch-site")
"""Headers that come once or not at all."""

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Stand on every answer, where it does not say otherwise itself."""


def refusal(method: str, headers: Iterable[tuple[bytes, bytes]], hosts: frozenset[str], token: str) -> tuple[int, str]:
    """Return status and reason with which a request is refused; (0, "") if it may pass.

    hosts: the authorities under which the page is served, as in `127.0.0.1:8000`.
    """
    pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
    given = dict(pairs)
    if sum(len(name) + len(value) for name, value in pairs) > HEADER_LIMIT:
        return 431, "headers too large"
    if any([name for name, _ in pairs].count(name) > 1 for name in SINGLE):
        return 400, "a header came twice"
    if given.get("host", "") not in hosts:
        return 403, "this address is not served here"
    if method not in ("GET", "HEAD", "POST"):
        return 405, "method not allowed"
    own = f"http://{given['host']}"
    if _is_foreign(method, given, own):
        return 403, "requests from other pages are refused"
    return _posted(given, own, token) if method == "POST" else (0, "")


def _is_foreign(method: str, given: dict[str, str], own: str) -> bool:
    """Whether another page sent the request; a link to us that somebody followed is none of its sender's business."""
    if given.get("origin", own) != own:
        return True
    link = given.get("sec-fetch-mode") == "navigate" and given.get("sec-fetch-dest") == "document"
    return given.get("sec-fetch-site", "none") not in ("same-origin", "none") and not (link and method == "GET")


def _posted(given: dict[str, str], own: str, token: str) -> tuple[int, str]:
    """Return why an action or a stream is refused: our page sends Origin, token and JSON, which no form can."""
    if given.get("origin") != own:
        return 403, "no origin"
    if not hmac.compare_digest(given.get("x-deck-token", "").encode("latin-1"), token.encode()):
        return 401, "no token"
    if given.get("content-type") != "application/json":
        return 415, "not JSON"
    length = given.get("content-length", "")
    if not (length.isascii() and length.isdigit()) or "transfer-encoding" in given:
        return 411, "no length"
    return (413, "too large") if int(length[:20]) > BODY_LIMIT else (0, "")


class Guard:
    """An ASGI application around another: refuses, adds the headers of safety, tells nothing about a crash."""

    def __init__(self, app: App, hosts: frozenset[str], token: str, complain: Callable[[BaseException], None]) -> None:
        self.app = app
        self.hosts = hosts
        self.token = token
        self.complain = complain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        if scope["type"] != "http":
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                said = {name.lower() for name, _ in message.get("headers", ())}
                more = [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in said]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        status, reason = refusal(scope["method"], scope["headers"], self.hosts, self.token)
        if not status:
            try:
                await self.app(scope, receive, guarded)
            except Exception as error:
                self.complain(error)
                status, reason = 500, "the server failed: see the terminal"
        if status and not begun:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await guarded({"type": "http.response.start", "status": status, "headers": headers})
            await guarded({"type": "http.response.body", "body": reason.encode()})
