"""Presenting: every attack on the server is refused, over real sockets; what is saved is shown; snippets run live."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from tests.harness import DeckTest, finished
from tests.server import Answer, Server
from verideck.core.errors import UsageError
from verideck.core.project import Sources
from verideck.present import server as serving
from verideck.present.guard import Send

pytestmark = pytest.mark.slow


def test_the_deck_that_is_no_edition_of_another_is_presented(deck: DeckTest) -> None:
    deck.write("slides/b.en.md", "---\nlang: en\n---\n# B\n").write("slides/b.md", "---\nlang: ja\n---\n# B\n")
    assert serving._choose(Sources(deck.root), "") == "slides/b.md"
    deck.write("slides/a.en.md", "---\nlang: en\n---\n# A\n")
    assert serving._choose(Sources(deck.root), "") == "slides/a.en.md"
    assert serving._choose(Sources(deck.root), "b.en") == "slides/b.en.md"


DECK = """---
title: A talk
---

# One {#one}

It gives {eval}`adds.py: total`.

::: notes
Only for the speaker.
:::

---

# Two {#two}

```{output} fails.py
```

---

# Three {#three}

- a
- b
"""


def project(tmp_path: Path, fonts: Path | None = None) -> DeckTest:
    """Return a project with things beside it and in it that nobody shall get."""
    deck = DeckTest(tmp_path / "talk", fonts).write("slides/talk.md", DECK)
    deck.write("snippets/adds.py", "total = 1 + 1\nprint('sum', total)\n").write("snippets/fails.py", "print('well')\n")
    deck.write("snippets/unused.py", "open('secret')").write(".env", "SECRET").write(".git/config", "SECRET")
    deck.write(".cache/results/secret.json", "SECRET").write("../secret.txt", "SECRET")
    deck.write("../talk-evil/secret.txt", "SECRET")
    (deck.root / "font").mkdir()
    (deck.root / "font/link").symlink_to("../../secret.txt")
    return deck


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that may run snippets."""
    with Server(project(tmp_path_factory.mktemp("serve")).root, "--live") as running:
        running.wait_for("running adds.py")
        yield running


def evil(name: str, origin: str | None = None, **headers: str | None) -> tuple[str, Callable[[Server], Answer]]:
    """Return an attack that wishes to run a snippet from elsewhere."""
    return name, lambda server: server.run("adds.py", **({"origin": origin} if origin else {}), **headers)


def get(path: str, **headers: str | None) -> tuple[str, Callable[[Server], Answer]]:
    return f"GET {path} {headers or ''}", lambda server: server.ask("GET", path, **headers)


def host(pattern: str) -> tuple[str, Callable[[Server], Answer]]:
    return f"Host {pattern}", lambda server: server.ask("GET", host=pattern.replace("PORT", str(server.port)))


def body(name: str, data: bytes, path: str = "/run", **headers: str | None) -> tuple[str, Callable[[Server], Answer]]:
    return name, lambda server: server.ask("POST", path, data, **headers)


def raw(name: str, text: str) -> tuple[str, Callable[[Server], Answer]]:
    """Return an attack of bytes of its own, with the server's authority and token filled in."""
    return name, lambda server: server.send(
        text.replace("HOST", server.authority).replace("TOKEN", server.token).replace("\n", "\r\n").encode("latin-1")
    )


