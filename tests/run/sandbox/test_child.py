"""A snippet as it runs: as a script does alone, with values and errors told, no file of the engine named."""

from __future__ import annotations

import array
import ast
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import os
import py_compile
import re
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from importlib.util import cache_from_source
from pathlib import Path

import numpy as np
import pytest

from tests.harness import ROOT
from tests.run.project import Project, make_run
from verideck.core.errors import DeckError
from verideck.core.run_model import Cell, Location, Result
from verideck.read.snippets import read_snippet
from verideck.render.tables import formatted
from verideck.run.local import LocalExecutor
from verideck.run.protocol import FRAME, without_our_frames
from verideck.run.sandbox import child
from verideck.run.sandbox.child import chained
from verideck.run.serialize import result_from_json, result_to_json

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
def alone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp(request.param)
    (root / "snippets").mkdir()
    with closing(LocalExecutor(root, cold=True, fork=request.param == "fork")) as executor:
        yield Project(root, executor)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_what_is_printed_is_the_same_as_alone(alone: Project, name: str) -> None:
    alone.write("snippets/a.py", ALONE[name])
    file = alone.root / "snippets/a.py"
    done = subprocess.run(
        [sys.executable, str(file)], cwd=alone.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=True, env={"PYTHONPATH": "", "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    result = alone.run(ALONE[name])
    assert result.error is None
    here = re.compile(rf"{re.escape(str(alone.root))}/|{re.escape(str(Path(traceback.__file__).parent))}/| at 0x\w+")
    assert here.sub("", result.printed("both")) == here.sub("", done.stdout)


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
    with closing(LocalExecutor(ROOT, cold=True)) as executor:
        result = executor.submit(make_run(RAISES[name], expressions=("__import__('inspect').stack()[-1][1]",))).result()
    assert result.error
    assert "snippets/a.py" in result.error.traceback or name in ("no Python",)
    assert named(result) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_a_result_names_no_file_of_the_engine(name: str) -> None:
    values = ("[f.filename for f in __import__('inspect').stack()]", "__import__('traceback').format_stack()")
    with closing(LocalExecutor(ROOT, cold=True)) as executor:
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


slow = pytest.mark.slow


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
    assert (result.stdout, result.stderr, result.mixed) == ("out\nagain\n", "err\n", "out\nerr\nagain\n")
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
        ("class E(Exception):\n    def __str__(self): return 1\nraise E", "E", 3, "cannot be read"),
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


CELLS = """\
print("one")
x = [1, 2]
sum(x)

print("two")
raise KeyError("no")

y = x
x.append(3);
"""


@slow
def test_cells_give_what_they_print_and_end_with(project: Project) -> None:
    places = ((1, 3, ""), (5, 6, "LookupError"), (8, 9, ""))
    run = make_run(
        CELLS,
        path="slides/talk.md",
        expressions=("#1 len(x)", "#3 len(x)"),
        shows=("#1", "#3", "#3 x"),
        parts=("#1", "#2", "#3"),
    )
    run = replace(run, snippet=replace(run.snippet, cells=tuple(Cell(*place) for place in places)))
    result = project.runner.submit(run).result()
    assert not result.error
    assert result.stdout == "one\ntwo\n"
    assert result.outputs == {"#1": "one\n", "#2": "two\nKeyError: 'no'\n", "#3": ""}
    assert result.values == {"#1": 3, "#1 len(x)": 2, "#3 len(x)": 3, "#3 x": [1, 2, 3]}


@slow
def test_a_cell_that_keeps_no_promise_is_told_at_its_line(project: Project) -> None:
    run = make_run("x = 1\nx / 1\n", path="slides/talk.md")
    run = replace(run, snippet=replace(run.snippet, cells=(Cell(2, 2, "KeyError"),)))
    error = project.runner.submit(run).result().error
    assert error
    assert (error.kind, error.line) == ("no exception", 2)


@slow
def test_regions_give_what_they_print(project: Project) -> None:
    inside = "# region a\nprint({})\n# endregion\n"
    source = "print(1)\n" + inside.format(2) + "import os\nos.system('echo 3')\n" + inside.format(4)
    snippet = read_snippet("snippets/a.py", source)
    result = project.runner.submit(replace(make_run(source, parts=("#a",)), snippet=snippet)).result()
    assert (result.stdout, result.outputs) == ("1\n2\n3\n4\n", {"#a": "2\n4\n"})


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
def test_a_module_of_the_project_comes_before_one_that_the_engine_has_imported(project: Project) -> None:
    project.write("snippets/json.py", "x = 'mine'\n")
    project.write("snippets/selectors/__init__.py", "x = 'mine too'\n")
    project.write("snippets/os.py", "")
    result = project.run(
        "import json, os, selectors\nprint(json.x, selectors.x, hasattr(os, 'path'))\nx = [1]", expressions=("x",)
    )
    assert (result.error, result.stdout, result.values) == (None, "mine mine too True\n", {"x": [1]})


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


class Colour(enum.IntEnum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int = 1


class Own(int):
    def __str__(self) -> str:
        return "mine"


class OwnFormat(str):
    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return "mine"


Pair = collections.namedtuple("Pair", "x y")
PLAIN = {
    "tuple": (1, 2.5), "tuple of one": (1,), "tuple in a list": [(), (1, "a")], "dict": {"a": None, "b": True},
    "text": type("Text", (str,), {})("x"), "whole": type("Whole", (int,), {})(3), "inf": float("inf"),
    "dict of a tuple": {"tuple": [1]}, "dict of a dict": {"dict": {"tuple": 1}},
    "dict of a float": {"float": 1, "text": 2},
    "float64": np.float64(0.1), "float32": np.float32(0.1), "float16": np.float16(0.1), "half": np.float32(0.5),
    "nan": np.float32("nan"), "int8": np.int8(3), "uint64": np.uint64(2**63), "bool_": np.True_, "str_": np.str_("x"),
    "array of nothing": np.array(1.5), "longdouble": np.longdouble("0.1"),
}  # fmt: skip
"""Values that a slide shows as Python prints them."""


@pytest.mark.parametrize("name", PLAIN)
def test_a_value_is_shown_as_python_prints_it(name: str) -> None:
    value = PLAIN[name]
    found = result_from_json({"values": json.loads(json.dumps({"x": child.plain(value)}))}).values["x"]
    again = result_from_json(result_to_json(Result(values={"x": found}))).values["x"]
    assert repr(again) == repr(found)
    assert formatted(found, "", Location("")) == str(value)
    for spec in (".12f", ".2e", ",", "d", "x", ">10", "%") if not isinstance(value, list | tuple) else ():
        try:
            expected = format(value, spec)
        except (TypeError, ValueError):
            with pytest.raises(DeckError):
                formatted(found, spec, Location(""))
        else:
            assert formatted(found, spec, Location("")) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.array([1, 2]), "[1, 2]"),
        (np.array([[0.5], [2.0]]), "[[0.5], [2.0]]"),
        (np.array([0.1], "f4"), "[0.1]"),
        (np.array(["a"]), "['a']"),
        (np.array([None, (1, "x")], object), "[None, (1, 'x')]"),
    ],
)
def test_an_array_is_a_list(value: object, shown: str) -> None:
    assert str(result_from_json({"values": {"x": child.plain(value)}}).values["x"]) == shown


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({1: 2}, "a dict is not a number"),
        ({1, 2}, r"a set is not a number.* sorted\(…\)"),
        (1j, r"a complex is not a number.* use str\(…\)"),
        (np.datetime64("2024-03-01", "ns"), r"a datetime64 is not a number.* str\(…\)"),
        (np.timedelta64(1, "D"), "a timedelta64 is"),
        (np.array(["2024"], "M8[ns]"), r"datetime64\[ns\] is not a .* .astype\(str\)"),
        (np.ma.masked, "a MaskedConstant"),
        (np.ma.array([1, 2], mask=[False, True]), r"MaskedArray of int64 .* \.filled\(…\)"),
        (np.zeros(1, [("a", "i4")]), "ndarray of"),
        (np.zeros(1, [("a", "i4")])[0], "a void"),
        (np.complex64(1), "a complex64"),
        (np.bytes_(b"x"), "a bytes_"),
        (array.array("d", [1.0]), r"a array .* \.tolist\(\)"),
        (decimal.Decimal("1.10"), "a Decimal"),
        (fractions.Fraction(1, 3), "a Fraction"),
        (Colour.RED, r"a Colour .* \.value"),
        ([Colour.RED], "a Colour"),
        (Own(1), "a Own"),
        (OwnFormat("x"), "a OwnFormat"),
        (datetime.date(2024, 1, 1), r"a date .* f'{…:…}'"),
        (datetime.timedelta(1), "a timedelta"),
        (Path("a"), "Path"),
        (b"x", "a bytes"),
        (range(3), "a range"),
        (Point(), r"a Point .* dataclasses.asdict\(…\)"),
        (Pair(1, 2), r"a Pair .* \._asdict\(\)"),
        (collections.Counter("a"), "a Counter"),
        (type("DataFrame", (), {"to_dict": None})(), r'a DataFrame .* \.to_dict\("records"\)'),
        ("\ud800", "surrogates"),
        pytest.param(10**5000, "more than 4300 digits", id="long"),
    ],
)
def test_what_would_be_shown_otherwise_is_refused(value: object, said: str) -> None:
    with pytest.raises((TypeError, ValueError), match=said):
        child.plain(value)


