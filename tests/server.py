"""A presenting server as a test uses it: started by the command, asked over sockets of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from tests.harness import ROOT, interruptible

PROGRAM = """\
import sys
from pathlib import Path
from verideck.cli import main
sys.exit(main(sys.argv[2:], Path(sys.argv[1])))
"""


class Answer:
    """A response: status, headers in lower case, body."""

    def __init__(self, data: bytes) -> None:
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}


class Server:
    """`present` as a process; ended with the context."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        self.said = root.parent / f"said-{os.urandom(4).hex()}.txt"
        with self.said.open("w") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(root), "present", "--no-open", *options],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, preexec_fn=interruptible,
            )  # fmt: skip
        try:
            self._meet()
        except BaseException:
            self.__exit__()
            raise

    def _meet(self) -> None:
        self.url = self.wait_for(r"http://\S+")[0]
        self.authority = self.url.split("/")[2]
        self.port = int(self.authority.rsplit(":", 1)[1])
        self.home = self.ask("GET")
        self.setting: dict[str, Any] = json.loads(re.search(r"const setting = (.*);\n", self.home.body.decode())[1])  # type: ignore[index]
        self.token: str = self.setting["token"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Return where the terminal's text matches a pattern, once it does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if match := re.search(pattern, self.said.read_text()):
                return match
            assert self.process.poll() is None, self.said.read_text()
            time.sleep(0.02)
        raise AssertionError(f"never said {pattern}: {self.said.read_text()}")

    def send(self, data: bytes) -> Answer:
        """Return the answer to bytes as they are."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as conn:
            conn.sendall(data)
            received = b""
            while piece := _received(conn):
                received += piece
        return Answer(received)

    def ask(self, method: str, path: str = "/", body: bytes | None = None, **headers: str | None) -> Answer:
        """Return the answer to a request that our own page might send; headers replace its own, None takes one away."""
        return self.send(self.request(method, path, body, **headers))

    def request(self, method: str, path: str = "/", body: bytes | None = None, **headers: str | None) -> bytes:
        """Return the bytes of a request."""
        own: dict[str, str | None] = {"host": self.authority, "connection": "close"}
        if method == "POST":
            own |= {
                "origin": f"http://{self.authority}",
                "x-deck-token": self.token,
                "content-type": "application/json",
                "content-length": str(len(body or b"")),
            }
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in own.items() if value is not None)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")

    def run(self, name: object, **headers: str | None) -> Answer:
        """Return the answer to a wish to run a snippet."""
        return self.ask("POST", "/run", json.dumps({"id": name}).encode(), **headers)

    def shows(self) -> Iterator[dict[str, Any]]:
        """Yield what the server tells a page that knows no slide yet, whenever it changes."""
        with socket.create_connection(("127.0.0.1", self.port), 60) as conn, conn.makefile("rb") as stream:
            conn.sendall(self.request("POST", "/events", b'{"keys": []}'))
            for line in stream:
                if line.startswith(b"{"):
                    yield json.loads(line)

    def interrupt(self) -> int:
        """Press Ctrl-C; return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(10)


def _received(conn: socket.socket) -> bytes:
    try:
        return conn.recv(1 << 16)
    except ConnectionResetError:
        return b""
