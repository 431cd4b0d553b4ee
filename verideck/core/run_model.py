"""The records of runs: frozen data classes that every stage takes and returns.

Paths are POSIX strings relative to the project's root ("slides/talk.md", "snippets/ridge_fits.py").
Lines and columns count from 1, as editors show them; 0 means "the whole file" or "the whole line".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from verideck.core.folders import is_script, snippet_name


class Tuple(list["Value"]):
    """A tuple among values: a list that prints as Python prints a tuple."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(tuple(self))


class Float(float):
    """A float that prints otherwise than Python's own, as numpy's of fewer bits do: 0.1, not 0.10000000149011612."""

    __slots__ = ("text",)
    text: str
    """As it prints; a format takes the number."""

    def __new__(cls, number: float, text: str) -> Self:
        found = super().__new__(cls, number)
        found.text = text
        return found

    def __repr__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return float(self).__format__(spec) if spec else self.text

    def __getnewargs__(self) -> tuple[float, str]:  # type: ignore[override]
        return float(self), self.text


Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
"""The value of an expression: anything that JSON can represent, and the floats inf and nan."""

Stream = Literal["out", "err", "both"]
"""What a script prints: its standard output, its standard error, or both in the order in which they came."""

Parameters = tuple[tuple[str, Value], ...]
"""Names and values that a run is given, sorted by name."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a project file; prints as `slides/talk.md:12:5`."""

    path: str
    """File, relative to the project's root."""
    line: int = 0
    """Line from 1; 0 for the whole file."""
    column: int = 0
    """Column from 1, in characters; 0 for the whole line."""

    def __str__(self) -> str:
        return ":".join([self.path, *(str(number) for number in (self.line, self.column) if number)])


TIMEOUT, MEMORY, TOLERANCE = 60.0, 4 << 30, 1e-6
"""Defaults of the front matter: limits of a run in seconds and bytes; relative tolerance of numbers."""


@dataclass(frozen=True, slots=True)
class Meta:
    """A deck's front matter, complete with defaults."""

    title: str
    """Title of the deck; by default the first heading."""
    subtitle: str = ""
    """Line below the title."""
    author: str = ""
    """Names of the speakers."""
    date: str = ""
    """Day of the talk, ISO 8601 (`2024-10-25`)."""
    lang: str = "en"
    """Language tag, BCP 47."""
    description: str = ""
    """One sentence for search engines and PDF readers."""
    duration: int = 0
    """Planned length in seconds; 0 if not given."""
    theme: str = ""
    """Name of the theme; "" for the files directly in templates/."""
    mode: Literal["", "auto", "light", "dark"] = ""
    """Colours of the screen page; `auto` follows the reader's system, "" the theme."""
    css: str = ""
    """Style sheet over that of the theme, relative to the deck."""
    logo: str = ""
    """Picture at the top of each slide, relative to the deck."""
    fit: Literal["shrink", "strict"] = "shrink"
    """Whether the text of a slide may shrink until its content fits."""
    footer: str = ""
    """Text at the foot of each slide; by default the title."""
    symbols: tuple[tuple[str, str], ...] = ()
    """Mathematical symbol → colour role: (("λ", "lam"), …)."""
    macros: tuple[tuple[str, str], ...] = ()
    """Command → TeX, in all formulas: (("R", "\\\\mathbb{R}"), …)."""
    roles: tuple[tuple[str, int], ...] = (("w", 1), ("lam", 2), ("err", 3), ("data", 4))
    """Word of the deck → number of the theme's accent that it has: (("lam", 2), …)."""
    parameters: Parameters = ()
    """Parameters that are given to every run whose snippet declares them."""
    tolerance: float = TOLERANCE
    """Relative tolerance within which two numbers count as equal."""
    timeout: float = TIMEOUT
    """Wall-clock limit of a run in seconds."""
    memory: int = MEMORY
    """Address space limit of a run in bytes."""
    html: bool = False
    """Whether the deck may contain raw HTML."""
    license: str = ""
    """Licence of the slides (an SPDX identifier or a sentence)."""


