"""Where the system cannot fork, the same results come out."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.harness import ROOT
from tests.run.project import Project, make_run
from verideck.core.run_model import Result
from verideck.run.local import LocalExecutor
from verideck.run.protocol import make_request
from verideck.run.sandbox import spawn

pytestmark = pytest.mark.slow

SNIPPETS = {
    "output": "import sys\nprint('a あ')\nprint('b', file=sys.stderr)\nprint('c')",
    "values": "x = [1.5, float('inf')]\ny = {'a': (1, None)}",
    "no value": "x = object()",
    "raises": "def f():\n    return 1 / 0\n\nf()",
    "raises as meant": "raise ValueError('no')",
    "does not parse": "x = 1\nx = = 2",
    "exits": "import sys\nprint(1)\nsys.exit(2)",
    "leaves": "import os\nprint(1)\nos._exit(3)",
    "crashes": "import os, signal\n\nos.kill(os.getpid(), signal.SIGSEGV)",
    "is killed": "import os\nos.kill(os.getpid(), 9)",
    "asks": "input()",
    "eats memory": "x = 1\nx = bytearray(10**11)",
    "hangs": "import time\nprint('so far')\ntime.sleep(99)",
    "hangs with a thread": "import threading, time\nthreading.Timer(99, print).start()\ntime.sleep(99)",
    "raw bytes": "import os\nos.write(1, b'\\xff\\x00\\x1b[31mred\\r\\n')",
    "much output": "for i in range(100_000): print(i, 'x' * 20)",
    "folder": "import os\nprint(os.listdir(), os.path.basename(__file__), sorted(os.environ))\nopen('x', 'w').close()",
    "reads": "from pathlib import Path\nimport helper\nprint((Path(__file__).parent / 'data.csv').read_text())",
    "writes": "from pathlib import Path\n(Path(__file__).parent / 'new').write_text('')",
    "starts processes": "import subprocess\nsubprocess.run(['echo', 'hello'])",
    "leaves processes": "import subprocess\nsubprocess.Popen(['sleep', '91.5'], start_new_session=True)",
    "forks": "import os\nif os.fork() == 0: print('child')\nelse: os.wait()",
    "forks and leaves": "import os, time\nif os.fork() == 0: time.sleep(99)\nos._exit(0)",
    "closes everything": "import os\nos.closerange(0, 3)",
    "at the end": "import atexit, threading\natexit.register(print, 'last')\n"
    "threading.Timer(.1, print, ('late',)).start()",
    "parts of packages": "import importlib, urllib\nprint(hasattr(importlib, 'machinery'), hasattr(urllib, 'parse'))\n"
    "import importlib.util, urllib.parse\nprint(importlib.util.find_spec('csv').name, urllib.parse.quote('a b'))",
    "code in a slide": "\n\n\nx = 1\n1 / 0",
}


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Project]]:
    root = tmp_path_factory.mktemp("プロジェクト 1")
    (root / "snippets").mkdir()
    (root / "snippets/helper.py").write_text("import csv\n")
    (root / "snippets/data.csv").write_text("1\n")
    with closing(LocalExecutor(root)) as forking, closing(LocalExecutor(root, fork=False)) as alone:
        yield [Project(root, forking), Project(root, alone)]


def told(result: Result) -> dict[str, object]:
    return {name: getattr(result, name) for name in Result.__slots__}


@pytest.mark.parametrize("name", SNIPPETS)
def test_both_ways_give_the_same_result(projects: list[Project], name: str) -> None:
    meant = "ValueError" if name == "raises as meant" else ""
    path = "slides/talk.md" if name == "code in a slide" else "snippets/a.py"
    timeout = 1.0 if "hangs" in name else 20.0
    expressions = ("x", "y['a']")
    forked, alone = (
        told(project.run(SNIPPETS[name], path=path, raises=meant, timeout=timeout, expressions=expressions))
        for project in projects
    )
    assert alone == forked


WINDOWS = """
import ctypes, os, selectors, shutil, signal, socket, subprocess, sys
for name in ("fork", "setsid", "killpg", "getuid", "WNOHANG"):
    delattr(os, name)
for name in ("SIGKILL", "SIGUSR2", "SIGALRM", "alarm"):
    delattr(signal, name)
sys.modules["resource"] = sys.modules["fcntl"] = None
sys.platform, program = "win32", sys.argv.pop(1)
import runpy
runpy.run_path(program, run_name="__main__")
"""
"""Takes away what Windows lacks, then is the program that its first argument names."""


@pytest.mark.parametrize(
    ("source", "stdout", "kind"), [("print(x := 41)", "41\n", ""), ("1 / 0", "", "ZeroDivisionError")]
)
def test_a_snippets_process_needs_nothing_that_windows_lacks(
    tmp_path: Path, source: str, stdout: str, kind: str
) -> None:
    (tmp_path / "scratch").mkdir()
    for name in ("trace", "trace.report"):
        (tmp_path / name).touch()
    request = make_request(make_run(source, expressions=("x",)), tmp_path, str(tmp_path / "scratch"))
    order = json.dumps(
        {
            "request": request,
            "settings": {"root": str(tmp_path), "temporary": str(tmp_path / "scratch"), "exempt": [], "fonts": []},
        }
    )
    command = [
        sys.executable,
        "-P",
        "-c",
        WINDOWS,
        str(ROOT / "verideck/run/sandbox/spawn.py"),
        str(tmp_path / "trace"),
    ]
    done = subprocess.run(command, input=order, capture_output=True, text=True, check=True)
    assert done.stdout == stdout
    report = json.loads((tmp_path / "trace.report").read_text().removeprefix(request["mark"]))
    assert (report["error"] or {"kind": ""})["kind"] == kind
    assert report["values"] == ({} if kind else {"x": 41})


def test_the_runner_can_be_had_without_what_windows_lacks() -> None:
    script = WINDOWS.replace("runpy.run_path(program", "del socket.send_fds\nrunpy.run_module('verideck.run.local'")
    subprocess.run([sys.executable, "-c", script, ""], cwd=ROOT, check=True)


def test_streams_are_read_to_their_ends_each_by_its_taker() -> None:
    taken: dict[str, bytes] = {"report": b"", "output": b""}

    def taker(name: str) -> Callable[[bytes], None]:
        return lambda data: taken.update({name: taken[name] + data})

    streams = spawn.Streams({name: taker(name) for name in taken})
    streams.follow("report", io.BytesIO(b"{}"))
    streams.follow("output", io.BytesIO(b"x" * 100_000))
    while streams.open:
        assert streams.take(5)
    assert taken == {"report": b"{}", "output": b"x" * 100_000}
    assert not streams.take(0.01)
