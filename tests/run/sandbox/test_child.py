"""What a snippet prints and gives names no file of the engine: a stack is as if the script ran alone."""

from __future__ import annotations

import re
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import ROOT
from tests.run.test_local import Project, make_run
from verideck.core.run_model import Result
from verideck.run.local import LocalExecutor
from verideck.run.protocol import FRAME, without_our_frames
from verideck.run.sandbox.child import chained

STACK = f"""\
before
  File "<string>", line 4, in <module>
  File "{FRAME}", line 1, in run
  File "{FRAME}", line 2, in perform
  File "a.py", line 3, in <module>
    f()
"""
SHORT = 'before\n  File "a.py", line 3, in <module>\n    f()\n'


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        (STACK, SHORT),
        (STACK.replace("<module>\n", "<module>\n    exec(code)\n", 1), SHORT),
        ('  File "a.py", line 3 in f\n  File "<verideck>", line 1 in run\n  File "<string>", line 4 in <module>\n',
         '  File "a.py", line 3 in f\n'),
        ('  | Traceback:\n  |   File "<verideck>", line 1, in stat\n  | OSError\n', "  | Traceback:\n  | OSError\n"),
        ("<verideck>:12: UserWarning: x\n  y()\n", "sys:1: UserWarning: x\n  y()\n"),
        ('  File "<string>", line 1, in <module>\n  File "a.py", line 1\n',) * 2,
        ("I say <verideck>:1\n",) * 2,
    ],
)  # fmt: skip
def test_frames_of_ours_are_taken_out_of_a_text(printed: str, left: str) -> None:
    assert without_our_frames(printed) == left


def test_causes_contexts_and_members_of_groups_are_found_once() -> None:
    inner = ValueError("inner")
    inner.__cause__ = KeyError("cause")
    group = ExceptionGroup("group", [inner, TypeError("other")])
    group.__context__ = OSError("context")
    found = chained(traceback.TracebackException.from_exception(group))
    assert sorted(str(each) for each in found) == ["'cause'", "context", "group (2 sub-exceptions)", "inner", "other"]


ALONE = {
    "its stack": "import traceback\ndef f():\n    traceback.print_stack()\nf()",
    "the stack of a generator": "import traceback\ndef f():\n    traceback.print_stack()\n    yield\nlist(f())",
    "the stack of code in a text": "exec('import traceback\\ntraceback.print_stack()')",
    "the stack of a thread": "import threading, traceback\n"
    "def f():\n    traceback.print_stack(limit=1)\nthread = threading.Thread(target=f)\nthread.start()\nthread.join()",
    "the stack at the end": "import atexit, traceback\natexit.register(lambda: traceback.print_stack())",
    "the stack of a log": "import logging\nlogging.warning('x', stack_info=True)",
    "the stack of a crash": "import faulthandler\nfaulthandler.dump_traceback(all_threads=False)",
    "a warning about its caller": "import warnings\ndef f():\n    warnings.warn('x', stacklevel=9)\nf()",
    "a file that is not there": "import os, traceback\n"
    "try:\n    os.stat('none')\nexcept OSError:\n    traceback.print_exc()",
    "the same in a thread": "import os, threading\nthread = threading.Thread(target=os.stat, args=['none'], name='T')\n"
    "thread.start()\nthread.join()",
    "the same as it goes": "import os\nclass A:\n    def __del__(self):\n        os.stat('none')\n"
    "a = A()\ndel a",
    "chained exceptions": "import os, traceback\ntry:\n    try:\n        os.stat('none')\n"
    "    except OSError as error:\n        raise ValueError('no') from error\n"
    "except ValueError:\n    traceback.print_exc()",
    "a group": "import os, traceback\nerrors = []\nfor name in ('a', 'b'):\n    try:\n        os.stat(name)\n"
    "    except OSError as error:\n        errors.append(error)\ntry:\n    raise ExceptionGroup('both', errors)\n"
    "except ExceptionGroup:\n    traceback.print_exc()",
    "how it was called": "import sys\nprint(sys.argv, sys.orig_argv[1:])",
}  # fmt: skip
"""Scripts that print the same when they are run by `python a.py`."""


@pytest.fixture(scope="module", params=["fork", "spawn"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp(request.param)
    (root / "snippets").mkdir()
    with LocalExecutor(root, cold=True, fork=request.param == "fork") as executor:
        yield Project(root, executor)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_what_is_printed_is_the_same_as_alone(project: Project, name: str) -> None:
    project.write("snippets/a.py", ALONE[name])
    file = project.root / "snippets/a.py"
    done = subprocess.run(
        [sys.executable, str(file)], cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=True, env={"PYTHONPATH": "", "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    result = project.run(ALONE[name])
    assert result.error is None
    here = re.compile(rf"{re.escape(str(project.root))}/|{re.escape(str(Path(traceback.__file__).parent))}/| at 0x\w+")
    assert here.sub("", result.stdout) == here.sub("", done.stdout)


RAISES = {
    "in the script": "import os\ndef f():\n    os.stat('none')\nf()",
    "chained": "import os\ntry:\n    os.stat('none')\nexcept OSError as error:\n    raise ValueError('no') from error",
    "while another is handled": "import os\ntry:\n    os.stat('none')\nexcept OSError:\n    raise ValueError('no')",
    "a group": "import os\ntry:\n    os.stat('none')\nexcept OSError as error:\n    raise ExceptionGroup('g', [error])",
    "recursion": "def f():\n    f()\nf()",
    "no Python": "x = = 1",
    "writing": "import pathlib\npathlib.Path(__file__).write_text('')",
    "drawing": "import matplotlib.pyplot as plt\nplt.title('あ')\nplt.show()",
    "in a generator": "import os\nlist(os.stat(name) for name in ['none'])",
    "in code in a text": "exec(compile('import os\\nos.stat(\"none\")', '<text>', 'exec'))",
    "its text asks for the stack": "import inspect\nclass E(Exception):\n"
    "    def __str__(self):\n        return repr([f.filename for f in inspect.stack()])\nraise E",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RAISES)
def test_a_traceback_and_the_inputs_name_no_file_of_the_engine(name: str) -> None:
    """Where the engine is part of the project, as here, what reads its files would make them inputs."""
    with LocalExecutor(ROOT, cold=True) as executor:
        result = executor.submit(make_run(RAISES[name], expressions=("__import__('inspect').stack()[-1][1]",))).result()
    assert result.error
    assert "snippets/a.py" in result.error.traceback or name in ("no Python",)
    assert named(result) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_a_result_names_no_file_of_the_engine(name: str) -> None:
    values = ("[f.filename for f in __import__('inspect').stack()]", "__import__('traceback').format_stack()")
    with LocalExecutor(ROOT, cold=True) as executor:
        result = executor.submit(make_run(ALONE[name], expressions=values)).result()
    assert len(result.values) == 2
    assert named(result) == []


def named(result: Result) -> list[str]:
    """Return what of a result names a file of the engine; what people read has no frame of it either."""
    told = {**{path: path for path, _ in result.inputs}, "stdout": result.stdout, "values": repr(result.values)}
    if result.error:
        told |= {"message": result.error.message, "traceback": result.error.traceback}
        assert f'File "{FRAME}"' not in result.error.traceback
    assert FRAME not in result.stdout
    return [name for name, text in told.items() if "verideck/" in text or "child.py" in text or "audit.py" in text]
