"""Refuses every request to the presenting server that does not come from its own page.

Other web pages in the same browser can send requests, too, also under another host name (DNS rebinding). Therefore the
guard checks Host, Origin, and a token that only our page knows.
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
"""Maximum size of a request's body in bytes."""
HEADER_LIMIT = 16 << 10
"""Maximum size of all headers of a request in bytes."""
SINGLE = ("host", "origin", "content-length", "content-type", "x-deck-token", "sec-fetch-site")
"""Headers that may not be repeated."""

HEADERS = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Default headers of every response."""


def refusal(method: str, headers: Iterable[tuple[bytes, bytes]], hosts: frozenset[str], token: str) -> tuple[int, str]:
    """Return (HTTP status, reason) for a refused request; (0, "") for an allowed one.

    hosts: allowed values of the header Host, as `127.0.0.1:8000`.
    """
    pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
    given = dict(pairs)
    if sum(len(name) + len(value) for name, value in pairs) > HEADER_LIMIT:
        return 431, "headers too large"
    if any([name for name, _ in pairs].count(name) > 1 for name in SINGLE):
        return 400, "repeated header"
    if given.get("host", "") not in hosts:
        return 403, "this address is not served here"
    if method not in ("GET", "HEAD", "POST"):
        return 405, "method not allowed"
    own = f"http://{given['host']}"
    if _is_foreign(method, given, own):
        return 403, "requests from other pages are refused"
    return _posted(given, own, token) if method == "POST" else (0, "")


def _is_foreign(method: str, given: dict[str, str], own: str) -> bool:
    """Tell whether another page sent the request. A link to our page may be followed from anywhere."""
    if given.get("origin", own) != own:
        return True
    link = given.get("sec-fetch-mode") == "navigate" and given.get("sec-fetch-dest") == "document"
    return given.get("sec-fetch-site", "none") not in ("same-origin", "none") and not (link and method == "GET")


def _posted(given: dict[str, str], own: str, token: str) -> tuple[int, str]:
    """Return (status, reason) for a POST request, which must have Origin, token and JSON; a form cannot send these."""
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
    """ASGI middleware: refuses requests, adds security headers, and hides the details of errors."""

    def __init__(self, app: App, hosts: frozenset[str], token: str, complain: Callable[[BaseException], None]) -> None:
        self.app = app
        self.hosts = hosts
        self.token = token
        self.complain = complain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
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
