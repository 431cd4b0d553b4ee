"""Snippets that behave, snippets that do not, and what is left of either."""

import contextlib
import os
import py_compile
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from tests.harness import ROOT
from verideck.core.hashing import file_digest
from verideck.core.run_model import STARTED_PROCESSES, Region, Result, Run, RunId, Snippet
from verideck.run.local import LocalExecutor, make_temporary
from verideck.run.recipe import is_fresh

slow = pytest.mark.slow


def make_run(source: str, *, path: str = "snippets/a.py", region: tuple[int, int] | None = None, **parts: Any) -> Run:
    lines = tuple(range(1, source.count("\n") + 2))
    regions = (Region("parameters", (region,)),) if region else ()
    snippet = Snippet(path, source, tuple(source.split("\n")), lines, regions, inputs=parts.pop("inputs", ()))
    return Run(RunId(path, parts.pop("parameters", ())), snippet, **{"timeout": 20.0, **parts})


def warmed(root: Path, *modules: str, cold: bool = False) -> LocalExecutor:
    """Return an executor whose interpreter imports some modules ahead."""
    executor = LocalExecutor(root, cold=cold)
    executor.warm(modules)
    return executor


class Project:
    """A folder with a runner: `run(source)` gives a result."""

    def __init__(self, root: Path, runner: LocalExecutor) -> None:
        self.root, self.runner = root, runner

    def run(self, source: str, **parts: Any) -> Result:
        return self.runner.submit(make_run(textwrap.dedent(source).lstrip("\n"), **parts)).result()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