def test_rows_of_a_table_may_be_of_any_kind_of_dict() -> None:
    assert child.plain([collections.OrderedDict(a=1)]) == [{"a": 1}]


def test_lists_may_be_a_hundred_levels_deep() -> None:
    deep = eval("[" * 90 + "]" * 90)
    assert child.plain(deep) == deep
    with pytest.raises(ValueError, match="nested more than 100 levels"):
        child.plain(eval("[" * 101 + "]" * 101))


@pytest.mark.parametrize(
    ("source", "well"),
    [
        ("import sys\nsys.exit(0)", True),
        ("raise SystemExit", True),
        ("def main():\n    exit()\nif 1:\n    pass\n    main()", True),
        ("try:\n    1\nfinally:\n    exit(None)", True),
        ("match 1:\n    case 1:\n        exit(0)\n    case 2:\n        pass", True),
        ("for x in range(9):\n    exit(0)\n    print(x)", False),
        ("exit(0)\nprint(1)", False),
        ("if 1:\n    exit(0)\n    print(1)", False),
        ("exit(1)", False),
        ("exit('no')", False),
    ],
)
def test_a_script_may_leave_with_status_0_from_its_last_statement(source: str, well: bool) -> None:
    tree = ast.parse(source)
    with pytest.raises(SystemExit) as raised:
        exec(compile(tree, "a.py", "exec"), {"exit": sys.exit})
    assert child.ends_well(raised.value, tree, "a.py") is well


