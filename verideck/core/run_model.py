"""The nouns of the engine: frozen records that every stage takes and returns.

Paths are POSIX strings relative to the project's root ("slides/talk.md", "snippets/ridge_fits.py").
Lines and columns count from 1, as editors show them; 0 means "the whole file" or "the whole line".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from verideck.core.folders import snippet_name

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
"""What an expression may give: what JSON can hold (numbers may be inf or nan)."""

Parameters = tuple[tuple[str, Value], ...]
"""Names and values handed to a run, sorted by name."""


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


@dataclass(frozen=True, slots=True)
class Meta:
    """A deck's front matter, complete with defaults."""

    title: str
    """Title of the deck; the first heading where the front matter has none."""
    subtitle: str = ""
    """Line below the title."""
    author: str = ""
    """Who speaks."""
    date: str = ""
    """Day of the talk, ISO 8601 (`2024-10-25`)."""
    lang: str = "en"
    """Language tag, BCP 47."""
    description: str = ""
    """One sentence for search engines and PDF readers."""
    duration: int = 0
    """Planned length in seconds; 0 where not stated."""
    theme: Literal["auto", "light", "dark"] = "auto"
    """Colours of the screen page; `auto` follows the reader's system."""
    footer: str = ""
    """Text at the foot of each slide; the title where not stated."""
    symbols: tuple[tuple[str, str], ...] = ()
    """Mathematical symbol → colour role: (("λ", "lam"), …)."""
    parameters: Parameters = ()
    """Given to every run whose snippet declares them."""
    tolerance: float = 1e-6
    """Relative tolerance under which two numbers count as the same."""
    timeout: float = 60.0
    """Wall-clock seconds that a run may take."""
    memory: int = 4 << 30
    """Bytes of address space that a run may use."""
    html: bool = False
    """Whether raw HTML in the deck is passed through."""
    license: str = ""
    """Licence of the slides (an SPDX identifier or a sentence)."""


@dataclass(frozen=True, slots=True)
class Region:
    """A named part of a snippet: one or more ranges of *shown* lines."""

    name: str
    """Name after `# region`."""
    ranges: tuple[tuple[int, int], ...]
    """First and last shown line of each piece, from 1, inclusive."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A Python script as the project holds it."""

    path: str
    """File, relative to the project's root; a deck's own path for code written in a slide."""
    source: str
    """Text as it is run; code from a slide is padded so that line numbers are the slide's."""
    shown: tuple[str, ...]
    """Lines as they are shown: no region markers, no outer blank lines."""
    lines: tuple[int, ...]
    """The line in the file of each shown line."""
    regions: tuple[Region, ...] = ()
    """Named parts, in order of first appearance."""
    parameters: Parameters = ()
    """`name = literal` lines of its `# region parameters`, with their defaults."""
    inputs: tuple[str, ...] = ()
    """Files named by `# inputs:` lines, relative to the project's root."""

    @property
    def name(self) -> str:
        """Name used in a deck: the path below snippets/ (`ridge_fits.py`)."""
        return snippet_name(self.path)


@dataclass(frozen=True, slots=True)
class RunId:
    """Which run a slide shows: one script with one set of parameters."""

    snippet: str
    """Path of the script, or `slides/talk.md:12` for code written in a slide."""
    parameters: Parameters = ()
    """Only what differs from the snippet's own defaults, sorted by name."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RunId) or self.snippet != other.snippet:
            return False
        return repr(self.parameters) == repr(other.parameters)  # 1, 1.0 and True differ, nan is itself

    def __hash__(self) -> int:
        return hash((self.snippet, repr(self.parameters)))  # values may be lists

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.parameters)
        return snippet_name(self.snippet) + (f" ({values})" if values else "")


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a script: everything the runner needs to know."""

    id: RunId
    """Key of its result."""
    snippet: Snippet
    """The script."""
    expressions: tuple[str, ...] = ()
    """Evaluated in the script's namespace at its end, sorted."""
    raises: str = ""
    """Name of the exception the script is meant to end with."""
    timeout: float = 60.0
    """Wall-clock seconds allowed."""
    memory: int = 4 << 30
    """Bytes of address space allowed."""
    at: Location = Location("")
    """The first place in a deck that asks for it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that a run drew."""

    label: str
    """`plt.figure("label")`, or "" for a numbered figure."""
    svg: str
    """SVG as matplotlib wrote it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run gave no result."""

    kind: str
    """Exception's class, `timeout`, `memory`, `killed by SIGSEGV`, `exit` …"""
    message: str
    """One line."""
    line: int = 0
    """Line in the snippet's file that failed; 0 where unknown."""
    traceback: str = ""
    """Python's traceback, with paths relative to the project; "" where there is none."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run produced."""

    stdout: str = ""
    """Standard output and standard error, as printed."""
    figures: tuple[Figure, ...] = ()
    """Figures in the order in which they were shown."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """Expression → value."""
    invalid: Mapping[str, str] = field(default_factory=dict)
    """Expression → why it has no value."""
    error: Failure | None = None
    """Set where the run failed; also where it raised what `:raises:` names (then it counts as fine)."""
    inputs: tuple[tuple[str, str], ...] = ()
    """(path, sha256) of the project files that the run was seen to use; "" for a file that was not there."""
    versions: tuple[tuple[str, str], ...] = ()
    """(distribution, version) of the packages that the run imported."""


Results = Mapping[RunId, Result]


@dataclass(frozen=True, slots=True)
class Step:
    """Lines brought forward together while presenting."""

    ranges: tuple[tuple[int, int], ...]
    """Shown lines, from 1, inclusive."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The runs that some decks need, each once."""

    runs: tuple[Run, ...]
    """In the order in which the decks first ask for them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a fresh result is not what was recorded."""

    run: RunId
    """Whose result."""
    what: str
    """`stdout`, `value slopes[0]`, `figure 1`, `versions` …"""
    before: str
    """As recorded, in a line; "" where there was nothing."""
    after: str
    """As produced, in a line; "" where there is nothing."""
    detail: str = ""
    """What exactly differs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a deck that builds."""

    level: Literal["error", "warning"]
    """Errors fail `verify`, warnings only with `--strict`."""
    rule: str
    """Short name of the check."""
    slide: int
    """Slide's number, 0 for the deck."""
    at: Location
    """Where to mend it."""
    message: str
    """What is wrong and by how much."""
    hint: str = ""
    """What to do."""


@dataclass(frozen=True, slots=True)
class Write:
    """A file to be written."""

    path: str
    """Relative to the project's root."""
    data: bytes
    """Its whole content."""


STARTED_PROCESSES = "(processes)"
"""Stands among a result's inputs for files that nobody saw being read, "" where the script declares them itself.

No such file is ever there.
"""


def succeeded(raises: str, result: Result) -> bool:
    """Whether a run gave what it was meant to give: no error, or the exception that it is meant to raise."""
    return result.error is None or (bool(raises) and result.error.kind == raises)


def used(result: Result) -> set[str]:
    """Return the files that a run used, by their content: neither what was not there, nor folders asked about."""
    return {path for path, digest in result.inputs if digest not in ("", "folder", "unknown")}
