"""Runs a snippet in its own process: supervisor.py loads this file, forks, and calls `perform`.

It imports nothing of the engine, and matplotlib and numpy only if the snippet did.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import ctypes
import faulthandler
import functools
import gc
import importlib
import itertools
import json
import linecache
import marshal
import os
import signal
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder, PathFinder, SourceFileLoader
from time import sleep
from typing import Any, NoReturn

try:
    import fcntl
    import resource
    import termios
except ImportError:  # Windows
    fcntl = resource = None  # type: ignore[assignment]

Json = dict[str, Any]

FILE_LIMIT = 1 << 30
"""Maximum size of a file that a snippet writes, in bytes."""
DIGITS, DEPTH = sys.int_info.default_max_str_digits, 100
"""Maximum number of digits of a whole number, and maximum depth of nested lists, in a value."""
LONGEST = 10**DIGITS
SPECIAL = (("tuple",), ("float",), ("float", "text"), ("dict",))
"""Keys of the dicts that represent values that JSON lacks."""
RESERVE = 1 << 28
"""Bytes in addition to a snippet's memory limit, to describe its failure."""
HOMES = ("USERPROFILE", "TEMP", "TMP") if os.name == "nt" else ("HOME", "TMPDIR")
"""Environment variables of folders that programs write to."""
MESSAGE = "it changed Python itself, so that its results cannot be read"
BROKEN = json.dumps({"error": {"kind": "broken", "message": MESSAGE, "line": 0, "traceback": ""}})
FUTURE = 0x1FF0000
"""Flags of compiled code that `from __future__ import` sets (Include/cpython/code.h)."""
leave, system, to_json = os._exit, types.SimpleNamespace(**vars(os)), json.dumps  # a snippet may replace the originals
FRAME = (lambda: None).__code__.co_filename
"""File name of the sandbox programs in tracebacks."""
SPAWNING = tuple(
    f"{package}.spawn"
    for package in ("multiprocessing", "multiprocess", "loky.backend", "joblib.externals.loky.backend")
)
"""Modules whose `get_preparation_data` tells a worker the file of its script."""
WORKER = """
import marshal, sys
path, code, file = {path!r}, {code!r}, main["__file__"]
main["__file__"] = path

def adopt(module):
    prepare = module.get_preparation_data
    def get_preparation_data(*args, **named):
        data = prepare(*args, **named)
        return data | {{"init_main_from_path": file}} if data.get("init_main_from_path") == path else data
    module.get_preparation_data = get_preparation_data

for name in {spawning!r}:
    if name in sys.modules:
        adopt(sys.modules[name])
known = sys.modules.get("__main__")
if getattr(known, "__file__", None) == path:
    main.update(vars(known))
else:
    exec(marshal.loads(code), main)
"""
"""Script for workers: a server of workers may have run it before, and a worker may start others."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h
display: Any = None
"""display.py, which supervisor.py sets."""


def perform(request: Json, observer: Any, pyplot: Any, out: int, err: int, report: int, trace: int) -> NoReturn:
    """Run a snippet in this process, write the request's mark and its report as one line to `report`, and exit."""
    pid, mark, told = system.getpid(), request["mark"], BROKEN
    try:
        enter(request, observer, out, err, trace)
        answer = run(request, observer, pyplot)
        atexit._run_exitfuncs()
        end_tracker()
        drop_main_module()
        answer |= {"inputs": sorted(observer.inputs.items()), "spawned": observer.spawned}
        flush()
        told = to_json(answer)
    finally:
        if system.getpid() == pid:  # not in a process that the snippet forked
            line = f"{mark}{told}\n".encode()
            with contextlib.suppress(OSError):  # the snippet closed the pipe
                while line:
                    line = line[system.write(report, line) :]
        leave(0)