HOSTS = [
    *("evil.example", "evil.example:PORT", "localhost.evil.example:PORT", "127.0.0.1.evil:PORT", "127.0.0.1.:PORT"),
    *("localhost.:PORT", "localhost:1", "127.0.0.1", "localhost", "", "0.0.0.0:PORT", "[::1]:PORT", "2130706433:PORT"),
    *("127.1:PORT", "127.0.0.1:PORT@evil.example", "evil.example@127.0.0.1:PORT", "127.0.0.2:PORT", "127.0.0.1:PORT0"),
]
ORIGINS = [
    *("http://evil.example", "null", "http://localhost.evil.example", "https://127.0.0.1", "http://127.0.0.1"),
    *("http://127.0.0.1:1", "file://", "http://127.0.0.1.evil", " ", "http://localhost"),
]
PATHS = [
    *("/../secret.txt", "/%2e%2e/secret.txt", "/%252e%252e/secret.txt", "/..%2fsecret.txt", "/..\\secret.txt"),
    *("/font/../../secret.txt", "/font/%2e%2e%2f%2e%2e%2fsecret.txt", "/font/link", "/font/..%5c..%5csecret.txt"),
    *("/../talk-evil/secret.txt", "/%2e%2e/talk-evil/secret.txt", "//etc/passwd", "/etc/passwd", "/font//etc/passwd"),
    *("/.git/config", "/.cache/results/secret.json", "/.env", "/slides/talk.md", "/snippets/adds.py", "/dist/"),
    *("/font/text%00", "/font/%00", "/file:///etc/passwd", "/@fs/etc/passwd", "/font/"),
]
METHODS = ("HEAD", "PUT", "DELETE", "PATCH", "TRACE")
FORMS = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", None, "application/json, text/plain"]
SITES = [
    (
        "script of another page",
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "script"},
    ),
    (
        "frame of another page",
        {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    ),
    (
        "picture of another port",
        {"sec_fetch_site": "same-site", "sec_fetch_mode": "no-cors", "sec_fetch_dest": "image"},
    ),
    ("fetch of another page", {"origin": "http://evil.example", "sec_fetch_site": "cross-site"}),
    ("fetch of a sandboxed page", {"origin": "null"}),
]
POST = "POST /run HTTP/1.1\nHost: HOST\nOrigin: http://HOST\nContent-Type: application/json\nConnection: close\n"
WEBSOCKET = (
    "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
)
ATTACKS = [
    *map(host, HOSTS),
    *(evil(f"run from {origin}", origin) for origin in ORIGINS),
    *(body(f"stream from {origin}", b'{"keys": []}', "/events", origin=origin) for origin in ORIGINS),
    ("run without origin", lambda s: s.run("adds.py", origin=None)),
    body("stream without origin", b'{"keys": []}', "/events", origin=None),
    evil("run without token", x_deck_token=None),
    evil("run with another token", x_deck_token="A" * 43),
    evil("run with an empty token", x_deck_token=""),
    evil("run with a token beyond ASCII", x_deck_token="é"),
    ("run with half a token", lambda s: s.run("adds.py", x_deck_token=s.token[:-1])),
    ("run with the token in a cookie", lambda s: s.run("adds.py", x_deck_token=None, cookie=f"x-deck-token={s.token}")),
    ("run with the token in the address", lambda s: s.ask("POST", f"/run?token={s.token}", b"{}", x_deck_token=None)),
    body("stream without token", b'{"keys": []}', "/events", x_deck_token=None),
    *(evil(f"run by a form of {form}", content_type=form) for form in FORMS),
    *(get(path) for path in ("/run", "/run?id=adds.py", "/events")),
    *((f"{method} /run", lambda s, method=method: s.ask(method, "/run")) for method in METHODS),
    (
        "preflight",
        lambda s: s.ask(
            "OPTIONS", "/run", origin="http://evil.example",
            access_control_request_method="POST", access_control_request_headers="x-deck-token",
        ),
    ),
    *((f"{name}", lambda s, more=more: s.ask("GET", "/", **more)) for name, more in SITES),
    *(get(path) for path in PATHS),
    raw("a path of another host", "GET http://evil.example/ HTTP/1.1\nHost: HOST\nConnection: close\n\n"),
    raw("two hosts", "GET / HTTP/1.1\nHost: HOST\nHost: evil.example\nConnection: close\n\n"),
    raw("no host", "GET / HTTP/1.1\nConnection: close\n\n"),
    raw("no host, HTTP/1.0", "GET / HTTP/1.0\n\n"),
    raw("two origins", POST + "Origin: http://evil.example\nX-Deck-Token: TOKEN\nContent-Length: 2\n\n{}"),
    raw("two tokens", POST + "X-Deck-Token: TOKEN\nX-Deck-Token: a\nContent-Length: 2\n\n{}"),
    raw("a body in pieces", POST + "X-Deck-Token: TOKEN\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n"),
    raw("a body without length", POST + "X-Deck-Token: TOKEN\n\n"),
    raw("a negative length", POST + "X-Deck-Token: TOKEN\nContent-Length: -1\n\n"),
    raw("two lengths", POST + "X-Deck-Token: TOKEN\nContent-Length: 2\nContent-Length: 20\n\n{}"),
    raw("a length of many digits", POST + f"X-Deck-Token: TOKEN\nContent-Length: {'9' * 5000}\n\n"),
    raw("a WebSocket from elsewhere", f"GET /events HTTP/1.1\nHost: HOST\nOrigin: http://evil.example\n{WEBSOCKET}\n"),
    raw("a WebSocket from the page", f"GET /events HTTP/1.1\nHost: HOST\nOrigin: http://HOST\n{WEBSOCKET}\n"),
    raw("no HTTP", "hello\n\n"),
    body("a large body", b"[" * (65 << 10)),
    body("a body beyond its length", b'{"id": "adds.py"}' * 2, content_length="10"),
    body("deep JSON", b"[" * 60_000),
    body("no JSON", b"id=adds.py"),
    body("a list", b"[]"),
    *((f"header of {size}", lambda s, size=size: s.ask("GET", x_long="a" * size)) for size in (17 << 10, 70 << 10)),
    ("a thousand headers", lambda s: s.ask("GET", **{f"x_{number}": "a" * 20 for number in range(1000)})),
    ("a long path", lambda s: s.ask("GET", "/" + "a" * 70_000)),
    *((f"run {name!r}", lambda s, name=name: s.run(name)) for name in [
        "unused.py", "snippets/adds.py", "../adds.py", "/etc/passwd", "", "print(1)", "adds.py (a=1)", "adds.py\0",
        None, 1, ["adds.py"], {"path": "adds.py"},
    ]),
    body("run with text of its own", b'{"id": "adds.py", "source": "print(1)"}'),
    body("run with parameters of its own", b'{"id": "adds.py", "parameters": {"a": 1}}'),
    body("a stream of wrong keys", b'{"keys": [1]}', "/events"),
]  # fmt: skip


