"""Runs that are watched: output kept, limits held, what is left ended, the cause told."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.run.project import Project, running
from verideck.run.local import LocalExecutor
from verideck.run.sandbox import supervisor

slow = pytest.mark.slow


@slow
def test_a_loop_that_ignores_signals_is_ended_and_located(project: Project) -> None:
    result = project.run(
        """
        import signal
        for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)
        print("so far")
        while True: pass
        """,
        timeout=1,
    )
    assert result.error
    assert (result.error.kind, result.error.line, result.stdout) == ("timeout", 4, "so far\n")


@slow
def test_detached_grandchildren_are_ended(project: Project) -> None:
    source = """
    import subprocess
    for _ in range(5): subprocess.Popen(["sh", "-c", "sleep 71.25 & exit"], start_new_session=True)
    print("done")
    """
    assert project.run(source).stdout == "done\n"
    assert running("sleep 71.25") == []


@slow
def test_a_fork_bomb_is_ended(project: Project) -> None:
    error = project.run("import os\nwhile True: os.fork()").error
    assert error
    assert error.kind == "processes"


@slow
def test_endless_output_keeps_head_and_tail_and_says_what_is_cut(project: Project) -> None:
    text = project.run("for number in range(200_000): print(f'line {number}')").stdout
    assert len(text) < 1_100_000
    assert text.startswith("line 0\nline 1\n")
    assert text.endswith("line 199998\nline 199999\n")
    assert "bytes cut …]\nline " in text


@slow
@pytest.mark.parametrize(
    ("source", "stdout"),
    [
        (r"import os; os.write(1, b'a\xff\0b\n')", "a\\xff␀b\n"),
        ("import sys\nsys.stdout = open(1, 'w', closefd=False)\nprint('kept')", "kept\n"),
        ("import sys\nsys.stdout.close()\nsys.stdout = None", ""),
        ("import subprocess; subprocess.run(['echo', 'from a process'])", "from a process\n"),
        ("import os\nif os.fork() == 0: print('child')\nelse: os.wait(); print('parent')", "child\nparent\n"),
        ("import threading\nthreading.Timer(.1, lambda: print('late')).start()", "late\n"),
        ("import atexit\natexit.register(print, 'last')", "last\n"),
        ("import os\nfile = os.fdopen(os.dup(1), 'w')\nfile.write('held back')", "held back"),
        ("class A:\n    def __del__(self): print('last')\na = A()\na.ring = a", "last\n"),
        ("from concurrent.futures import ThreadPoolExecutor as E\nprint(E(1).submit(int).result())", "0\n"),
    ],
)
def test_output_is_not_lost(project: Project, source: str, stdout: str) -> None:
    result = project.run(source)
    assert (result.stdout, result.error) == (stdout, None)


@slow
@pytest.mark.parametrize(
    "source",
    [
        'for number in range(3, 64):\n    with suppress(OSError): os.write(number, b\'{"values": {"x": 1}}\\n\')',
        "import json.encoder\njson.encoder.JSONEncoder.encode = lambda *_: '{\"figures\": 1}'",
        "import json.encoder\njson.encoder.JSONEncoder.encode = lambda *_: '[]'",
    ],
)
def test_a_forged_report_is_not_believed(project: Project, source: str) -> None:
    result = project.run(f"import os\nfrom contextlib import suppress\nx = 2\n{source}", expressions=("x",))
    assert (result.error and result.error.kind, result.values) == ("broken", {})


@pytest.mark.parametrize(
    ("ending", "code", "kind", "message"),
    [
        ("timeout", 0, "timeout", "still running after 2.5 s"),
        ("processes", 0, "processes", "more than 256 processes at a time"),
        ("too much", 0, "too much", "figures and values take more than 256 MiB"),
        ("ended", 3, "exit", "it called os._exit(3)"),
        ("ended", 0, "exit", "os._exit(0)"),
        ("ended", -signal.SIGKILL, "killed by SIGKILL", "out of memory"),
        ("ended", -signal.SIGSEGV, "killed by SIGSEGV", "it crashed"),
        ("ended", 0xC0000005, "killed by 0xC0000005", "it crashed"),
    ],
)
def test_a_run_that_could_not_report_is_explained(ending: str, code: int, kind: str, message: str) -> None:
    told = supervisor.explain(ending, code, {"path": "a.py", "timeout": 2.5}, b"")
    assert (told["kind"], told["line"], told["traceback"]) == (kind, 0, "")
    assert message in told["message"]


def test_the_line_is_that_of_the_first_thread_which_is_told_last() -> None:
    dump = b'Thread 0x02:\n  File "/x/a.py", line 9 in f\n\nThread 0x01:\n'
    dump += b'  File "/lib/t.py", line 5 in g\n  File "/x/a.py", line 3 in <module>\n'
    assert supervisor.explain("timeout", 0, {"path": "/x/a.py", "timeout": 1}, dump)["line"] == 3
    assert supervisor.explain("timeout", 0, {"path": "/x/b.py", "timeout": 1}, dump)["line"] == 0


@pytest.mark.parametrize(
    "report", [b"", b"{}", b"mark[1]", b'mark{"values"', b'kram{"values": {}}', b"mark" + b"[" * 9999]
)
def test_a_report_without_its_mark_or_shape_is_not_heard(report: bytes) -> None:
    assert supervisor.parse_report(report, "mark") == {"error": supervisor.DAMAGED_REPORT}
    assert supervisor.parse_report(b'mark{"values": {}}', "mark") == {"values": {}}


def test_output_keeps_whole_lines_of_its_head_and_tail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "OUTPUT_HALF", 20)
    output = supervisor.Output()
    for number in range(100):
        output.add(f"line {number}\n".encode())
    head, cut, tail = output.text().partition("[… ")
    assert head == "line 0\nline 1\n"
    assert tail.endswith("bytes cut …]\nline 98\nline 99\n")
    assert cut


def test_output_that_is_no_text_is_shown_as_it_is() -> None:
    output = supervisor.Output()
    output.add(b"a\xff")
    output.add("é\n".encode())
    assert output.text() == "a\\xffé\n"


def test_limits_are_passed_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "descendants", lambda: [])
    later = time.monotonic() + 60
    assert supervisor.exceeded_limit(0, later) == ""
    assert supervisor.exceeded_limit(0, 0) == "timeout"
    monkeypatch.setattr(supervisor, "REPORT_LIMIT", 2)
    assert supervisor.exceeded_limit(3, later) == "too much"
    monkeypatch.setattr(supervisor, "descendants", lambda: [1] * 999)
    assert supervisor.exceeded_limit(0, later) == "processes"


@slow
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may have a /proc of its own")
def test_a_snippet_sees_no_environment_but_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "s3cret")  # of this process; of one started now it is in /proc
    bystander = subprocess.Popen(["sleep", "60"])
    source = """
    import contextlib, pathlib
    seen = b""
    for file in pathlib.Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError): seen += file.read_bytes()
    print(b"PATH=" in seen, b"s3cret" in seen)
    """
    with closing(LocalExecutor(tmp_path, cold=True)) as cold, closing(LocalExecutor(tmp_path)) as warm:
        printed = [Project(tmp_path, executor).run(source).stdout for executor in (cold, warm)]
    bystander.kill()
    bystander.wait()
    assert printed == ["True False\n"] * 2