def enter(request: Json, observer: Any, out: int, err: int, trace: int) -> None:
    """Prepare this process for the snippet: streams, limits, working folder, and modules as in a new interpreter."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if hasattr(os, "setsid"):
        os.setsid()
    for stream, pipe in ((1, out), (2, err)):
        os.dup2(pipe, stream)
        os.close(pipe)
    keep_order()
    faulthandler.enable(trace, all_threads=False)
    if resource:
        faulthandler.register(signal.SIGUSR2, trace, all_threads=False)
        for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, FILE_LIMIT)):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(limit, (value, value))
    os.chdir(request["scratch"])
    os.environ.update((name, request["scratch"]) for name in HOMES)
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["tempdir"] = None
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # else all runs of a warm server would draw the same numbers
    sys.argv = [request["path"]]
    sys.orig_argv = [sys.executable, request["path"]]
    for name in shadowed(request["folder"]):
        del sys.modules[name]
    sys.path.insert(0, request["folder"])
    sys.path_hooks.insert(0, source_hook(observer))


def keep_order() -> None:
    """Let the supervisor read standard output and standard error, two pipes, in the order of writing."""
    for stream, other in ((sys.stdout, 2), (sys.stderr, 1)):
        raw: Any = stream.buffer  # unbuffered
        raw.write = after_reading(other, raw.write)


def after_reading(other: int, write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a `write` that first waits until the other stream's pipe is empty, for ten seconds at most."""

    def ordered(data: Any) -> Any:
        for _ in range(100_000 if fcntl else 0):
            with contextlib.suppress(OSError):
                if any(fcntl.ioctl(other, termios.FIONREAD, bytes(4))):
                    sleep(0.0001)
                    continue
            break
        return write(data)

    return ordered


def shadowed(folder: str) -> list[str]:
    """Return the imported modules for which a script in `folder` would import its own module of the same name."""
    own = set()
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py") or os.path.isfile(os.path.join(entry.path, "__init__.py")):
                own.add(entry.name.removesuffix(".py"))
    return [
        name for name in sys.modules if name.partition(".")[0] in own - {"__main__", "encodings"} and not built_in(name)
    ]


def built_in(name: str) -> bool:
    """Tell whether a module is part of the interpreter, so that no file can shadow it."""
    spec = getattr(sys.modules[name], "__spec__", None)
    return spec is not None and spec.origin in ("built-in", "frozen")


def limit_memory(size: int | None) -> None:
    """Limit the address space to `size` bytes; None removes the limit."""
    if not resource:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard if size is None else size, hard))