@pytest.mark.parametrize("attack", [attack for _, attack in ATTACKS], ids=[name[:60] for name, _ in ATTACKS])
def test_an_attack_is_refused(server: Server, attack: Callable[[Server], Answer]) -> None:
    answer = attack(server)
    assert 400 <= answer.status < 500 or answer.status == 0
    assert not {name for name in answer.headers if name.startswith("access-control")}
    for leak in (
        b"SECRET",
        b"Traceback",
        str(server.root).encode(),
        os.environ.get("HOME", "/home").encode(),
        b"root:",
    ):
        assert leak not in answer.body
    if (
        answer.headers.get("content-type", "").startswith("text/plain; charset=utf-8")
        and "cache-control" in answer.headers
    ):
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_nothing_was_run_for_an_attacker(server: Server) -> None:
    """Stands after the attacks: in the same process, in the order of the file."""
    assert "live:" not in server.said.read_text()


def test_the_page_is_its_own_only_reader(server: Server) -> None:
    headers = server.home.headers
    assert server.home.status == 200
    policy = headers.pop("content-security-policy")
    assert {"default-src 'none'", "connect-src 'self'", "frame-ancestors 'self'", "form-action 'none'"} <= set(
        policy.split("; ")
    )
    assert "unsafe-eval" not in policy
    assert policy.count("'unsafe-inline'") == 1  # styles
    kept = {
        "x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN", "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin", "referrer-policy": "no-referrer",
    }  # fmt: skip
    assert kept.items() <= headers.items()
    assert "server" not in headers
    assert "Only for the speaker." in server.home.body.decode()
    assert server.token not in server.said.read_text()


