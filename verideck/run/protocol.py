"""The protocol between engine and sandbox: runs to requests, reports to results."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from verideck.core.folders import is_script, scripts_folder
from verideck.core.hashing import file_digest
from verideck.core.interpreter import interpreter
from verideck.core.packages import versions
from verideck.core.run_model import STARTED_PROCESSES, Result, Run, Value
from verideck.read.snippets import modules_imported
from verideck.run import displays
from verideck.run.serialize import result_from_json

FRAME = "<verideck>"
"""File name of the sandbox programs in tracebacks; there is no file of this name."""
_FRAMES = re.compile(
    # The frame of `python -c` comes before ours in a traceback, after ours in faulthandler's dump.
    rf"""(?:^[ |]*File\ "<string>",\ line\ \d+,?\ in\ <module>\n(?:^[ |]*\ {{4}}.*\n)?(?=[ |]*File\ "{FRAME}"))?
         (?:^[ |]*File\ "{FRAME}",\ line\ \d+.*\n(?:^[ |]*exec\(compile\(.*\n)?)+
         (?:^[ ]*File\ "<string>",\ line\ \d+\ in\ <module>(?:\n|\Z))?""",
    re.MULTILINE | re.VERBOSE,
)


def without_our_frames(text: str) -> str:
    """Return what a snippet printed without our frames, so that tracebacks and warnings are as if it ran alone."""
    return re.sub(rf"^{FRAME}:\d+: ", "sys:1: ", _FRAMES.sub("", text), flags=re.MULTILINE) if FRAME in text else text


def make_request(run: Run, root: Path, scratch: str) -> dict[str, Any]:
    """Return the request for a run, as supervisor.py reads it."""
    snippet, file = run.snippet, root / run.snippet.path
    folder = _folder(run, root)
    return {
        "path": str(file),
        "folder": str(folder),
        "seeds": _seeds(snippet.source, folder, set()),
        "source": snippet.source,
        "parameters": dict(run.id.parameters),
        "parameter_lines": [snippet.lines[number - 1] for number in snippet.parameter_lines],
        "expressions": [key for key in run.expressions if key[0] != "#"],
        "raises": run.raises,
        "shows": [key for key in run.shows if key[0] != "#"],
        "parts": _parts(run),
        "timeout": run.timeout,
        "memory": run.memory,
        "scratch": scratch,
        "mark": os.urandom(16).hex(),
    }


def _seeds(source: str, folder: Path, known: set[str]) -> bool:
    """Tell whether a script, or a module beside it that it imports, may seed Python's random generator."""
    modules = modules_imported(source) - known
    if "seed(" in source and any(name.partition(".")[0] == "random" for name in modules):
        return True
    known |= modules
    files = [folder.joinpath(*name.split(".")) for name in modules]
    texts = [_text(file) for each in files for file in (each.with_suffix(".py"), each / "__init__.py")]
    return any(_seeds(text, folder, known) for text in texts if text)


def _parts(run: Run) -> list[dict[str, Any]]:
    """Return the parts of a script whose output is needed: cells, or pieces of regions."""
    snippet = run.snippet
    found = []
    for number, cell in enumerate(snippet.cells, 1):
        asked, shown = (
            [key for key in keys if key.partition(" ")[0] == f"#{number}"] for keys in (run.expressions, run.shows)
        )
        part = {"part": f"#{number}", "first": cell.first, "last": cell.last, "raises": cell.raises}
        found.append({**part, "cell": True, "expressions": asked, "shows": shown})
    for region in snippet.regions if not snippet.cells else ():
        for first, last in region.ranges if f"#{region.name}" in run.parts else ():
            lines = snippet.lines[first - 1], snippet.lines[last - 1]
            found.append({"part": f"#{region.name}", "first": lines[0], "last": lines[1], "cell": False})
    return found


_SEGMENT = re.compile(r"\x1e([0-9a-f]{32}):(\d+)\x1e")
"""Mark that child.py writes to the output at the beginning of a part of a script."""


def _by_part(output: str, mark: str, segments: list[list[str]]) -> tuple[str, dict[str, str]]:
    """Return an output without marks, and the output of each part. segments: the parts of each marked piece."""
    pieces = _SEGMENT.split(output)
    found = {part: "" for names in segments for part in names}
    for given, number, text in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        for part in segments[int(number)] if given == mark and int(number) < len(segments) else ():
            found[part] += text
    return "".join(pieces[::3]), found


def make_result(
    report: dict[str, Any],
    run: Run,
    root: Path,
    declared: tuple[tuple[str, str], ...],
    scratch: str,
    style: Path | None = None,
    fonts: Sequence[Path] = (),
) -> Result:
    """Return the result that a report contains, with output as a terminal shows it and without paths of this machine.

    style: matplotlib's style file. It may be read before the run, so that the audit hook does not see it.
    fonts: what text in charts is measured with. Raises ValueError or TypeError for a report of another form.
    """
    shortened = _shortener(root, scratch)

    def shorten(text: str) -> str:
        return shortened(without_our_frames(text.replace(f"{scratch}.main.py", FRAME)))

    seen = dict(report.pop("inputs", ())) | dict(declared)
    if report.pop("spawned", False):
        seen[STARTED_PROCESSES] = "" if declared else "unknown"  # "" counts as unchanged
    mark, segments, endings = report.pop("mark", ""), report.pop("segments", []), report.pop("endings", {})
    result = result_from_json(report)
    printed, outputs = _by_part(result.stdout, mark, segments)
    outputs = {part: text for part, text in outputs.items() if part in run.parts}
    modules = [root / path for path, there in seen.items() if there and path.endswith(".py")]
    sources = [run.snippet.source, *map(_text, modules)]
    tops = {name.partition(".")[0] for source in sources for name in modules_imported(source)}
    if style and style.is_relative_to(root) and (result.figures or "matplotlib" in tops):
        path = style.relative_to(root).as_posix()
        seen[path] = file_digest(root, path)
    seen = dict.fromkeys(_shadows(run, root, tops), "") | seen
    error = result.error and replace(
        result.error, message=shorten(result.error.message), traceback=shorten(result.error.traceback)
    )
    result = replace(
        result,
        stdout=terminal_text(shorten(printed)),
        stderr=terminal_text(shorten(result.stderr)),
        mixed=terminal_text(shorten(_SEGMENT.sub("", result.mixed))) if printed and result.stderr else "",
        outputs={part: _ended(terminal_text(shorten(text)), endings.get(part, "")) for part, text in outputs.items()},
        displays={key: _in_texts(display, shorten) for key, display in result.displays.items()},
        values={expression: _in_texts(value, shorten) for expression, value in result.values.items()},
        invalid={expression: shorten(reason) for expression, reason in result.invalid.items()},
        error=error,
        inputs=tuple(sorted(seen.items())),
        versions=versions(tops, interpreter(root)),
    )
    return displays.finish(result, fonts, root)


def _shadows(run: Run, root: Path, tops: set[str]) -> list[str]:
    """Return the missing files that would be imported in the place of these modules."""
    folder = _folder(run, root).relative_to(root)
    paths = [path for name in tops for path in (folder / f"{name}.py", folder / name / "__init__.py")]
    return [path.as_posix() for path in paths if not (root / path).exists()]


def _ended(output: str, ending: str) -> str:
    """Return the output of a part, and the exception that ended it, if any."""
    return f"{output}{chr(10) * bool(output and not output.endswith(chr(10)))}{ending}\n" if ending else output


def _text(file: Path) -> str:
    """Return the text of a module; "" if it cannot be read."""
    with contextlib.suppress(OSError):
        return file.read_text("utf-8", "replace")
    return ""


def _folder(run: Run, root: Path) -> Path:
    """Return the folder of a script's own modules: as in Python, that of the file that a link points to."""
    path = run.snippet.path
    return (root / path).resolve().parent if is_script(path) else scripts_folder(root)


def _shortener(root: Path, scratch: str) -> Callable[[str], str]:
    """Return a function that makes paths in a text relative: to the project (`.`), `scratch`, or a library folder."""
    libraries = {path: name for name, path in interpreter(root).libraries.items()}
    names = {**libraries, str(root): ".", scratch: "scratch"}
    folders = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w.-])({folders})(?:{re.escape(os.sep)}|(?![\w-]|\.\w))")
    return lambda text: pattern.sub(lambda match: "" if match[0] != match[1] else names[match[1]], text)