PARAMETERS = "parameters"
"""Name of the region whose assignments are the parameters of a script."""


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of a snippet: one or more ranges of *shown* lines."""

    name: str
    """Name after `# region`."""
    ranges: tuple[tuple[int, int], ...]
    """First and last shown line of each piece, from 1, inclusive."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A `{python}` cell within the script that it is part of."""

    first: int
    """Its first line in the source, from 1: that of the deck."""
    last: int
    """Its last line."""
    raises: str = ""
    """Name of the exception that it is expected to end with; "" for none."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A Python script of the project."""

    path: str
    """File, relative to the project's root; the deck for code written in a slide."""
    source: str
    """The code that is run. Code from a slide follows blank lines, so that its line numbers are those of the deck."""
    shown: tuple[str, ...]
    """Lines as slides show them: without region markers and without leading or trailing blank lines."""
    lines: tuple[int, ...]
    """Line number in the file of each shown line."""
    regions: tuple[Region, ...] = ()
    """Named parts, in order of first appearance."""
    parameters: Parameters = ()
    """`name = literal` lines of its `# region parameters`, with their defaults."""
    inputs: tuple[str, ...] = ()
    """Files named by `# inputs:` lines, relative to the project's root."""
    cells: tuple[Cell, ...] = ()
    """The cells that a script of a slide consists of; none for a file."""

    @property
    def code(self) -> str:
        """The source; of cells without the lines of the deck between them, so that prose does not change it."""
        if not self.cells:
            return self.source
        lines = self.source.split("\n")
        return "\n#%%\n".join("\n".join(lines[cell.first - 1 : cell.last]) for cell in self.cells) + "\n"

    @property
    def name(self) -> str:
        """The name that decks use: the path below snippets/ (`ridge_fits.py`)."""
        return snippet_name(self.path)

    @property
    def in_slide(self) -> bool:
        """Whether the code is written in a slide."""
        return not is_script(self.path)

    @property
    def parameter_lines(self) -> tuple[int, ...]:
        """The shown lines, from 1, of its `# region parameters`."""
        ranges = [pair for region in self.regions if region.name == PARAMETERS for pair in region.ranges]
        return tuple(line for first, last in ranges for line in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class RunId:
    """Identity of a run: one script with one set of parameters."""

    snippet: str
    """Path of the script, or `slides/talk.md:12` for code written in a slide."""
    parameters: Parameters = ()
    """Only parameters that differ from the snippet's defaults, sorted by name."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RunId) or self.snippet != other.snippet:
            return False
        return repr(self.parameters) == repr(other.parameters)  # 1, 1.0 and True differ; nan equals nan

    def __hash__(self) -> int:
        return hash((self.snippet, repr(self.parameters)))  # values may be lists

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.parameters)
        return snippet_name(self.snippet) + (f" ({values})" if values else "")


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a script, with all that the runner needs."""

    id: RunId
    """Key of the result."""
    snippet: Snippet
    """The script."""
    expressions: tuple[str, ...] = ()
    """Expressions to evaluate in the script's namespace when it has ended, sorted."""
    raises: str = ""
    """Name of the exception that the script is expected to end with; "" for none."""
    streams: tuple[Stream, ...] = ()
    """What slides show of what it prints, sorted: that alone is compared."""
    shows: tuple[str, ...] = ()
    """Expressions of which tables and pictures are asked for, too, and cells of which the value is, sorted."""
    parts: tuple[str, ...] = ()
    """Cells and regions of which the output is asked for (see `Result.outputs`), sorted."""
    timeout: float = TIMEOUT
    """Wall-clock limit in seconds."""
    memory: int = MEMORY
    """Address space limit in bytes."""
    at: Location = Location("")
    """The first location in a deck that uses the run."""
    frozen: bool = False
    """Whether its recorded result is kept: it is not executed again."""
    kept: Result | None = None
    """That result; None if there is none yet, or a new one is asked for."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that a run drew."""

    label: str
    """`plt.figure("label")`, or "" for a numbered figure."""
    svg: str
    """SVG text as written by matplotlib."""
    part: str = ""
    """The part of the script that drew it (see `Result.outputs`), or the expression that it is the value of."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed."""

    kind: str
    """Class of the exception, or `timeout`, `memory`, `killed by SIGSEGV`, `exit` …"""
    message: str
    """One line."""
    line: int = 0
    """Line of the snippet's file that failed; 0 if unknown."""
    traceback: str = ""
    """Python traceback with paths relative to the project; "" without one."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run produced."""

    stdout: str = ""
    """Standard output, as printed."""
    figures: tuple[Figure, ...] = ()
    """Figures in the order in which they were shown."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """Expression → value."""
    invalid: Mapping[str, str] = field(default_factory=dict)
    """Expression → the reason why it has no value."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Part → what it printed. Parts are the cells, `#1` …, and the regions that were asked for, `#NAME`.

    The value of a cell's last expression has its part as key in `values` and `displays`. An expression evaluated at the
    end of a cell has the key `#1 EXPRESSION`.
    """
    displays: Mapping[str, Value] = field(default_factory=dict)
    """Expression → a value that is more than JSON, as a dict with the key `kind`: see `verideck.run.displays`."""
    error: Failure | None = None
    """Why the run failed. An exception that `:raises:` expects is here, too; the run then counts as successful."""
    inputs: tuple[tuple[str, str], ...] = ()
    """(path, sha256) of the project files that the run was observed to use; "" for a file that did not exist."""
    versions: tuple[tuple[str, str], ...] = ()
    """(distribution, version) of the packages that the run imported."""
    frozen: bool = False
    """Whether it was kept from the record, because the run is frozen."""
    stderr: str = ""
    """Standard error, as printed."""
    mixed: str = ""
    """Both in the order in which they came; "" where one of them is empty."""

    def printed(self, stream: Stream) -> str:
        """Return what it printed to a stream, or to both."""
        return {"out": self.stdout, "err": self.stderr, "both": self.mixed or self.stdout or self.stderr}[stream]


Results = Mapping[RunId, Result]


@dataclass(frozen=True, slots=True)
class Step:
    """Lines that are highlighted together while presenting."""

    ranges: tuple[tuple[int, int], ...]
    """Shown lines, from 1, inclusive."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The runs that some decks need, without duplicates."""

    runs: tuple[Run, ...]
    """Runs in the order in which the decks first use them."""
    tolerance: float
    """Relative tolerance for their results: the smallest of the decks."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between a new result and the recorded one."""

    run: RunId
    """The run that has this result."""
    what: str
    """`stdout`, `stderr`, `output` (both), `value slopes[0]`, `figure 1`, `versions` …"""
    before: str
    """The recorded value in one line; "" if it is new."""
    after: str
    """The new value in one line; "" if it no longer exists."""
    detail: str = ""
    """What exactly is different."""
    part: str = ""
    """The cell that it is about, `#1`; "" for the whole run."""

    def __str__(self) -> str:
        change = f"{self.before or 'nothing'} → {self.after or 'nothing'}"
        told = self.detail in ("", f"{self.before} → {self.after}")
        return f"{self.what}: {change}" + ("" if told else f" ({self.detail})")


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault that a check found in a deck that builds."""

    level: Literal["error", "warning"]
    """Errors fail `verify`; warnings fail it only with `--strict`."""
    rule: str
    """Short name of the check."""
    slide: int
    """Number of the slide; 0 for the whole deck."""
    at: Location
    """Where to correct it."""
    message: str
    """What is wrong, and by how much."""
    hint: str = ""
    """What to do."""


@dataclass(frozen=True, slots=True)
class Write:
    """A file to be written."""

    path: str
    """Relative to the project's root."""
    data: bytes
    """The complete content."""


STARTED_PROCESSES = "(processes)"
"""Pseudo-path in a result's inputs: the run started processes, so that it may have read files unobserved.

Its digest is "" if the script declares its inputs. No real file has this name.
"""


def succeeded(raises: str, result: Result) -> bool:
    """Tell whether a run ended as expected: without error, or with the exception that `raises` names."""
    return result.error is None or (bool(raises) and result.error.kind == raises)


def is_outside(path: str) -> bool:
    """Tell whether the path of an input leads out of the project."""
    return path.split("/")[0] == ".." or os.path.isabs(path)


def without_still(display: Value) -> Value:
    """Return a display without its picture for print, which each browser draws a little differently."""
    return {name: part for name, part in display.items() if name != "still"} if isinstance(display, dict) else display


def used(result: Result) -> set[str]:
    """Return the files whose content a run used: without missing files and without folders."""
    return {path for path, digest in result.inputs if digest not in ("", "folder", "unknown")}