class SourceLoader(SourceFileLoader):
    """Compiles a module from its source, because a .pyc file is valid by time and size alone."""

    def get_code(self, fullname: str) -> types.CodeType:
        """Return the code of the current source."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def source_hook(observer: Any) -> Callable[[str], Any]:
    """Return a path hook for modules that are not installed."""
    make = FileFinder.path_hook((ExtensionFileLoader, EXTENSION_SUFFIXES), (SourceLoader, [".py"]))

    def hook(path: str) -> Any:
        if not observer.written_here(os.path.abspath(path)):
            raise ImportError
        return make(path)

    return hook


def run(request: Json, observer: Any, pyplot: Any) -> Json:
    """Run the snippet and return its figures, values and error."""
    path, source = request["path"], request["source"]
    linecache.clearcache()  # Python 3.13 keeps the text of `-c` as that of <string>
    linecache.cache[path] = (len(source), None, [f"{line}\n" for line in source.split("\n")], path)
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__file__ = path
    error, answer = None, Json(values={}, invalid={}, displays={}, segments=[], endings={}, mark=request["mark"])
    limit_memory(request["memory"])
    observer.watch(path)
    change_on_import(("sqlite3.dbapi2",), observer.watch_databases)
    try:
        tree = ast.parse(source, path)
        set_parameters(tree, request["parameters"], request["parameter_lines"])
        code = compile(tree, path, "exec", dont_inherit=True)
        if request["parameters"] or not path.endswith(".py"):  # else what the file holds is what runs
            serve_workers(code, request["scratch"] + ".main.py")
        with contextlib.ExitStack() as leaving:
            leaving.push(lambda _, error, __: request["raises"] != "SystemExit" and ends_well(error, tree, path))
            if request["parts"]:
                run_parts(tree, request, vars(main), pyplot, answer)
            else:
                exec(code, vars(main))
        join_threads()
    except BaseException as raised:
        error = describe(raised, request)
    try:
        if error is None or error["kind"] == request["raises"]:
            pyplot.show(block=True)
            with silence():
                evaluate(request["expressions"], vars(main), answer)
                show(request["shows"], vars(main), answer, pyplot)
    except BaseException as raised:
        error = describe(raised, request)
    limit_memory(None)
    if error and observer.refusal and error["kind"] == "DatabaseError":  # SQLite's own message does not tell
        error |= {"kind": "PermissionError", "message": observer.refusal}
    if request["raises"] and error is None:
        message = f"it did not raise {request['raises']}"
        error = Json(kind="no exception", message=message, line=0, traceback="")
    return answer | {"figures": pyplot.figures, "error": error}


def ends_well(leaving: Any, tree: ast.Module, path: str) -> bool:
    """Tell whether a script exited with status 0 in its last statement, so that it ran completely."""
    if not isinstance(leaving, SystemExit):
        return False
    places = [line for frame, line in traceback.walk_tb(leaving.__traceback__) if frame.f_code.co_filename == path]
    block: list[ast.stmt] = tree.body if places and leaving.code in (None, 0) else []
    while block and is_at(block[-1:], places[0]) and not isinstance(block[-1], ast.For | ast.While):
        inner = next((each for each in blocks(block[-1]) if is_at(each, places[0])), [])
        if not inner:
            return True
        block = inner
    return False


def is_at(block: list[ast.stmt], line: int) -> bool:
    """Tell whether a line is in a block of statements."""
    return block[0].lineno <= line <= (block[-1].end_lineno or 0)


def blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks of a compound statement; [] for a simple one."""
    handlers = [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
    fields = [getattr(statement, name, ()) for name in ("body", "orelse", "finalbody")]
    return [block for block in [*fields, *(handler.body for handler in handlers)] if block]


class NoException(Exception):
    """A cell did not raise the expected exception: (name of the exception, first line of the cell)."""

    def __str__(self) -> str:
        return f"it did not raise {self.args[0]}"


def run_parts(tree: ast.Module, request: Json, namespace: Json, pyplot: Any, answer: Json) -> None:
    """Run a script statement by statement, so that the output of each part is known; run cells by `run_cell`.

    A mark in the output says where the statements of some parts begin: `answer["segments"]` has their names.
    """
    parts, flags = request["parts"], 0
    for inside, group in itertools.groupby(tree.body, lambda node: parts_of(node, parts)):
        announce(len(answer["segments"]), request["mark"])
        answer["segments"].append([part["part"] for part in inside])
        body = list(group)
        if inside and inside[0]["cell"]:
            flags = run_cell(body, inside[0], request, namespace, flags, pyplot, answer)
        else:
            flags = execute(body, request["path"], namespace, flags)
    announce(len(answer["segments"]), request["mark"])
    answer["segments"].append([])


def parts_of(node: ast.stmt, parts: list[Json]) -> list[Json]:
    """Return the parts that contain a statement."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    return [part for part in parts if part["first"] <= first and (node.end_lineno or first) <= part["last"]]


def announce(segment: int, mark: str) -> None:
    """Write a mark for the beginning of a segment to the output."""
    flush()
    with contextlib.suppress(OSError):
        system.write(1, f"\x1e{mark}:{segment}\x1e".encode())


def execute(body: list[ast.stmt], path: str, namespace: Json, flags: int) -> int:
    """Run statements; return the flags of `from __future__ import` for those after them."""
    code = compile(ast.Module(body, []), path, "exec", flags, dont_inherit=True)
    exec(code, namespace)
    return flags | int(code.co_flags & FUTURE)


def run_cell(
    body: list[ast.stmt], part: Json, request: Json, namespace: Json, flags: int, pyplot: Any, answer: Json
) -> int:
    """Run a cell as notebooks do: its figures are shown at its end, and the value of its last expression."""
    name, before, value = part["part"], len(pyplot.figures), None
    last = body[-1]
    silent = not isinstance(last, ast.Expr) or ended_by_semicolon(last, request["source"])
    try:
        flags = execute(body if silent else body[:-1], request["path"], namespace, flags)
        if isinstance(last, ast.Expr) and not silent:
            code = compile(ast.Expression(last.value), request["path"], "eval", flags, dont_inherit=True)
            value = eval(code, namespace)
            namespace["_"] = value
    except BaseException as error:
        if part["raises"] not in [base.__name__ for base in type(error).__mro__]:
            raise
        answer["endings"][name] = "".join(traceback.format_exception_only(error)).rstrip()
    else:
        if part["raises"]:
            raise NoException(part["raises"], part["first"])
    flush()
    own = getattr(pyplot, "is_open", bool)(value)
    pyplot.show(block=True)
    with silence():
        if name in part["shows"] and value is not None and not own and not display.drawn_with(value):
            show_value(name, value, answer, pyplot)
        for key in part["expressions"]:
            evaluate([key.partition(" ")[2]], namespace, answer, key)
        for key in [key for key in part["shows"] if key != name]:
            show([key.partition(" ")[2]], namespace, answer, pyplot, key)
    for figure in pyplot.figures[before:]:
        figure.setdefault("part", name)
    return flags


def ended_by_semicolon(node: ast.stmt, source: str) -> bool:
    """Tell whether a semicolon follows a statement, so that its value is not shown, as in notebooks."""
    line = source.split("\n")[(node.end_lineno or 1) - 1].encode()
    return line[node.end_col_offset :].lstrip().startswith(b";")


def set_parameters(tree: ast.Module, parameters: Json, lines: list[int]) -> None:
    """Replace the literals of `name = literal` on the given lines."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if node.lineno in lines and isinstance(target, ast.Name) and target.id in parameters:
            node.value = ast.copy_location(literal(parameters[target.id]), node)  # type: ignore[attr-defined]
            ast.fix_missing_locations(node)


def serve_workers(code: types.CodeType, file: str) -> None:
    """Let workers that the script starts in new interpreters run the code of this run, not that of the file."""

    def adopt(module: Any) -> None:
        prepare = module.get_preparation_data

        @functools.wraps(prepare)
        def get_preparation_data(*args: Any, **named: Any) -> Json:
            data: Json = prepare(*args, **named)
            if data.get("init_main_from_path") != os.path.normpath(code.co_filename):
                return data
            write(code, file)
            return data | {"init_main_from_path": file}

        module.get_preparation_data = get_preparation_data

    change_on_import(SPAWNING, adopt)


def change_on_import(names: tuple[str, ...], adopt: Callable[[Any], None]) -> None:
    """Let `adopt` change modules, now or when they are imported."""
    sys.meta_path.insert(0, ChangingFinder(names, adopt))
    for module in filter(None, map(sys.modules.get, names)):
        adopt(module)


class ChangingFinder:
    """A finder that changes modules when they are imported."""

    def __init__(self, names: tuple[str, ...], adopt: Callable[[Any], None]) -> None:
        self.names, self.adopt = names, adopt

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return a module's own spec, with a loader that calls `adopt` at its end."""
        spec = PathFinder.find_spec(name, path) if name in self.names else None
        if spec and spec.loader:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (execute(module), self.adopt(module))[0]  # type: ignore
        return spec


def write(code: types.CodeType, file: str) -> None:
    """Write a script that runs `code`, with the file name and line numbers of the original in tracebacks."""
    if not os.path.exists(file):
        steps = WORKER.format(path=code.co_filename, code=marshal.dumps(code), spawning=SPAWNING)
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(f"exec(compile({steps!r}, {FRAME!r}, 'exec'), {{'main': globals()}})\n")


def literal(value: Any) -> ast.expr:
    """Return a value as an expression; the `repr` of inf and nan is not one."""
    if isinstance(value, list):
        return ast.List([literal(item) for item in value], ast.Load())
    if isinstance(value, dict):
        return ast.Dict([literal(key) for key in value], [literal(item) for item in value.values()])
    return ast.Constant(value)


def join_threads() -> None:
    """Wait for the snippet's threads as Python does at the end of a script."""
    threading: Any = sys.modules.get("threading")
    if hasattr(threading, "_threading_atexits"):  # else it is the snippet's own module
        for end in reversed(threading._threading_atexits):  # ends idle workers of executors
            end()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()


def drop_main_module() -> None:
    """Drop the script's module, as Python does at exit: what its objects print in `__del__` is output, too."""
    sys.modules.pop("__main__", None)
    gc.collect()


def end_tracker() -> None:
    """Let multiprocessing remove shared memory that the script left, as at the end of Python, for at most a second."""
    tracker = getattr(sys.modules.get("multiprocessing.resource_tracker"), "_resource_tracker", None)
    if tracker and getattr(tracker, "_fd", None) is not None:
        stop = importlib.import_module("threading").Thread(target=tracker._stop, daemon=True)
        stop.start()
        stop.join(1)


def flush() -> None:
    """Flush the standard streams."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__):
        with contextlib.suppress(Exception):
            stream.flush()  # type: ignore[union-attr]


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Discard output, because the evaluation of an expression is not part of the script."""
    flush()
    null = system.open(os.devnull, system.O_WRONLY)
    kept = []
    for stream in (1, 2):
        with contextlib.suppress(OSError):  # the snippet may have closed them
            kept.append((system.dup(stream), stream))
            system.dup2(null, stream)
    try:
        yield
    finally:
        flush()
        for copy, stream in kept:
            system.dup2(copy, stream)
            system.close(copy)
        system.close(null)


def evaluate(expressions: list[str], namespace: Json, answer: Json, key: str = "") -> None:
    """Put the values of the expressions into `answer`, or the reasons why they have none.

    key: the name in `answer` of a single expression, if that is not the expression itself.
    """
    for expression in expressions:
        try:
            value = eval(expression, namespace)
            found = display.represented(value) if hasattr(value, "_repr_latex_") else None
            if found and found["kind"] == "latex":
                answer["displays"][key or expression] = found
            else:
                answer["values"][key or expression] = checked(value)
        except BaseException as error:
            answer["invalid"][key or expression] = f"{type(error).__name__}: {one_line(error)}"


def show(expressions: list[str], namespace: Json, answer: Json, pyplot: Any, key: str = "") -> None:
    """Put the displays of the values of expressions into `answer`; see `evaluate`."""
    for expression in expressions:
        try:
            show_value(key or expression, eval(expression, namespace), answer, pyplot)
        except BaseException as error:
            answer["invalid"][key or expression] = f"{type(error).__name__}: {one_line(error)}"


def show_value(key: str, value: Any, answer: Json, pyplot: Any) -> None:
    """Put the display of a value into `answer`: that of its library, else the value itself, else its text."""
    found = display.describe(value)
    if not found and not (is_numpys(value, "ndarray") and value.ndim):
        try:
            answer["values"][key] = checked(value)
            return
        except (TypeError, ValueError):
            pass
    found = found or display.text(value)
    to_json(found)
    if found["kind"] == "svg":
        pyplot.figures.append({"label": "", "svg": found["svg"], "part": key})
    else:
        answer["displays"][key] = found


def checked(value: Any) -> Any:
    """Return a value as JSON can hold it; raises TypeError, ValueError for one that has no such form."""
    value = plain(value)
    to_json(value)
    return value


def plain(value: Any, depth: int = DEPTH) -> Any:
    """Return a value as JSON can hold it: what it prints, and how formats change it, stays as it is.

    Beyond JSON: {"tuple": […]}, {"float": …, "text": …} for a float that prints otherwise, {"dict": …} for a dict that
    looks like one of these. Raises TypeError, ValueError for what has no such form.
    """
    if not depth:
        raise ValueError(f"nested more than {DEPTH} levels deep")
    if is_numpys(value, "generic"):
        return plain_scalar(value)
    if type(value).__name__ == "ndarray" and is_numpys(value, "ndarray"):
        return plain_array(value, depth)
    if value is None or isinstance(value, bool):
        return value
    base: Any = next((each for each in (str, int, float, list, tuple, dict) if isinstance(value, each)), object)
    if not prints_as(type(value), base) and (base is not dict or depth == DEPTH):
        raise TypeError(refusal(value))
    if base is dict and all(isinstance(key, str) for key in value):
        found = {plain(key): plain(item, depth - 1) for key, item in dict.items(value)}
        return {"dict": found} if tuple(found) in SPECIAL else found
    if base in (list, tuple):
        items = [plain(item, depth - 1) for item in base.__iter__(value)]
        return items if base is list else {"tuple": items}
    return plain_atom(value, base)


def plain_atom(value: Any, base: type) -> Any:
    """Return a text or number that prints as Python's own do as one of these; raises TypeError, ValueError."""
    if base is str:
        value.encode()  # fails for a lone surrogate, which no page can contain
        return str.__str__(value)
    if base is float:
        return float.__float__(value)
    if base is not int:
        raise TypeError(refusal(value))
    if abs(value) >= LONGEST:
        raise ValueError(f"a whole number of more than {DIGITS} digits")
    return int.__index__(value)


def prints_as(kind: type, base: type) -> bool:
    """Tell whether objects of a type print as those of Python's own type."""
    return base is not object and all(
        getattr(kind, name) is getattr(base, name) for name in ("__str__", "__repr__", "__format__")
    )


def is_numpys(value: Any, name: str) -> bool:
    """Tell whether a value is an instance of the numpy type with this name."""
    return any(each.__name__ == name and each.__module__ == "numpy" for each in type(value).__mro__)


def plain_scalar(value: Any) -> Any:
    """Return a scalar of numpy's; raises TypeError for kinds that Python prints in its own way."""
    kind = value.dtype.kind
    if kind in "biuU":
        return plain({"b": bool, "U": str}.get(kind, int)(value))
    if kind != "f":
        raise TypeError(refusal(value))
    number, text = float(value), str(value)
    return number if str(number) == text else {"float": number, "text": text}


def plain_array(value: Any, depth: int) -> Any:
    """Return a numpy array as lists; raises TypeError for arrays whose items print differently in a list."""
    if value.dtype.kind not in "biufUOT":
        raise TypeError(refusal(value))
    if not value.ndim:
        return plain(value[()], depth - 1)
    if value.dtype.kind in "bi" or value.dtype.name == "float64":
        return plain(value.tolist(), depth)
    return [plain(item, depth - 1) for item in value]


def refusal(value: Any) -> str:
    """Return why an object cannot be a value, and what to write instead."""
    kind = type(value)
    if kind.__name__ == "DataFrame":
        way = '.to_dict("records") for a table'
    elif isinstance(value, set | frozenset):
        way = "sorted(…)"
    elif "MaskedArray" in [each.__name__ for each in kind.__mro__]:
        way = ".filled(…)"
    elif hasattr(kind, "__dataclass_fields__"):
        way = "dataclasses.asdict(…)"
    else:
        ways = (("tolist", ".tolist()"), ("_asdict", "._asdict()"), ("__members__", ".value"))
        known = (text for name, text in ways if hasattr(kind, name) and not is_numpys(value, "generic"))
        way = ".astype(str)" if getattr(getattr(value, "dtype", None), "kind", "") in tuple("mM") else next(known, "")
    what = f"{kind.__name__} of {value.dtype}" if is_numpys(value, "ndarray") else kind.__name__
    asked = "str(…) or f'{…:…}'" + (f", or {way}" if way else "")
    return f"a {what} is not a number, text, list, or dict with texts as keys: use {asked}"


def describe(error: BaseException, request: Json) -> Json:
    """Return an exception as JSON data, with a traceback that begins in the snippet and has none of our frames."""
    if isinstance(error, NoException):
        return {"kind": "no exception", "message": str(error), "line": error.args[1], "traceback": ""}
    limit_memory(request["memory"] + RESERVE)
    path = request["path"]
    summary = traceback.TracebackException.from_exception(error)
    for each in chained(summary):
        each.stack[:] = [frame for frame in each.stack if frame.filename != FRAME]
    places = [number for number, frame in enumerate(summary.stack) if frame.filename == path]
    line = summary.stack[places[-1]].lineno if places else getattr(error, "lineno", None)
    summary.stack[:] = summary.stack[places[0] :] if places else []
    kind, message = " ".join(type(error).__name__.split()), one_line(error)
    missing = getattr(error, "filename", None)
    if request["raises"] in [base.__name__ for base in type(error).__mro__]:
        kind = request["raises"]
    elif isinstance(error, SystemExit):
        kind, message = "exit", f"it called sys.exit({message}): the lines after that did not run"
    elif isinstance(error, MemoryError):
        kind, message = "memory", f"it needs more than {request['memory'] / 2**30:.3g} GiB {message}".rstrip()
    elif isinstance(error, FileNotFoundError) and isinstance(missing, str) and not os.path.isabs(missing):
        message += " (a snippet runs in an empty folder: for files beside the script, use Path(__file__).parent)"
    text = "".join(summary.format() if summary.stack else summary.format_exception_only())
    return {"kind": kind, "message": message, "line": line or 0, "traceback": text}


def chained(summary: traceback.TracebackException) -> list[traceback.TracebackException]:
    """Return an exception with its causes, contexts, and members of groups, each once."""
    found, waiting = [], [summary]
    while waiting:
        each = waiting.pop()
        found.append(each)
        more = (each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ()))
        waiting += [one for one in more if one and not any(one is other for other in found)]
    return found


def one_line(error: BaseException) -> str:
    """Return an exception's message as one line."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return " ".join(text.encode(errors="backslashreplace").decode().split())[:1000]
    except BaseException:
        return "(its message cannot be read)"