@pytest.fixture(scope="module", params=["warm", "cold", "alone"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp(request.param)
    (root / "snippets").mkdir()
    with LocalExecutor(root, jobs=2, cold=request.param == "cold", fork=request.param != "alone") as runner:
        yield Project(root, runner)


@pytest.fixture
def project(shared: Project) -> Project:
    shutil.rmtree(shared.root / "snippets")
    (shared.root / "snippets").mkdir()
    return shared


def running(word: str) -> list[str]:
    """Return the processes whose command line holds a word."""
    if Path("/proc/self").exists():  # where there is that, there may be no ps
        commands = []
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                commands.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return [command for command in commands if word in command]
    lines = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if word in line and "ps -eo" not in line]


@slow
def test_output_and_values(project: Project) -> None:
    result = project.run(
        """
        import sys
        print("out"); print("err", file=sys.stderr); print("again")
        x = {"a": (1, 2.5), "b": None, "c": float("nan")}
        """,
        expressions=("x['a']", "repr(x['c'])", "y", "{1: 2}", "1j"),
    )
    assert result.stdout == "out\nerr\nagain\n"
    assert result.values == {"x['a']": [1, 2.5], "repr(x['c'])": "nan"}
    assert {name: reason.split(":")[0] for name, reason in result.invalid.items()} == {
        "y": "NameError",
        "{1: 2}": "TypeError",
        "1j": "TypeError",
    }


@slow
def test_a_snippet_runs_as_a_script(project: Project) -> None:
    source = """
    import os, sys
    print(__name__, __file__, sys.argv == [__file__], os.listdir(), sys.path[0], len(os.environ.get("HOME")) > 0)
    class A: pass
    import pickle
    print(type(pickle.loads(pickle.dumps(A()))).__name__, "SECRET" in os.environ, os.environ["TZ"])
    """
    expected = "__main__ snippets/a.py True [] " + f"{project.root}/snippets True\nA False UTC\n"
    assert project.run(source).stdout == expected.replace(f"{project.root}/", "")


@slow
@pytest.mark.parametrize(
    ("source", "kind", "line", "word"),
    [
        ("x = 1\n1 / 0", "ZeroDivisionError", 2, "division by zero"),
        ("x = 1\ndef f(:", "SyntaxError", 2, "invalid syntax"),
        ("import sys\nsys.exit(0)\nprint(1)", "exit", 2, "sys.exit(0)"),
        ("import os\nos._exit(0)", "exit", 0, "os._exit(0)"),
        ("import os\nos._exit(3)", "exit", 0, "os._exit(3)"),
        ("import os\nos.closerange(3, 256)", "exit", 0, "os.closerange"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "killed by SIGSEGV", 2, ""),
        ("import os\n\nos.abort()", "killed by SIGABRT", 3, ""),
        ("import os\nos.kill(os.getpid(), 9)", "killed by SIGKILL", 0, "memory"),
        ("x = 1\nb = bytearray(6 << 30)", "memory", 2, "4 GiB"),
        ("input()", "EOFError", 1, ""),
        ("print('\\ud800')", "UnicodeEncodeError", 1, ""),
        ("class E(Exception):\n    def __str__(self): return 1\nraise E", "E", 3, "cannot be had"),
        ("import helper", "ModuleNotFoundError", 1, "helper"),
        ("open('data.csv')", "FileNotFoundError", 1, "Path(__file__).parent"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", 1, ""),
        ("import importlib\nimportlib.util", "AttributeError", 2, "util"),
    ],
)
def test_failures_are_named_and_located(project: Project, source: str, kind: str, line: int, word: str) -> None:
    error = project.run(source).error
    assert error
    assert (error.kind, error.line) == (kind, line)
    assert word in error.message


@slow
def test_a_traceback_begins_in_the_snippet(project: Project) -> None:
    project.write("snippets/helper.py", "def f():\n    1 / 0\n")
    error = project.run("import helper\nhelper.f()").error
    assert error
    assert error.line == 2
    lines = [line for line in error.traceback.splitlines() if "~" not in line and "^" not in line]
    assert lines == [
        "Traceback (most recent call last):",
        '  File "snippets/a.py", line 2, in <module>',
        "    helper.f()",
        '  File "snippets/helper.py", line 2, in f',
        "    1 / 0",
        "ZeroDivisionError: division by zero",
    ]


@slow
def test_code_of_a_slide_fails_at_the_line_of_the_slide(project: Project) -> None:
    project.write("snippets/helper.py", "")
    error = project.run("pass\n" * 11 + "import helper\n1 / 0", path="slides/talk.md").error
    assert error
    assert error.line == 13
    assert 'File "slides/talk.md", line 13' in error.traceback


@slow
@pytest.mark.parametrize("raises", ["ValueError", "Exception"])
def test_a_promised_exception(project: Project, raises: str) -> None:
    result = project.run("print(1)\nx = 2\nraise ValueError('no')", raises=raises, expressions=("x",))
    assert result.error
    assert (result.error.kind, result.error.message, result.stdout, result.values) == (raises, "no", "1\n", {"x": 2})


@slow
def test_a_promise_that_is_not_kept(project: Project) -> None:
    missing, other = project.run("1", raises="ValueError").error, project.run("1 / 0", raises="ValueError").error
    assert missing
    assert other
    assert (missing.kind, other.kind) == ("no exception", "ZeroDivisionError")


@slow
def test_parameters_replace_the_literals_of_their_region(project: Project) -> None:
    source = "alpha = 0\n# region parameters\nalpha = 1\nsizes = [1]\n# endregion\nprint(alpha, sizes, name := 'kept')"
    run = {"region": (3, 4), "parameters": (("alpha", float("inf")), ("sizes", [2, {"a": None}]))}
    assert project.run(source, **run).stdout == "inf [2, {'a': None}] kept\n"
    assert project.run(source, region=(3, 4)).stdout == "1 [1] kept\n"


@slow
def test_a_loop_that_ignores_signals_is_ended_and_located(project: Project) -> None:
    started = time.monotonic()
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
    assert time.monotonic() - started < 3


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


@slow
def test_what_json_cannot_be_read_with_is_no_value(project: Project) -> None:
    result = project.run(
        """
        import sys
        sys.set_int_max_str_digits(0)
        sys.setrecursionlimit(10_000)
        long, deep = 10**5000, []
        for _ in range(2000): deep = [deep]
        """,
        expressions=("long", "deep"),
    )
    assert result.invalid == {
        "long": "ValueError: a whole number of more than 4300 digits",
        "deep": "ValueError: nested more than 100 levels deep",
    }


@slow
@pytest.mark.parametrize("target", ["-1", "os.getppid()"])
def test_a_snippet_cannot_signal_what_it_did_not_start(project: Project, target: str) -> None:
    error = project.run(f"import os, signal\nos.kill({target}, signal.SIGCONT)").error  # harmless, if it could
    assert error
    assert (error.kind, error.line) == ("PermissionError", 2)


@slow
def test_nothing_leaks_into_the_next_run(project: Project) -> None:
    before = project.run(
        "import os, sys\nprint(os.listdir(), sorted(os.environ), sys.path[1:], len(sys.modules))"
    ).stdout
    project.run(
        """
        import os, sys, builtins, json
        open("left", "w").close(); os.environ["LEAK"] = "1"; sys.path.append("leak"); json.dumps = None
        builtins.print = None; os.chdir("/"); sys.stdout = None; sys.modules["leak"] = sys
        """
    )
    after = project.run(
        "import os, sys\nprint(os.listdir(), sorted(os.environ), sys.path[1:], len(sys.modules))"
    ).stdout
    assert before == after


@slow
@pytest.mark.parametrize(
    "source",
    [
        "open(f'{root}/slides/talk.md', 'w')",
        "os.remove(f'{root}/slides/talk.md')",
        "os.rename(f'{root}/slides/talk.md', 'here')",
        "os.mkdir(f'{root}/figures')",
        "shutil.rmtree(f'{root}/slides')",
        "pathlib.Path(root, 'slides/talk.md').write_text('')",
        "os.symlink(f'{root}/slides', 'link'); open('link/talk.md', 'a')",
        "os.chdir(f'{root}/slides'); open('talk.md', 'r+')",
        "os.link(f'{root}/slides/talk.md', 'here')",
        "fd = os.open(f'{root}/slides', os.O_RDONLY); os.unlink('talk.md', dir_fd=fd)",
        "fd = os.open(f'{root}/slides', os.O_RDONLY); os.open('talk.md', os.O_WRONLY, dir_fd=fd)",
        "fd = os.open(f'{root}/slides/talk.md', os.O_RDONLY); os.truncate(fd, 0)",
        "os.mkdir(f'{root}/.cache/results')",
        "sqlite3.connect(f'{root}/slides/talk.md')",
        "sqlite3.connect(f'file:{root}/slides/new%20one.db', uri=True)",
    ],
)
def test_writing_into_the_project_is_refused(project: Project, source: str) -> None:
    project.write("slides/talk.md", "a talk")
    error = project.run(f"import os, pathlib, shutil, sqlite3\nroot = {str(project.root)!r}\n{source}").error
    assert error
    assert (error.kind, error.line) == ("PermissionError", 3)
    assert "a snippet may not" in error.message
    assert (project.root / "slides/talk.md").read_text() == "a talk"
    assert not (project.root / "figures").exists()


@slow
def test_what_does_not_change_the_project_is_not_refused(project: Project) -> None:
    project.write("slides/talk.md", "a talk")
    source = f"""
    import os, sqlite3
    root = {str(project.root)!r}
    os.symlink(f"{{root}}/slides/talk.md", "link")
    print(open("link").read())
    os.rename("link", "moved")
    os.remove("moved")
    open(f"{{root}}/.cache/matplotlib/fontlist", "w").close()
    sqlite3.connect(":memory:").close()
    sqlite3.connect("own.db").close()
    try: sqlite3.connect(f"file:{{root}}/no.db?mode=ro", uri=True)
    except sqlite3.OperationalError: print("not there")
    """
    result = project.run(source)
    assert (result.error, result.stdout) == (None, "a talk\nnot there\n")
    assert {"slides/talk.md", "no.db"} <= dict(result.inputs).keys()


@slow
def test_what_is_read_by_other_ways_is_seen(project: Project) -> None:
    project.write("data/a.csv", "1")
    project.write("more/b.csv", "2")
    alias = project.root.parent / f"alias of {project.root.name}"
    alias.symlink_to(project.root)
    source = f"""
    import builtins, functools, os
    fd = os.open({str(project.root / "data")!r}, os.O_RDONLY)
    print(os.read(os.open("a.csv", os.O_RDONLY, dir_fd=fd), 9))
    builtins.open = functools.partial(open, encoding="utf-8")
    os.listdir = os.path.isdir = None
    print(open({str(alias / "more/b.csv")!r}).read())
    """
    result = project.run(source)
    alias.unlink()
    assert (result.error, result.stdout) == (None, "b'1'\n2\n")
    assert dict(result.inputs)["data/a.csv"]
    assert dict(result.inputs)["more/b.csv"]


@slow
def test_what_is_asked_about_is_seen(project: Project) -> None:
    for path in ("asked/size", "asked/access", "asked/library", "asked/log.db", "asked/log.db-wal"):
        project.write(path, "1")
    source = f"""
    import contextlib, ctypes, os, pathlib, shutil, sqlite3, sys
    own, root = pathlib.Path(__file__).resolve(), pathlib.Path({str(project.root)!r})
    print((root / "none").exists(), (root / "asked").is_dir(), os.path.getsize(root / "asked/size"))
    print(os.access(root / "asked/access", os.R_OK), os.stat in os.supports_dir_fd, shutil.which("no such program"))
    with contextlib.suppress(OSError): ctypes.CDLL(str(root / "asked/library"))
    sqlite3.connect(f"file:{{root}}/asked/log.db?mode=ro", uri=True)
    sys.path.append(None)
    with contextlib.suppress(ImportError): import no_such_module
    """
    result = project.run(source)
    assert (result.error, result.stdout) == (None, "False True 1\nTrue True None\n")
    seen = dict(result.inputs)
    assert (seen["none"], seen["asked"]) == ("", "folder")
    assert all(seen[f"asked/{name}"] for name in ("size", "access", "library", "log.db", "log.db-wal"))
    assert not {"asked/", "snippets", "snippets/", "snippets/a.py"} & seen.keys()
    assert is_fresh(result, lambda path: file_digest(project.root, path))


@slow
def test_imports_list_no_folder_even_where_the_engine_is_part_of_the_project() -> None:
    with LocalExecutor(ROOT, cold=True) as runner:
        result = runner.submit(make_run("try: import no_such_module\nexcept ImportError: pass")).result()
    assert "snippets/" not in dict(result.inputs)
    assert "snippets/no_such_module.py" in dict(result.inputs)


@slow
def test_what_a_run_uses_is_seen(project: Project) -> None:
    project.write("snippets/helper.py", "import deeper\n")
    project.write("snippets/deeper.py", "x = 1\n")
    project.write("data/a.csv", "1")
    source = f"""
    import glob, pathlib, helper
    folder = pathlib.Path({str(project.root)!r}, "data")
    for name in glob.glob(f"{{folder}}/*"): print(open(name).read())
    try: open(folder / "none")
    except OSError: pass
    try: import absent
    except ImportError: pass
    """
    result = project.run(source)
    assert result.error is None
    inputs = dict(result.inputs)
    assert {path for path, digest in inputs.items() if digest} == {
        "snippets/helper.py",
        "snippets/deeper.py",
        "data/",
        "data/a.csv",
    }
    assert {"data/none", "snippets/absent.py", "snippets/glob.py"} <= inputs.keys()
    assert is_fresh(result, lambda path: file_digest(project.root, path))
    for path in ("data/b.csv", "data/a.csv", "snippets/deeper.py", "snippets/absent.py", "data/none"):
        before = (project.root / path).read_text() if (project.root / path).exists() else None
        project.write(path, "2")
        assert not is_fresh(result, lambda path: file_digest(project.root, path)), path
        (project.root / path).unlink() if before is None else project.write(path, before)
        assert is_fresh(result, lambda path: file_digest(project.root, path)), path


@slow
def test_what_a_module_reads_while_it_is_imported_and_what_is_read_at_the_end_is_seen(project: Project) -> None:
    root = f"import os\nroot = {str(project.root)!r}\n"
    project.write("snippets/helper.py", f"{root}names = os.listdir(root + '/data')\n")
    project.write("snippets/starter.py", "import subprocess\nsubprocess.run(['true'])\n")
    project.write("data/a.csv", "1")
    source = "import atexit, helper\natexit.register(lambda: open(root + '/data/a.csv'))\nos.listdir(root)\n"
    result = project.run(root + source)
    assert result.error is None
    assert {"data/", "data/a.csv", "./"} <= dict(result.inputs).keys()
    assert STARTED_PROCESSES not in dict(result.inputs)
    assert STARTED_PROCESSES in dict(project.run("import starter").inputs)


@slow
def test_a_folder_that_was_not_there_is_seen_when_it_is(project: Project) -> None:
    result = project.run(f"import os\nprint(list(os.walk({str(project.root / 'later')!r})))")
    assert dict(result.inputs)["later"] == ""
    (project.root / "later").mkdir()
    assert not is_fresh(result, lambda path: file_digest(project.root, path))
    (project.root / "later").rmdir()


@slow
def test_modules_that_are_looked_for_in_vain_are_seen_however_they_are_imported(project: Project) -> None:
    project.write("lib/pkg/__init__.py", "try: from .opt import x\nexcept ImportError: pass\n")
    project.write("lib/pkg/sub.py", "")
    source = f"""
    import importlib, sys, random
    sys.path.append({str(project.root / "lib")!r})
    import pkg.sub
    try: importlib.import_module("maybe")
    except ImportError: pass
    """
    result = project.run(source, path="snippets/part/a.py")
    missing = {path for path, digest in result.inputs if not digest}
    assert result.error is None
    assert {"lib/pkg/opt.py", "lib/pkg/opt/__init__.py", "lib/pkg/sub/__init__.py", "lib/maybe.py"} <= missing
    assert {"snippets/part/maybe.py", "snippets/part/random.py", "snippets/part/pkg/__init__.py"} <= missing
    assert not {path for path in missing if path.startswith("snippets/") and not path.startswith("snippets/part/")}
    assert len(missing) < 30


@slow
def test_a_module_of_the_project_comes_before_one_that_the_engine_has_imported(project: Project) -> None:
    project.write("snippets/json.py", "x = 'mine'\n")
    project.write("snippets/selectors/__init__.py", "x = 'mine too'\n")
    project.write("snippets/os.py", "")
    result = project.run(
        "import json, os, selectors\nprint(json.x, selectors.x, hasattr(os, 'path'))\nx = [1]", expressions=("x",)
    )
    assert (result.error, result.stdout, result.values) == (None, "mine mine too True\n", {"x": [1]})


@slow
def test_a_module_of_the_project_comes_before_one_that_was_imported_ahead(tmp_path: Path) -> None:
    folder = tmp_path / "snippets"
    folder.mkdir()
    with warmed(tmp_path, "yaml") as runner:
        run = make_run("import yaml\nprint(yaml.__file__.startswith(__file__[:-4]))")
        assert runner.submit(run).result().stdout == "False\n"
        (folder / "yaml.py").write_text("")
        assert runner.submit(run).result().stdout == "True\n"


@slow
def test_what_an_expression_prints_is_no_output(project: Project) -> None:
    source = """
    import os, sys
    def f():
        print("no"); print("no", file=sys.stderr); os.write(1, b"no"); os.system("echo no")
        return 1
    sys.stdout = open(1, "w", closefd=False)
    print("first", end=" ")
    import atexit
    atexit.register(print, "last")
    """
    result = project.run(source, expressions=("f()",))
    assert (result.stdout, result.values) == ("first last\n", {"f()": 1})


@slow
def test_a_stale_pyc_of_any_folder_of_the_project_is_not_trusted(project: Project) -> None:
    file, cached = project.root / "lib/util.py", Path(cache_from_source(project.root / "lib/util.py"))
    for text in ("x = 1\n", "x = 2\n"):
        project.write("lib/util.py", text)
        os.utime(file, (1000, 1000))
        if not cached.exists():
            py_compile.compile(str(file))
        source = f"import sys\nsys.path.insert(0, {str(project.root / 'lib')!r})\nimport util\nprint(util.x)"
        assert project.run(source).stdout == text[-2:]
    cached.unlink()


@slow
def test_a_module_changed_within_a_second_is_read_anew(project: Project) -> None:
    for text in ("x = 1\n", "x = 2\n"):
        project.write("snippets/helper.py", text)
        os.utime(project.root / "snippets/helper.py", (1000, 1000))
        assert project.run("import helper\nprint(helper.x)").stdout == text[-2:]
    assert not (project.root / "snippets/__pycache__").exists()


@slow
def test_a_run_that_starts_processes_is_reused_only_with_declared_inputs(project: Project) -> None:
    source = "import subprocess; subprocess.run(['true'])"
    assert dict(project.run(source).inputs)[STARTED_PROCESSES]
    assert dict(project.run("import multiprocessing.popen_spawn_posix").inputs)[STARTED_PROCESSES]
    project.write("snippets/data", "1")
    assert "snippets/**" in dict(project.run(source, inputs=("snippets/",)).inputs)
    result = project.run(source, inputs=("snippets/data",))
    assert dict(result.inputs)["snippets/data"]
    assert is_fresh(result, lambda path: file_digest(project.root, path))


@slow
def test_no_scratch_folder_is_left(project: Project) -> None:
    result = project.run("import os; open('x', 'w')\nfolder = os.getcwd()", expressions=("folder", "folder[::-1]"))
    assert result.values["folder"] == "scratch"
    assert not os.path.exists(str(result.values["folder[::-1]"])[::-1])


@slow
def test_a_warm_server_that_dies_of_its_imports_is_replaced_by_cold_runs(tmp_path: Path) -> None:
    with warmed(tmp_path, "no_such_module") as runner:
        assert runner._server
        runner._server._process.kill()
        assert runner.submit(make_run("print(1)")).result().stdout == "1\n"


@slow
def test_ctrl_c_ends_all_runs_within_two_seconds(tmp_path: Path) -> None:
    started = time.monotonic()
    runner = LocalExecutor(tmp_path, jobs=1)
    runner.__enter__()
    futures = [runner.submit(make_run("import time; time.sleep(61.25)")) for _ in range(3)]
    time.sleep(0.3)
    runner.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert time.monotonic() - started < 2.3
    for future in futures:
        with pytest.raises(CancelledError):
            future.result(0)
    assert not runner._temporary.exists()


@slow
def test_a_run_that_is_cancelled_ends_and_the_others_go_on(project: Project) -> None:
    source = "import subprocess; subprocess.run(['sleep', '71.25'], start_new_session=True)"
    unwanted = project.runner.submit(make_run(source))
    deadline = time.monotonic() + 10
    while not running("sleep 71.25") and time.monotonic() < deadline:
        time.sleep(0.05)
    other = project.runner.submit(make_run("import time; time.sleep(.5); print(1)"))
    assert unwanted.cancel() is False
    with pytest.raises(CancelledError):
        unwanted.result(10)
    assert running("sleep 71.25") == []
    assert other.result().stdout == "1\n"


@slow
def test_a_killed_build_leaves_no_process_and_no_scratch_folder(tmp_path: Path) -> None:
    source = "import subprocess; subprocess.run(['sleep', '81.25'], start_new_session=True)"
    (tmp_path / "a.py").write_text(source)
    program = f"""
from pathlib import Path
from verideck.core.run_model import Run, RunId, Snippet
from verideck.run.local import LocalExecutor, make_temporary
with LocalExecutor(Path({str(tmp_path)!r})) as runner:
    runner.submit(Run(RunId("a.py"), Snippet("a.py", {source!r}, (), ()))).result()
"""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment = os.environ | {"TMPDIR": str(scratch)}
    build = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment)
    deadline = time.monotonic() + 10
    while not running("sleep 81.25") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running("sleep 81.25")
    build.send_signal(signal.SIGKILL)
    build.wait()
    time.sleep(0.5)
    assert running("sleep 81.25") == []
    assert list(scratch.iterdir()) == []


@slow
def test_figures_are_the_same_warm_and_cold_and_each_time(tmp_path: Path) -> None:
    source = textwrap.dedent("""
        import matplotlib.pyplot as plt
        import numpy as np
        for name in ("one", None):
            plt.figure(name)
            plt.plot(np.arange(3))
            plt.title("x < y")
            plt.show()
        plt.figure("last")
        plt.savefig("mine.png")
        mean = np.mean([1, 2])
    """)
    run = make_run(source, expressions=("mean",))
    title = "import matplotlib.pyplot as plt\nplt.title('{}')"
    missing, in_formula = (make_run(title.format(text)) for text in ("あ", "$x$ あ"))
    with warmed(tmp_path, "matplotlib.pyplot") as runner:
        warm, again, *glyphs = (runner.submit(each).result() for each in (run, run, missing, in_formula))
    with warmed(tmp_path, "matplotlib.pyplot", cold=True) as runner:
        cold = runner.submit(run).result()
    assert warm.error is None
    assert [figure.label for figure in warm.figures] == ["one", "", "last"]
    assert "<text" in warm.figures[0].svg
    assert warm.values == {"mean": 1.5}
    assert dict(warm.versions).keys() == {"Python", "matplotlib", "numpy"}
    assert warm == again == cold
    for glyph in glyphs:
        assert glyph.error
        assert glyph.error.kind == "MissingGlyphError"
        assert "'あ' (U+3042 HIRAGANA LETTER A)" in glyph.error.message


@pytest.mark.skipif(sys.platform == "win32", reason="no folder is removed there")
def test_what_a_killed_build_left_before_it_was_watched_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    others = {"verideck-other-x", "verideck-20251128024935-backup"}
    for name in (f"verideck-{ended.pid}-left", f"verideck-{ended.pid}-used/a", f"verideck-{os.getpid()}-live", *others):
        (tmp_path / name).mkdir(parents=True)
    made = make_temporary()
    kept = {f"verideck-{ended.pid}-used", f"verideck-{os.getpid()}-live", made.name, *others}
    assert {folder.name for folder in tmp_path.iterdir()} == kept
