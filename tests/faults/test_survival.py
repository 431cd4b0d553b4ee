"""What may go wrong while a deck is built: each fault is really there, and each is survived.

Survived means: the right exit code; a message that names slide, line and snippet; dist/, figures/ and the store as they
were, byte for byte; no process and no temporary file left; and the next build gives what a fresh one gives.
`DECK_KILLS=100` kills that many builds.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import machine
from tests.harness import ROOT, DeckTest, interruptible
from tests.projects import PICTURES
from verideck.run.store import Store

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="faults are injected by means of Linux; the engine is the same"),
]

VERDICT = "dist/verify.html"
KILLS = int(os.environ.get("DECK_KILLS", "6"))
DECK = """---
timeout: 60s
memory: 1GiB
---

# 一枚目 🍪

```{output} a.py
```

---

# Two

```{output} b.py
```

The value is {eval}`b.py: value`.
"""
HEALTHY = {
    "slides/talk.md": DECK,
    "snippets/a.py": "x = 1\nprint(x)\n",
    "snippets/b.py": (
        "import os, random, sys\nimport helper\n"
        "print(os.listdir(), sorted(os.environ), len(sys.path), sys.getrecursionlimit(), random.gauss.__name__)\n"
        "value = helper.value\n"
    ),
    "snippets/helper.py": "import deeper\nvalue = deeper.value\n",
    "snippets/deeper.py": "from pathlib import Path\nvalue = float((Path(__file__).parent / 'data.csv').read_text())\n",
    "snippets/data.csv": "2.5",
}
BUILD = """
import sys
from pathlib import Path
from verideck.cli import main
sys.exit(main(sys.argv[2:], Path(sys.argv[1])))
"""


class Lab:
    """A healthy project that was built and recorded, and what must hold after a fault."""

    def __init__(self, root: Path, temporary: Path, healthy: DeckTest) -> None:
        self.deck, self.temporary, self.fresh = healthy.copy(root), temporary, healthy.outputs()
        self.marker = temporary.parent / "marker"
        self.held = self.stored()

    def heal(self) -> None:
        """Make the project's sources healthy."""
        for path, text in HEALTHY.items():
            self.deck.write(path, text)

    def stored(self) -> dict[str, bytes]:
        """Return the entries of the store."""
        return {file.name: file.read_bytes() for file in (self.deck.root / ".cache/results").glob("[!.]*")}

    def fails(self, code: int, *said: str) -> None:
        """Build, and assert the code, the message, and that nothing that was there has changed."""
        self.deck.run("build", "--html").fails(code, *said)
        assert self.stored().items() >= self.held.items()

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a build as a process of its own."""
        command = [sys.executable, "-c", BUILD, str(self.deck.root), *(arguments or ("build", "--html"))]
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=interruptible
        )

    def finish(self, build: subprocess.Popen[bytes]) -> int:
        """Wait for a build's end, and return its exit code."""
        build.communicate(timeout=60)
        return build.returncode

    def wait_for_marker(self) -> None:
        """Wait until a snippet has made the file that tells that it runs."""
        assert soon(self.marker.exists, 20)

    def nothing_is_left(self) -> None:
        """Assert that no process of a snippet lives and no temporary file is there."""
        assert soon(lambda: not self.processes()), self.processes()
        assert soon(lambda: not list(self.temporary.iterdir())), list(self.temporary.iterdir())
        assert not [file for file in self.deck.root.rglob("*.tmp")]

    def processes(self) -> list[str]:
        """Return the processes whose environment names our folder of temporary files: snippets and builds."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.fsencode(self.temporary) in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_text().replace("\0", " "))
        return found

    def recovers(self) -> None:
        """Assert that the healed project builds as a fresh one does."""
        self.heal()
        assert self.deck.build().outputs() | {VERDICT: b""} == self.fresh | {VERDICT: b""}


def soon(true: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether something comes true within some seconds."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> DeckTest:
    """Return the healthy project, built and recorded, at a plain path."""
    deck = DeckTest(tmp_path_factory.mktemp("healthy") / "plain", fonts)
    for path, text in HEALTHY.items():
        deck.write(path, text)
    return deck.build().run("figures").fine()


@pytest.fixture
def lab(tmp_path: Path, healthy: DeckTest, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Return a healthy project at a path with spaces, Japanese and an emoji."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    return Lab(tmp_path / "発表 🍪 1" / "it's", temporary, healthy)


FAULTS: dict[str, Callable[[Lab], None]] = {}


def fault(name: str) -> Callable[[Callable[[Lab], None]], None]:
    """Enter a function, which injects one fault and asserts what follows from it, under a name."""

    def enter(inject: Callable[[Lab], None]) -> None:
        assert name not in FAULTS
        FAULTS[name] = inject

    return enter


def fails(name: str, source: str, *said: str) -> None:
    """Enter a snippet that must fail the build, and be named with its slide."""

    @fault(name)
    def inject(lab: Lab) -> None:
        lab.deck.write("snippets/a.py", source)
        if any("timeout" in text for text in said):
            lab.deck.edit("slides/talk.md", "timeout: 60s", "timeout: 1s")
        lab.fails(4, "a.py", "slides/talk.md:8:13", *said)


def passes(name: str, source: str, *shown: str) -> None:
    """Enter a snippet that is survived without an error; its neighbour runs as ever, and the same comes out twice."""

    @fault(name)
    def inject(lab: Lab) -> None:
        lab.deck.write("snippets/a.py", source).edit("snippets/b.py", "import os", "import os ").build().ran(
            "a.py", "b.py"
        )
        first = lab.deck.read("dist/talk.html")
        assert [text for text in shown if text not in first] == []
        assert neighbour(first) == neighbour(lab.fresh["dist/talk.html"].decode())
        shutil.rmtree(lab.deck.root / ".cache/results")
        assert lab.deck.build().read("dist/talk.html") == first


def neighbour(page: str) -> str:
    """Return what the page shows of b.py."""
    return page.partition(">Two<")[2].partition("</section>")[0]


def path(of: str) -> str:
    """Return an expression for a path in the project."""
    return f"str(pathlib.Path(__file__).parent.parent / {of!r})"


fails("raise", "x = 1\nx / 0\n", "snippets/a.py:2: a.py failed: ZeroDivisionError", "2 | x / 0")
fails("raise in a module", "import helper\nhelper.deeper.nothing\n", "snippets/a.py:2:", "AttributeError")
fails("no Python", "x = 1\nexec('y = = 2')\n", "snippets/a.py:2:", "SyntaxError")
fails("sys.exit midway", "import sys\nsys.exit(0)\nprint(1)\n", "snippets/a.py:2:", "it called sys.exit(0)")
fails("os._exit(0)", "import os\nos._exit(0)\n", "snippets/a.py: a.py failed: exit", "os._exit(0)")
fails("SIGSEGV", "import ctypes\n\nctypes.string_at(0)\n", "snippets/a.py:3: a.py failed: killed by SIGSEGV")
fails("abort", "import os\n\nos.abort()\n", "snippets/a.py:3: a.py failed: killed by SIGABRT")
fails("SIGKILL to itself", "import os\nos.kill(os.getpid(), 9)\n", "killed by SIGKILL")
fails(
    "SIGSTOP to itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n", "timeout: still running after 1 s"
)
fails(
    "sleep for ever",
    "import time\n\ntime.sleep(999)\n",
    "snippets/a.py:3: a.py failed: timeout: still running after 1 s",
)
fails(
    "infinite loop that ignores SIGINT",
    "import signal\nfor n in (1, 2, 3, 13, 14, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: pass\n",
    "a.py failed: timeout",
)
fails(
    "threads that never end", "import threading\nthreading.Thread(target=threading.Event().wait).start()\n", "timeout"
)
fails("never done at exit", "import atexit, time\natexit.register(time.sleep, 999)\n", "a.py failed: timeout")
fails("memory hog", "x = 1\nx = bytearray(1 << 33)\n", "snippets/a.py:2: a.py failed: memory: it needs more than 1 GiB")
fails("memory hog bit by bit", "x = []\nwhile True: x.append(bytearray(1 << 20))\n", "snippets/a.py:2:", "memory")
fails("endless recursion", "def f():\n    f()\n\nf()\n", "RecursionError")
fails("fork bomb", "import os\nwhile True: os.fork()\n", "a.py failed: processes: more than 256 processes at a time")
fails(
    "a thousand processes", "import subprocess\nfor _ in range(999): subprocess.Popen(['sleep', '99'])\n", "processes"
)
fails("endless print", "while True: print('x' * 99)\n", "a.py failed: timeout")
fails("lone surrogate", "print('\\ud800')\n", "snippets/a.py:1: a.py failed: UnicodeEncodeError")
fails("input()", "name = input('who? ')\n", "snippets/a.py:1: a.py failed: EOFError")
fails("closes its streams", "import os\nos.closerange(0, 99)\nos._exit(1)\n", "os._exit(1)")
fails(
    "opens a file of the project for writing",
    f"import pathlib\nopen({path('slides/talk.md')}, 'w')\n",
    "snippets/a.py:2: a.py failed: PermissionError: a snippet may not write into the project ('slides/talk.md')",
)
fails("removes figures/", f"import pathlib, shutil\nshutil.rmtree({path('figures')})\n", "snippets/a.py:2:", "'figures")
fails(
    "writes into the store",
    f"import pathlib\nopen({path('figures/results.json')}, 'a')\n",
    "snippets/a.py:2:",
    "figures/results.json",
)
fails(
    "a file without end",
    "with open('x', 'wb') as file:\n    file.seek(1 << 30)\n    file.write(b'x')\n",
    "File too large",
)
fails(
    "breaks Python itself",
    "import builtins\nfor name in dir(builtins): setattr(builtins, name, None)\n",
    "a.py failed: broken",
)
fails("kills who watches it", "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(2)\n1 / 0\n", "a.py failed: ")


@fault("a child process writes into the project")
def _(lab: Lab) -> None:
    target = path("snippets/new.bin")
    lab.deck.write("snippets/a.py", f"import pathlib, subprocess\nsubprocess.run(['touch', {target}])\n")
    lab.fails(4, "snippets/a.py: 'snippets/new.bin' changed while a.py ran", "slides/talk.md:8:13")
    (lab.deck.root / "snippets/new.bin").unlink()


@fault("a child process writes into a slide, which people may do while others run")
def _(lab: Lab) -> None:
    target = path("slides/talk.md")
    lab.deck.write("snippets/a.py", f"import pathlib, subprocess\nsubprocess.run(['touch', {target}])\n")
    lab.fails(4, "snippets/a.py: 'slides/talk.md' changed while a.py ran", "run the command again")


@fault("what is no script lies among the scripts")
def _(lab: Lab) -> None:
    (lab.deck.root / "snippets/.#a.py").symlink_to("me@host.123:456")
    (lab.deck.root / "snippets/x.py").mkdir()
    lab.deck.write("snippets/a.py", "import os\nprint(1)\n").build().ran("a.py")
    (lab.deck.root / "snippets/.#a.py").unlink()
    (lab.deck.root / "snippets/x.py").rmdir()


@fault("compiled code writes into the project")
def _(lab: Lab) -> None:
    source = f"import ctypes, pathlib\nctypes.CDLL(None).creat({path('snippets/new.bin')}.encode(), 0o644)\n"
    for _ in range(2):  # the result is not kept
        lab.deck.write("snippets/a.py", source)
        lab.fails(4, "'snippets/new.bin' changed while a.py ran", "slides/talk.md:8:13")
        (lab.deck.root / "snippets/new.bin").unlink()


passes(
    "NUL, invalid UTF-8, escapes in the output",
    r"import os; os.write(1, b'a\0b \xff \x1b[31mred\x1b[0m \x1b]0;title\x07 10%\r20%\n')",
    "20%",
)
passes("markup in the output", "print('</section><script>alert(1)</script>')\n", "&lt;/section&gt;")
passes("10 MB of output", "for n in range(10_000): print(n, 'x' * 995)\n", "bytes cut", "9999 xxx")
passes(
    "detached grandchildren",
    "import subprocess\n"
    "for _ in range(9): subprocess.Popen('setsid sleep 99 & exit', shell=True, start_new_session=True)\n",
)
passes(
    "daemon threads",
    "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\nprint('on')",
)
passes("sys.stdout replaced", "import io, sys\nprint('before')\nsys.stdout = io.StringIO()\n", "before")
passes(
    "folder, path, environment, limits, seeds, builtins changed",
    "import builtins, json, os, random, sys\nos.chdir('/')\nsys.path[:] = []\nos.environ.clear()\nrandom.seed(1)\n"
    "sys.setrecursionlimit(99)\nopen('/dev/null')\njson.dumps = json.loads = None\nos.umask(0)\nbuiltins.max = None\n",
)
passes("scratch files", "open('left', 'w').write('x' * 10**7)\n")


@fault("matplotlib's settings and numpy's seed changed")
def _(lab: Lab) -> None:
    lab.deck.write(
        "snippets/a.py", "import matplotlib, numpy\nmatplotlib.rcParams['lines.linewidth'] = 99\nnumpy.random.seed(1)\n"
    )
    lab.deck.edit("snippets/b.py", "import os", "import matplotlib, numpy, os")
    lab.deck.edit("snippets/b.py", "value = ", "print('thin', matplotlib.rcParams['lines.linewidth'] < 99)\nvalue = ")
    assert "thin True" in lab.deck.build().ran("a.py", "b.py").read("dist/talk.html")


def show(lab: Lab, sizes: str, which: int) -> None:
    """Have a.py draw figures of some sizes, of which one is shown."""
    lab.deck.write("snippets/pictures.py", PICTURES).write(
        "snippets/a.py", f"import pictures\npictures.draw({sizes})\n"
    )
    lab.deck.edit("slides/talk.md", "{output} a.py", f"{{figure}} a.py@{which}\n:alt: x")


@fault("1,000 figures")
def _(lab: Lab) -> None:
    show(lab, "*range(0, 4000, 4)", 1000)
    lab.deck.build().ran("a.py").run("figures").fine()
    assert len(list((lab.deck.root / "figures").glob("a-*.svg"))) == 1000
    lab.heal()
    lab.deck.run("figures").fine()


@fault("a figure of 8 MB")
def _(lab: Lab) -> None:
    show(lab, "8 << 20", 1)
    assert len(lab.deck.build().read("dist/talk.html")) > 8 << 20


@fault("a figure larger than a result may be")
def _(lab: Lab) -> None:
    show(lab, "260 << 20", 1)
    lab.fails(4, "a.py failed: too much: figures and values take more than 256 MiB", "slides/talk.md:8:13")


WAITS = """
import pathlib, subprocess, time
subprocess.Popen(['sleep', '99'], start_new_session=True)
pathlib.Path({!r}).touch()
time.sleep(99)
"""
"""A snippet that tells when it runs, and does not end."""


def stopped_by(number: int, code: int) -> Callable[[Lab], None]:
    """Return a fault: a signal to the build while a snippet runs."""

    def inject(lab: Lab) -> None:
        lab.deck.write("snippets/a.py", WAITS.format(str(lab.marker)))
        before = lab.deck.outputs()
        build = lab.start()
        lab.wait_for_marker()
        build.send_signal(number)
        said = build.communicate(timeout=2)[1]
        assert (build.returncode, b"Traceback" in said) == (code, False)
        assert soon(lambda: not lab.processes())
        assert lab.deck.outputs() == before
        assert lab.stored().items() >= lab.held.items()

    return inject


fault("Ctrl-C")(stopped_by(signal.SIGINT, 130))
fault("SIGTERM")(stopped_by(signal.SIGTERM, -signal.SIGTERM))
fault("the terminal closes")(stopped_by(signal.SIGHUP, -signal.SIGHUP))
fault("SIGKILL while a snippet runs")(stopped_by(signal.SIGKILL, -signal.SIGKILL))


@fault(f"SIGKILL at {KILLS} random moments")
def _(lab: Lab) -> None:
    chance = random.Random(1)
    old = lab.deck.outputs()["dist/talk.html"]
    lab.deck.edit("slides/talk.md", "# Two", "# Deux").edit("snippets/a.py", "1", "7")
    started = time.monotonic()
    assert lab.finish(lab.start()) == 0
    takes, new = time.monotonic() - started, lab.deck.outputs()["dist/talk.html"]
    for _ in range(KILLS):
        shutil.rmtree(lab.deck.root / ".cache/results", ignore_errors=True)
        lab.deck.write("dist/talk.html", old)
        build = lab.start()
        time.sleep(chance.uniform(takes / 3, takes * 1.1))  # before, it imports
        build.kill()
        lab.finish(build)
        assert lab.deck.outputs()["dist/talk.html"] in (old, new)
        assert all(Store(lab.deck.root).get(file) for file in lab.stored())
        for left in lab.deck.root.rglob("*.tmp"):
            os.utime(left, (0, 0))  # a minute later
        assert soon(lambda: not lab.processes())
    assert lab.finish(lab.start()) == 0
    assert lab.deck.outputs()["dist/talk.html"] == new
    (lab.deck.root / "dist/talk.html").write_bytes(old)  # so that all folders are written to once more
    lab.deck.edit("snippets/a.py", "7", "8").build()


@contextlib.contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount a file system; without the right to, the fault cannot be injected, and that is said."""
    machine.needs(machine.MOUNT)
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", *options, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def full(folder: Path, room: int = 0) -> Iterator[None]:
    """Put a folder on a disk that has but `room` bytes left, with what it holds."""
    held = {file: file.read_bytes() for file in folder.glob("*") if file.is_file()}
    size = sum(-(-len(data) // 4096) * 4096 for data in held.values()) + room
    with mounted(folder, "-t", "tmpfs", "-o", f"size={max(size, 4096)}", "tmpfs"):
        for file, data in held.items():
            file.write_bytes(data)
        yield


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let a folder be read and not written."""
    folder.mkdir(exist_ok=True)
    with mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield


@fault("disk full at dist/")
def _(lab: Lab) -> None:
    lab.deck.edit("snippets/a.py", "1", "3")
    with full(lab.deck.root / "dist", 1 << 14):
        lab.fails(2, "cannot write 'dist/talk.html': No space left on device", "hint")


@fault("disk full at figures/, midway")
def _(lab: Lab) -> None:
    show(lab, "4, 1 << 16", 1)
    with full(lab.deck.root / "figures", 1 << 14):
        lab.deck.run("figures").fails(2, "cannot write 'figures/", "No space left on device")


@fault("disk full at the store")
def _(lab: Lab) -> None:
    lab.deck.edit("snippets/a.py", "1", "'x' * 9999")
    with full(lab.deck.root / ".cache/results"):
        lab.deck.build().ran("a.py").build().ran("a.py")
        assert not list((lab.deck.root / ".cache").rglob("*.tmp"))


@fault("disk full at the scratch folders")
def _(lab: Lab) -> None:
    lab.deck.edit("snippets/a.py", "1", "3")
    with mounted(lab.temporary, "-t", "tmpfs", "-o", "nr_inodes=1", "tmpfs"):
        lab.fails(2, "No space left on device", "hint")
    lab.deck.write("snippets/a.py", "open('x', 'wb').write(bytes(1 << 20))\n")
    with full(lab.temporary, 1 << 16):
        lab.fails(4, "snippets/a.py:1: a.py failed: OSError: [Errno 28]")


@fault("read-only dist/")
def _(lab: Lab) -> None:
    lab.deck.edit("snippets/a.py", "1", "3")
    with read_only(lab.deck.root / "dist"):
        lab.fails(2, "cannot write 'dist/talk.html': Read-only file system", "hint")


@fault("read-only figures/")
def _(lab: Lab) -> None:
    lab.deck.edit("snippets/a.py", "1", "3")
    with read_only(lab.deck.root / "figures"):
        lab.deck.run("figures").fails(2, "cannot write 'figures/results.json': Read-only file system", "hint")
        lab.deck.build().ran("a.py")


@fault("read-only store")
def _(lab: Lab) -> None:
    lab.deck.edit("snippets/a.py", "1", "3")
    with read_only(lab.deck.root / ".cache"):
        lab.deck.build().ran("a.py").wrote("dist/talk.html").build().ran("a.py").wrote()


@fault("two builds at once")
def _(lab: Lab) -> None:
    shutil.rmtree(lab.deck.root / ".cache/results")
    shutil.rmtree(lab.deck.root / "dist")
    builds = [lab.start() for _ in range(2)]
    assert [lab.finish(build) for build in builds] == [0, 0]
    assert lab.deck.outputs() == lab.fresh


@fault("the store truncated at every length")
def _(lab: Lab) -> None:
    folder = lab.deck.root / ".cache/results"
    for name, data in lab.held.items():
        for length in reversed(range(len(data))):
            os.truncate(folder / name, length)
            assert Store(lab.deck.root).get(name) is None, length
    lab.deck.build().ran("a.py", "b.py").wrote()


def damaged(change: Callable[[dict[str, bytes]], dict[str, bytes]], *ran: str) -> Callable[[Lab], None]:
    """Return a fault: the store's files changed, after which these snippets run again."""

    def inject(lab: Lab) -> None:
        for name, data in change(lab.held).items():
            (lab.deck.root / ".cache/results" / name).write_bytes(data)
        lab.deck.build().ran(*ran).wrote()

    return inject


def flipped(held: dict[str, bytes]) -> dict[str, bytes]:
    """Flip one bit in each file, wherever chance has it."""
    changed = {}
    for name, data in held.items():
        place = random.Random(name).randrange(len(data))
        changed[name] = data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]
    return changed


fault("a byte flipped in every file of the store")(damaged(flipped, "a.py", "b.py"))
fault("the store's files emptied")(damaged(lambda held: dict.fromkeys(held, b""), "a.py", "b.py"))
fault("the store's files swapped")(
    damaged(lambda held: dict(zip(held, reversed(held.values()), strict=True)), "a.py", "b.py")
)
fault("foreign files in the store")(damaged(lambda held: {"x.json": b"{}", "y": b"", "0" * 64: b"[]"}))


@fault("the store is a file")
def _(lab: Lab) -> None:
    shutil.rmtree(lab.deck.root / ".cache/results")
    lab.deck.write(".cache/results", "in the way").build().ran("a.py", "b.py").wrote()
    (lab.deck.root / ".cache/results").unlink()


@fault("the store is gone")
def _(lab: Lab) -> None:
    shutil.rmtree(lab.deck.root / ".cache/results")
    lab.deck.build().ran("a.py", "b.py").wrote()


@fault("the clock is moved")
def _(lab: Lab) -> None:
    for year in (1, 60):  # 1971, 2030
        for file in lab.deck.root.rglob("*"):
            os.utime(file, (year * 31536000, year * 31536000))
        lab.deck.build().ran().wrote()
    lab.deck.edit("snippets/a.py", "1", "5")
    os.utime(lab.deck.root / "snippets/a.py", (0, 0))
    lab.deck.build().ran("a.py").wrote("dist/talk.html")


PAUSES = "import pathlib, time\npathlib.Path({!r}).touch()\nwhile not pathlib.Path({!r}).exists(): time.sleep(0.01)\n"
"""A snippet that tells when it runs, and waits to be told to go on."""


@contextlib.contextmanager
def meanwhile(lab: Lab, edit: Callable[[], object]) -> Iterator[str]:
    """Give a snippet to begin with, and make an edit while it runs."""
    go = lab.marker.with_name("go")

    def act() -> None:
        lab.wait_for_marker()
        edit()
        go.touch()

    thread = threading.Thread(target=act)
    thread.start()
    yield PAUSES.format(str(lab.marker), str(go))
    thread.join()


@fault("the deck is edited while it builds")
def _(lab: Lab) -> None:
    def edit() -> None:
        lab.deck.edit("slides/talk.md", "# Two", "# WasEdited").edit("snippets/a.py", "wasfirst", "wassecond")
        lab.deck.write("slides/.talk.md.swp", "x")

    with meanwhile(lab, edit) as pauses:
        lab.deck.write("snippets/a.py", f"{pauses}print('wasfirst')\n")
        lab.deck.edit("slides/talk.md", "# Two", "```{snippet} a.py\n```\n\n# Two").build()
    page = lab.deck.read("dist/talk.html")
    assert (page.count("wasfirst"), page.count("wassecond"), "WasEdited" in page) == (2, 0, False)
    page = lab.deck.build().ran("a.py").read("dist/talk.html")
    assert (page.count("wasfirst"), page.count("wassecond"), "WasEdited" in page) == (0, 2, True)
    (lab.deck.root / "slides/.talk.md.swp").unlink()


@fault("a module is edited while it is used")
def _(lab: Lab) -> None:
    with meanwhile(lab, lambda: lab.deck.write("snippets/helper.py", "value = 9\n")) as pauses:
        lab.deck.write("snippets/a.py", f"import helper\n{pauses}print(helper.value)\n").build()
    lab.deck.build().ran("a.py", "b.py")


def touch(root: Path) -> None:
    """Give all files of a project the time of now."""
    for file in root.rglob("*"):
        if file.is_file():
            os.utime(file)


def reruns(name: str, change: Callable[[Lab], object], *ran: str) -> None:
    """Enter a change after which just these snippets run again."""

    @fault(name)
    def inject(lab: Lab) -> None:
        change(lab)
        lab.deck.build().ran(*ran).build().ran()


reruns("its code changed", lambda lab: lab.deck.edit("snippets/a.py", "x = 1", "x = 2"), "a.py")
reruns("a helper changed", lambda lab: lab.deck.edit("snippets/helper.py", "value = ", "value = 1 + "), "b.py")
reruns("a module of a module changed", lambda lab: lab.deck.edit("snippets/deeper.py", "float", "1 + float"), "b.py")
reruns("a data file changed", lambda lab: lab.deck.write("snippets/data.csv", "3.5"), "b.py")
reruns("a new module shadows another", lambda lab: lab.deck.write("snippets/random.py", "def gauss(): 1\n"), "b.py")
reruns("a package shadows a module", lambda lab: lab.deck.write("snippets/helper/__init__.py", "value = 1\n"), "b.py")
reruns("the style changed", lambda lab: lab.deck.write("matplotlibrc", "lines.linewidth: 9\n"), "a.py", "b.py")
reruns("prose changed", lambda lab: lab.deck.edit("slides/talk.md", "# Two", "# Two\n\nWords.\n"))
reruns("a comment elsewhere", lambda lab: lab.deck.edit("slides/talk.md", "# Two", "<!-- no -->\n\n# Two"))
reruns("a module that nothing imports", lambda lab: lab.deck.write("snippets/other.py", "1\n"))
reruns("files touched", lambda lab: touch(lab.deck.root))


@fault("another version of a package")
def _(lab: Lab) -> None:
    folder = lab.temporary.parent / "site"
    for version in ("1.0", "2.0"):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / f"something-{version}.dist-info").mkdir(parents=True)
        sys.path.insert(0, str(folder))
        try:
            lab.deck.build().ran("a.py", "b.py").build().ran()
            lab.deck.run("why", "a.py").fine()
        finally:
            sys.path.remove(str(folder))


@fault("where the system cannot fork")
def _(lab: Lab) -> None:
    shutil.rmtree(lab.deck.root / ".cache/results")
    lab.deck.build("--no-fork").ran("a.py", "b.py").wrote()
    lab.deck.edit("slides/talk.md", "timeout: 60s", "timeout: 1s").write("snippets/a.py", "while True: pass\n")
    lab.deck.run("build", "--no-fork").fails(4, "a.py:1: a.py failed: timeout")


@pytest.mark.parametrize("name", FAULTS)
def test_survived(name: str, lab: Lab) -> None:
    FAULTS[name](lab)
    lab.nothing_is_left()
    for path in ("random.py", "other.py", "pictures.py", "helper/__init__.py"):
        (lab.deck.root / "snippets" / path).unlink(missing_ok=True)
    shutil.rmtree(lab.deck.root / "snippets/helper", ignore_errors=True)
    shutil.copy(ROOT / "matplotlibrc", lab.deck.root)
    lab.recovers()
