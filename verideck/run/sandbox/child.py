"""What happens in a snippet's own process: supervisor.py loads this, forks, and calls `perform`.

Nothing of the engine is imported here, and matplotlib or numpy only where the snippet did.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import ctypes
import faulthandler
import gc
import json
import linecache
import os
import signal
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader
from typing import Any, NoReturn

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

Json = dict[str, Any]

FILE_LIMIT = 1 << 30
"""Bytes that a snippet may write to one file."""
DIGITS, DEPTH = sys.int_info.default_max_str_digits, 100
"""Digits of the longest whole number, and levels of the deepest list, that a value may have."""
LONGEST = 10**DIGITS
RESERVE = 1 << 28
"""Bytes beyond a snippet's memory for telling what went wrong with it."""
HOMES = ("USERPROFILE", "TEMP", "TMP") if os.name == "nt" else ("HOME", "TMPDIR")
"""Environment variables that name folders to write in."""
MESSAGE = "it changed Python itself, so that its results cannot be had"
BROKEN = json.dumps({"error": {"kind": "broken", "message": MESSAGE, "line": 0, "traceback": ""}})
leave, system, to_json = os._exit, types.SimpleNamespace(**vars(os)), json.dumps  # what a snippet may replace
FRAME = (lambda: None).__code__.co_filename
"""What our files are called in a stack."""
PR_SET_PDEATHSIG = 1  # linux/prctl.h


def perform(request: Json, observer: Any, pyplot: Any, out: int, report: int, trace: int) -> NoReturn:
    """Run a snippet in this process, write one line to `report`, the request's mark and JSON, and end."""
    pid, mark, told = system.getpid(), request["mark"], BROKEN
    try:
        enter(request, observer, out, trace)
        answer = run(request, observer, pyplot)
        atexit._run_exitfuncs()
        let_go()
        answer |= {"inputs": sorted(observer.inputs.items()), "spawned": observer.spawned}
        flush()
        told = to_json(answer)
    finally:
        if system.getpid() == pid:  # not in a process that the snippet forked and let run on
            line = f"{mark}{told}\n".encode()
            with contextlib.suppress(OSError):  # it closed what is not its own
                while line:
                    line = line[system.write(report, line) :]
        leave(0)


def enter(request: Json, observer: Any, out: int, trace: int) -> None:
    """Make this process the snippet's: streams, limits, folder, names, nothing inherited that a fresh one lacks."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if hasattr(os, "setsid"):
        os.setsid()
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.close(out)
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
        sys.modules["numpy.random"].seed()  # or all runs of a warm server would share one unseeded stream
    sys.argv = [request["path"]]
    sys.orig_argv = [sys.executable, request["path"]]
    for name in shadowed(request["folder"]):
        del sys.modules[name]
    sys.path.insert(0, request["folder"])
    sys.path_hooks.insert(0, source_hook(observer))


def shadowed(folder: str) -> list[str]:
    """Return the modules imported already that a script in `folder` would not get: it has some of the same name."""
    own = set()
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py") or os.path.isfile(os.path.join(entry.path, "__init__.py")):
                own.add(entry.name.removesuffix(".py"))
    return [
        name for name in sys.modules if name.partition(".")[0] in own - {"__main__", "encodings"} and not ahead(name)
    ]


def ahead(name: str) -> bool:
    """Whether Python finds a module before it looks into any folder."""
    spec = getattr(sys.modules[name], "__spec__", None)
    return spec is not None and spec.origin in ("built-in", "frozen")


def limit_memory(size: int | None) -> None:
    """Bound the address space to `size` bytes, or lift the bound."""
    if not resource:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard if size is None else size, hard))


class SourceLoader(SourceFileLoader):
    """Compiles a module anew: a cached .pyc is trusted by time and size, which may both be as before."""

    def get_code(self, fullname: str) -> types.CodeType:
        """Return the code of the source as it is now."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def source_hook(observer: Any) -> Callable[[str], Any]:
    """Return a path hook for the project's own modules."""
    make = FileFinder.path_hook((ExtensionFileLoader, EXTENSION_SUFFIXES), (SourceLoader, [".py"]))

    def hook(path: str) -> Any:
        if not observer.own(os.path.abspath(path)):
            raise ImportError
        return make(path)

    return hook