@pytest.mark.parametrize("value", [float("inf"), -2, "a'b", [1, {"k": None}], True])
def test_a_parameter_replaces_its_literal(value: object) -> None:
    tree = ast.parse("a = 1\nb: int = 2\nif True:\n    a = 3\n")
    child.set_parameters(tree, {"a": value, "b": value}, [1, 2])
    names: dict[str, object] = {}
    exec(compile(tree, "", "exec"), names)
    assert names["b"] == value
    assert ast.unparse(tree).splitlines()[2:] == ["if True:", "    a = 3"]
    assert ast.literal_eval(ast.unparse(child.literal([1, {"a": None}]))) == [1, {"a": None}]


def test_an_exception_is_told_in_one_line() -> None:
    assert child.one_line(ValueError("a\n  b\ud800")) == "a b\\ud800"
    assert len(child.one_line(ValueError("x" * 5000))) == 1000


WORKERS = """\
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
# region parameters
n = 1
# endregion
def f(x):
    return n * x, __file__.rpartition("/")[2], __name__
def nested(x):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(f, [x]))
def fails(x):
    raise ValueError("no")
if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        with context.Pool(1) as pool:
            print(pool.map(f, [1, 2]))
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            print(list(pool.map(nested, [3])))
    with context.Pool(1) as pool:
        try:
            pool.map(fails, [1])
        except ValueError as error:
            print(error.__cause__)
    from joblib import Parallel, delayed
    print(Parallel(2)(delayed(f)(4) for _ in range(1)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", ["snippets/a.py", "slides/talk.md"])
def test_workers_see_the_parameters_and_code_of_slides(project: Project, path: str) -> None:
    project.write(path, WORKERS if path.endswith(".py") else "# A talk\n")
    given = {"region": (4, 4), "parameters": (("n", 7),)} if path.endswith(".py") else {}
    result = project.run(WORKERS, path=path, **given)
    assert result.error is None
    n, name = (7 if given else 1), path.rpartition("/")[2]
    pool = [f"[({n}, '{name}', '__mp_main__'), ({2 * n}, '{name}', '__mp_main__')]"]
    pool.append(f"[[({3 * n}, '{name}', '__mp_main__')]]")
    lines = result.stdout.splitlines()
    assert lines[:4] == pool * 2
    assert f'  File "{path}", line 12, in fails' in lines
    assert "main.py" not in result.stdout
    assert lines[-1].startswith(f"[({4 * n}, ")


@pytest.mark.slow
def test_a_script_whose_workers_start_it_again_is_told_the_remedy(project: Project) -> None:
    source = "import multiprocessing\nmultiprocessing.get_context('spawn').Pool(1).map(abs, [1])"
    error = project.run(source, path="slides/talk.md", timeout=2).error
    assert error
    assert (error.kind, error.line) == ("timeout", 2)
    assert error.message.endswith("start them below a line `if __name__ == '__main__':`")


@pytest.mark.slow
def test_lines_are_counted_as_python_counts_them(project: Project) -> None:
    source = 'a = """\x0c\x0b\x1c\x1d\x1e\x85\u2028\u2029"""\n\x0c\nimport inspect\n'
    source += 'def f():  # \u2028\n    """\x0c"""\n    1 / 0\n'
    result = project.run(source + "print(repr(inspect.getsource(f)))\nf()")
    assert result.error
    assert result.error.line == 6
    assert '  File "snippets/a.py", line 6, in f\n    1 / 0\n' in result.error.traceback
    assert result.stdout == repr('def f():  # \u2028\n    """\x0c"""\n    1 / 0\n') + "\n"
    shown = read_snippet("a.py", source + "# region x\ny = '\x85'\n# endregion\nz = 1\n")
    assert shown.regions[0].ranges == ((7, 7),)
    assert shown.lines[6:] == (8, 10)


@slow
@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no /dev/shm")
@pytest.mark.parametrize("ending", ["", "import time; time.sleep(60)"])
def test_shared_memory_ends_with_the_run(project: Project, ending: str) -> None:
    source = f"from multiprocessing import shared_memory\nm = shared_memory.SharedMemory(create=True, size=9)\n{ending}"
    before = set(os.listdir("/dev/shm"))
    result = project.run(source, timeout=2.0)
    assert (result.error is None) == (not ending)
    if not ending or (os.geteuid() == 0 and project.runner._fork):
        assert set(os.listdir("/dev/shm")) <= before
    for name in set(os.listdir("/dev/shm")) - before:
        os.unlink(f"/dev/shm/{name}")