def test_a_link_that_somebody_follows_leads_to_the_page(server: Server) -> None:
    answer = server.ask("GET", sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document")
    assert answer.status == 200


@pytest.mark.parametrize("name", ["text", "code", "math"])
def test_fonts_are_served_whole(server: Server, name: str) -> None:
    answer = server.ask("GET", f"/font/{name}")
    assert (answer.status, answer.headers["content-type"], answer.headers["cache-control"]) == (
        200,
        "font/ttf",
        "no-store",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_only_this_machine_can_connect(server: Server) -> None:
    listening = []
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            rows = [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
            listening += [row[1] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == server.port]
    assert listening == [f"0100007F:{server.port:04X}"]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--host", "0.0.0.0"], "would serve on every network"),
        (["--host", "::"], "would serve on every network"),
        (["--host", "evil.example"], "is not an address"),
        (["--host", "192.0.2.1"], "cannot serve at 192.0.2.1"),
        (["--host", "192.0.2.1", "--live"], "works only on this machine's own address"),
        (["nosuch"], "no deck 'nosuch'"),
    ],
)
def test_an_address_that_cannot_be_is_said(deck: DeckTest, options: list[str], text: str) -> None:
    deck.write("slides/a.md", "# One").run("present", "--no-open", *options).fails(2, text)


def test_a_snippet_runs_live_beside_the_recorded_result(server: Server) -> None:
    next(show for show in server.shows() if not show["status"])
    answer = server.run("adds.py")
    shown = json.loads(answer.body)
    assert shown["fresh"]
    assert shown["html"].count("sum 2") == 2
    assert "the same as recorded" in shown["html"]


def test_only_one_snippet_runs_live_at_a_time(tmp_path: Path, fonts: Path) -> None:
    deck = project(tmp_path, fonts).write(
        "snippets/adds.py", "import time, uuid\ntime.sleep(1)\ntotal = 2\nprint(uuid.uuid4())\n"
    )
    with Server(deck.root, "--live") as server:
        next(show for show in server.shows() if not show["status"])
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(server.run("adds.py").status)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200, 409, 409, 409]
        assert "<mark>" in json.loads(server.run("adds.py").body)["html"]


@pytest.mark.parametrize(
    ("once", "text"),
    [
        ("raise ValueError('tired')", "ValueError: tired"),
        ("import time\n    time.sleep(60)", "still running after 2 s"),
    ],
)
def test_a_live_run_that_fails_falls_back(tmp_path: Path, fonts: Path, once: str, text: str) -> None:
    tired = str(tmp_path / "tired")
    code = f"import os\nif os.path.exists({tired!r}):\n    {once}\ntotal = 2\nprint('sum', 2)\n"
    deck = (
        project(tmp_path, fonts).write("snippets/adds.py", code).edit("slides/talk.md", "title:", "timeout: 2s\ntitle:")
    )
    with Server(deck.root, "--live") as server:
        next(show for show in server.shows() if not show["status"])
        Path(tired).touch()
        shown = json.loads(server.run("adds.py").body)
        assert not shown["fresh"]
        assert "sum 2" in shown["html"]
        assert text in shown["html"]


def test_nothing_runs_live_unless_asked(tmp_path: Path) -> None:
    with Server(project(tmp_path).root) as server:
        assert not server.setting["live"]
        assert server.run("adds.py").status == 403


def test_what_is_saved_is_shown_and_what_is_wrong_stands_on_its_slide(tmp_path: Path) -> None:
    deck = project(tmp_path)
    with Server(deck.root) as server:
        shows = server.shows()
        keys: list[str] = []

        def slides_when(text: str, there: bool = True) -> list[str]:
            """Return all slides once one of them holds a text, or none does."""
            for show in shows:
                known.update(show["html"])
                keys[:] = [key for key, _ in show["slides"]]
                slides = [known[key] for key in keys]
                if any(text in slide for slide in slides) == there and not show["status"].startswith("running"):
                    return slides
            raise AssertionError("the stream ended")

        known: dict[str, str] = {}
        assert "It gives" in slides_when('<span class="value">2</span>')[0]
        before = list(keys)
        deck.edit("slides/talk.md", "It gives", "Now it gives")
        assert "Now it gives" in slides_when("Now it gives")[0]
        assert keys[1:] == before[1:]  # the others are the same, and were not sent again
        deck.edit("snippets/adds.py", "1 + 1", "20 + 3")
        slides_when('<span class="value">23</span>')

        deck.edit("slides/talk.md", "- a", "- a\n\n::: nosuch\n\n```{eval} adds.py\n```")
        cards = [slide.count('class="card"') for slide in slides_when("nosuch")]
        assert cards[:2] == [0, 0]
        assert cards[2] > 0
        deck.edit("slides/talk.md", "Now it gives", "Still it gives")
        assert "Still it gives" in slides_when("Still it gives")[0]  # the others go on
        deck.edit("slides/talk.md", "::: nosuch\n\n```{eval} adds.py\n```", "")
        slides_when('class="card"', there=False)

        deck.write("snippets/fails.py", "print('ill')\n1 / 0\n")
        ill = slides_when("ZeroDivisionError")[1]
        assert "stale: the last good result of fails.py" in ill
        assert "<samp>well</samp>" in ill
        assert "snippets/fails.py:2" in ill
        deck.edit("slides/talk.md", "title: A talk", "titel: A talk")
        assert "unknown key" in slides_when("titel")[0]
        deck.edit("slides/talk.md", "titel: A talk", "title: A talk")
        deck.write("snippets/fails.py", "print('well again')\n")
        assert "stale" not in slides_when("<samp>well again</samp>")[1]
        server.wait_for("all errors are corrected")


