"""Who may talk to the presenting server, request by request; over real sockets: test_server.py."""

from __future__ import annotations

import pytest

from tests.harness import finished
from verideck.present.guard import BODY_LIMIT, HEADER_LIMIT, HEADERS, Guard, Message, Receive, Scope, Send, refusal

HOST = "127.0.0.1:8000"
TOKEN = "secret"
POST = {
    "host": HOST,
    "origin": f"http://{HOST}",
    "x-deck-token": TOKEN,
    "content-type": "application/json",
    "content-length": "2",
}
"""What our page sends."""
FOLLOWED = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
"""A link to us on another page."""


def refused(method: str, headers: dict[str, str | None]) -> tuple[int, str]:
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items() if value is not None]
    return refusal(method, pairs, frozenset({HOST, "localhost:8000"}), TOKEN)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("GET", {"host": HOST}),
        ("HEAD", {"host": "localhost:8000"}),
        ("GET", {"host": HOST, "sec-fetch-site": "same-origin"}),
        (
            "GET",
            {"host": HOST, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        ),
        ("POST", POST),
        ("POST", {**POST, "content-length": str(BODY_LIMIT)}),
    ],
)
def test_our_own_page_may_pass(method: str, headers: dict[str, str | None]) -> None:
    assert refused(method, headers) == (0, "")


@pytest.mark.parametrize(
    ("method", "change", "status"),
    [
        ("GET", {"host": "evil.example:8000"}, 403),
        ("GET", {"host": None}, 403),
        ("PUT", {}, 405),
        ("GET", {"origin": "http://evil.example"}, 403),
        ("GET", {"sec-fetch-site": "cross-site"}, 403),
        ("GET", {"sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        ("POST", FOLLOWED, 403),
        ("POST", {"origin": None}, 403),
        ("POST", {"origin": "null"}, 403),
        ("POST", {"origin": "http://localhost:8000"}, 403),
        ("POST", {"x-deck-token": None}, 401),
        ("POST", {"x-deck-token": "é"}, 401),
        ("POST", {"content-type": "text/plain"}, 415),
        ("POST", {"content-length": None}, 411),
        ("POST", {"content-length": "-1"}, 411),
        ("POST", {"content-length": "²"}, 411),
        ("POST", {"transfer-encoding": "chunked"}, 411),
        ("POST", {"content-length": str(BODY_LIMIT + 1)}, 413),
        ("POST", {"content-length": "9" * 5000}, 413),
        ("GET", {"x-long": "a" * HEADER_LIMIT}, 431),
    ],
)
def test_all_else_is_refused(method: str, change: dict[str, str | None], status: int) -> None:
    code, reason = refused(method, {**POST, **change})
    assert code == status
    assert TOKEN not in reason


@pytest.mark.parametrize("name", ["host", "Origin", "X-Deck-Token", "content-length"])
def test_a_header_that_comes_twice_is_refused(name: str) -> None:
    pairs = [(key.encode(), value.encode()) for key, value in POST.items()]
    twice = [*pairs, (name.encode(), POST[name.lower()].encode())]
    assert refusal("POST", twice, frozenset({HOST}), TOKEN) == (400, "repeated header")


class Told:
    """An answer as a server would send it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.complaints: list[BaseException] = []

    def ask(self, app: object, kind: str = "http", host: str = HOST) -> None:
        guard = Guard(app, frozenset({HOST}), TOKEN, self.complaints.append)  # type: ignore[arg-type]

        async def send(message: Message) -> None:
            self.messages.append(message)

        scope = {"type": kind, "method": "GET", "headers": [(b"host", host.encode())]}
        finished(guard(scope, None, send))  # type: ignore[arg-type]

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}


def test_an_answer_gets_the_headers_of_safety_but_keeps_its_own() -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-frame-options", b"SAMEORIGIN")]})
        await send({"type": "http.response.body", "body": b"page"})

    told = Told()
    told.ask(app)
    assert told.status == 200
    assert told.headers == {**HEADERS, "x-frame-options": "SAMEORIGIN"}
    assert told.messages[1]["body"] == b"page"


def test_a_refused_request_never_reaches_the_application() -> None:
    async def app(*_: object) -> None:
        raise AssertionError

    told = Told()
    told.ask(app, host="evil.example")
    assert (told.status, told.complaints) == (403, [])
    assert HEADERS.items() <= told.headers.items()


def test_a_crash_is_told_to_the_terminal_alone() -> None:
    async def app(*_: object) -> None:
        raise RuntimeError("a secret path")

    told = Told()
    told.ask(app)
    assert told.status == 500
    assert b"secret" not in told.messages[1]["body"]
    assert [str(one) for one in told.complaints] == ["a secret path"]


def test_nothing_but_http_is_answered() -> None:
    async def app(*_: object) -> None:
        raise AssertionError

    told = Told()
    told.ask(app, kind="websocket")
    assert told.messages == []