def run(request: Json, observer: Any, pyplot: Any) -> Json:
    """Run the snippet and return its figures, values and error."""
    path, source = request["path"], request["source"]
    linecache.clearcache()  # of `-c`, which started us: Python 3.13 keeps its text as that of <string>
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__file__ = path
    error, answer = None, Json(values={}, invalid={})
    limit_memory(request["memory"])
    observer.watch(path)
    try:
        tree = ast.parse(source, path)
        set_parameters(tree, request["parameters"], request["parameter_lines"])
        exec(compile(tree, path, "exec", dont_inherit=True), vars(main))
        join_threads()
    except BaseException as raised:
        error = describe(raised, request)
    try:
        if error is None or error["kind"] == request["raises"]:
            pyplot.show(block=True)
            with silence():
                evaluate(request["expressions"], vars(main), answer)
    except BaseException as raised:
        error = describe(raised, request)
    limit_memory(None)
    if request["raises"] and error is None:
        message = f"it was meant to raise {request['raises']}, but ran to its end"
        error = Json(kind="no exception", message=message, line=0, traceback="")
    return answer | {"figures": pyplot.figures, "error": error}


def set_parameters(tree: ast.Module, parameters: Json, lines: list[int]) -> None:
    """Replace the literals of `name = literal` on the given lines."""
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if node.lineno in lines and isinstance(target, ast.Name) and target.id in parameters:
            node.value = ast.copy_location(literal(parameters[target.id]), node)  # type: ignore[attr-defined]
            ast.fix_missing_locations(node)


def literal(value: Any) -> ast.expr:
    """Return a value as an expression; `repr` would not do for inf and nan."""
    if isinstance(value, list):
        return ast.List([literal(item) for item in value], ast.Load())
    if isinstance(value, dict):
        return ast.Dict([literal(key) for key in value], [literal(item) for item in value.values()])
    return ast.Constant(value)


def join_threads() -> None:
    """Wait for the snippet's threads as Python does at the end of a script."""
    threading: Any = sys.modules.get("threading")
    if hasattr(threading, "_threading_atexits"):  # else it is a module of the snippet's
        for end in reversed(threading._threading_atexits):  # idle workers of executors wait for this
            end()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()


def let_go() -> None:
    """Forget the script as Python does at its end: what its objects say as they go (`__del__`) is output, too."""
    sys.modules.pop("__main__", None)
    gc.collect()


def flush() -> None:
    """Write what the standard streams hold back."""
    for stream in (sys.stdout, sys.stderr, sys.__stdout__):
        with contextlib.suppress(Exception):
            stream.flush()  # type: ignore[union-attr]


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Drop what is printed meanwhile: asking for a value is no part of the script."""
    flush()
    null = system.open(os.devnull, system.O_WRONLY)
    kept = []
    for stream in (1, 2):
        with contextlib.suppress(OSError):  # it may have closed them
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


def evaluate(expressions: list[str], namespace: Json, answer: Json) -> None:
    """Put the values of the expressions, or why there is none, into `answer`."""
    for expression in expressions:
        try:
            value = plain(eval(expression, namespace))
            to_json(value)
            answer["values"][expression] = value
        except BaseException as error:
            answer["invalid"][expression] = f"{type(error).__name__}: {one_line(error)}"


def plain(value: Any, depth: int = DEPTH) -> Any:
    """Return a value as JSON can hold it; raises TypeError, ValueError for one that has no such form."""
    if not depth:
        raise ValueError(f"nested more than {DEPTH} levels deep")
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        value = value.tolist()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        value.encode()  # a lone surrogate cannot be written to any page
        return str(value)
    if isinstance(value, int):
        if abs(value) >= LONGEST:
            raise ValueError(f"a whole number of more than {DIGITS} digits")
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, list | tuple):
        return [plain(item, depth - 1) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {plain(key): plain(item, depth - 1) for key, item in value.items()}
    raise TypeError(f"a {type(value).__name__} is no number, text, list, or dict with texts as keys")


def describe(error: BaseException, request: Json) -> Json:
    """Return an exception as the engine reads it: its traceback from the snippet on, without frames of ours."""
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
        kind, message = "exit", f"sys.exit({message}) ended it: the lines after never ran"
    elif isinstance(error, MemoryError):
        kind, message = "memory", f"it needs more than {request['memory'] / 2**30:.3g} GiB {message}".rstrip()
    elif isinstance(error, FileNotFoundError) and isinstance(missing, str) and not os.path.isabs(missing):
        message += " (a snippet runs in an empty folder: find files beside it by Path(__file__).parent)"
    text = "".join(summary.format() if summary.stack else summary.format_exception_only())
    return {"kind": kind, "message": message, "line": line or 0, "traceback": text}


def chained(summary: traceback.TracebackException) -> list[traceback.TracebackException]:
    """Return an exception with its causes, contexts, and the members of groups, each once."""
    found, waiting = [], [summary]
    while waiting:
        each = waiting.pop()
        found.append(each)
        more = (each.__cause__, each.__context__, *(getattr(each, "exceptions", None) or ()))
        waiting += [one for one in more if one and not any(one is other for other in found)]
    return found


def one_line(error: BaseException) -> str:
    """Return an exception's text in one line."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return " ".join(text.encode(errors="backslashreplace").decode().split())[:1000]
    except BaseException:
        return "(its text cannot be had)"