def test_a_folder_that_comes_anew_is_watched_too(tmp_path: Path) -> None:
    deck = project(tmp_path)
    scripts = {name: deck.read(f"snippets/{name}.py") for name in ("adds", "fails")}
    with Server(deck.root) as server:
        shows = server.shows()
        next(show for show in shows if not show["status"])
        shutil.rmtree(deck.root / "snippets")
        next(show for show in shows if "no snippet" in show["status"])
        for name, script in scripts.items():
            deck.write(f"snippets/{name}.py", script)
        next(show for show in shows if not show["status"])
        deck.edit("snippets/adds.py", "1 + 1", "20 + 3")
        assert any('<span class="value">23</span>' in str(show["html"]) for show in shows)


def test_a_deck_that_was_never_right_is_shown_too(tmp_path: Path) -> None:
    deck = (
        project(tmp_path).write("slides/talk.md", "---\ntitel: a\n---\n\n# One\n").write("snippets/fails.py", "1 / 0")
    )
    with Server(deck.root) as server:
        assert "unknown key" in server.home.body.decode()
        deck.write("slides/talk.md", DECK)
        assert any("ZeroDivisionError" in str(show["html"]) for show in server.shows())


def test_a_connection_that_brings_no_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.01)

    async def app(_: object, __: object, send: Send) -> None:
        await asyncio.sleep(0.1)  # an answer may take its time
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"late"})

    async def said(*requests: bytes) -> list[bytes]:
        config, state = uvicorn.Config(serving.Prompt(app), http=serving.Connection), ServerState()
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: serving.Connection(config, state, {}), "127.0.0.1", 0)
        answers = []
        for request in requests:
            reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
            writer.write(request)
            answers.append(await reader.read())
            writer.close()
            await writer.wait_closed()
        listening.close()
        return answers

    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    idle, begun, whole, again, two = finished(
        said(b"", request[:-2], request, request + request[:-2], request + request)
    )
    assert (idle, begun) == (b"", b"")
    assert [answer.count(b"HTTP/1.1 200") for answer in (whole, again, two)] == [1, 1, 2]


def test_a_taken_port_is_said_and_the_next_one_served(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(serving, "PORTS", range(taken, taken + 100))
        with serving._bind("127.0.0.1", said.append) as bound:
            assert bound.getsockname()[1] > taken
        assert said[0] == f"port {taken} is in use"
        monkeypatch.setattr(serving, "PORTS", range(taken, taken + 1))
        with pytest.raises(UsageError, match=f"no port from {taken} to {taken} is free"):
            serving._bind("127.0.0.1", said.append)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ctrl_c_ends_everything_at_once(tmp_path: Path, fonts: Path) -> None:
    deck = project(tmp_path, fonts).write("snippets/adds.py", "import time\ntime.sleep(60)\ntotal = 1\n")
    with Server(deck.root) as server:
        server.wait_for("running adds.py")
        next(server.shows())
        deadline = time.monotonic() + 10
        while len(started := below(server.process.pid)) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(started) >= 3  # the warm interpreter, who watches the snippet, the snippet
        begun = time.monotonic()
        assert server.interrupt() in (0, 130)
        assert time.monotonic() - begun < 5
        time.sleep(0.3)
        assert [pid for pid in started if alive(pid)] == []


def below(pid: int) -> list[int]:
    """Return the processes that one started, and those that they started."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                found += [child, *below(child)]
    return found


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