def _in_texts(value: Value, change: Callable[[str], str]) -> Value:
    """Return a value in which all texts except keys are changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return type(value)(_in_texts(item, change) for item in value)
    return {key: _in_texts(item, change) for key, item in value.items()} if isinstance(value, dict) else value


_TOKEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]+[0-~]|[0-~])|.")
"""A control sequence or string (ECMA-48), an escape sequence (ECMA-35), or one character."""
_VISIBLE = {code: 0x2400 + code for code in range(32) if code != ord("\t")} | {0x7F: 0x2421}


def terminal_text(text: str) -> str:
    """Return output as a terminal shows it at the end: without colours, progress bars in their last state, NUL as ␀."""
    return "\n".join(line if line.isprintable() else _line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    """Return a line after its carriage returns, backspaces and control sequences."""
    cells: list[str] = []
    at = 0
    for token in _TOKEN.findall(line.removesuffix("\r")):
        if token == "\r":
            at = 0
        elif token == "\b":
            at = max(at - 1, 0)
        elif token[0] != "\x1b":
            cells += [" "] * (at - len(cells))
            cells[at : at + 1] = [token.translate(_VISIBLE)]
            at += 1
        elif token in ("\x1b[K", "\x1b[0K"):  # erase to the end of the line
            del cells[at:]
        elif token == "\x1b[1K":
            cells[: at + 1] = [" "] * len(cells[: at + 1])
        elif token == "\x1b[2K":
            cells.clear()
    return "".join(cells)
