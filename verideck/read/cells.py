"""The `{python}` cells of a deck: their names, and the scripts that cells which continue each other make up.

A cell that no other continues ends a script. A cell which several continue is part of several scripts; what it shows
comes from the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from verideck.core.errors import DeckError, DeckErrors, did_you_mean
from verideck.core.markdown_tokens import walk
from verideck.core.run_model import Cell, Location, Meta, Parameters, Snippet
from verideck.read import fences, snippets
from verideck.read.fences import Fence
from verideck.read.markdown import directive

_NAME = re.compile(r"#([^\W\d][\w-]*)")


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """A cell as it is written in a deck."""

    fence: Fence
    """Its directive."""
    name: str
    """The name after `#`; "" without one."""
    snippet: Snippet
    """Its own code, at the lines of the deck."""
    script: str
    """`RunId.snippet` of its run: the deck, and the line of the last cell of its script."""
    part: str
    """Its number in that script: `#1`, `#2` …"""
    parameters: Parameters
    """Parameters of the script."""


Line = tuple[str, int]
"""A file, which a deck may include, and a line in it."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a deck."""

    by_line: Mapping[Line, WrittenCell | DeckErrors] = field(default_factory=dict)
    """File and line of the directive → the cell, or its errors."""
    by_name: Mapping[str, WrittenCell] = field(default_factory=dict)
    scripts: Mapping[str, Snippet] = field(default_factory=dict)
    """`WrittenCell.script` → the cells as one script, at the lines of the deck."""

    def at(self, place: Location) -> WrittenCell:
        """Return the cell whose directive is at a line; raises DeckErrors if it has errors."""
        found = self.by_line[place.path, place.line]
        if isinstance(found, DeckErrors):
            raise found
        return found


@dataclass(slots=True)
class _Draft:
    """A cell while the deck is read."""

    fence: Fence
    name: str
    snippet: Snippet
    parent: Line | None
    """The cell that it continues."""
    parameters: Parameters
    leaf: Line | None = None
    """The last cell of its script."""


def gather(tokens: Iterable[Token], options: Sequence[str], meta: Meta, at_of: Callable[[Token], Location]) -> Cells:
    """Return the cells among the tokens of a deck.

    options: those that `{python}` takes. at_of: token → where it stands.
    """
    drafts: dict[Line, _Draft] = {}
    wrong: dict[Line, DeckErrors] = {}
    for token in walk(tokens):
        written = directive(token) if "open" not in token.meta else None
        if written and written.name == "python":
            at = at_of(token)
            line = at.path, at.line
            try:
                drafts[line] = _read(fences.read(written, options, at), drafts, set(wrong), meta)
            except DeckErrors as errors:
                wrong[line] = errors
            except DeckError as error:
                wrong[line] = DeckErrors([error])
    for line in drafts:
        if all(line != other.parent for other in drafts.values()):
            for above in _chain(line, drafts):
                drafts[above].leaf = drafts[above].leaf or line
    found = {line: _written(line, draft, drafts) for line, draft in drafts.items()}
    named = {cell.name: cell for cell in found.values() if cell.name}
    leaves = {draft.leaf: found[draft.leaf].script for draft in drafts.values() if draft.leaf}
    return Cells({**found, **wrong}, named, {name: _script(line, drafts) for line, name in leaves.items()})


def _read(fence: Fence, before: Mapping[Line, _Draft], wrong: set[Line], meta: Meta) -> _Draft:
    """Return a cell; raises DeckError or DeckErrors."""
    match = _NAME.fullmatch(fence.argument)
    if fence.argument and not match:
        hint = "write ```{python} #name, or for a script ```{snippet} FILE"
        raise DeckError(f"'{fence.argument}' is not the name of a cell", fence.at, hint)
    name = match[1] if match else ""
    if twin := next((cell for cell in before.values() if name and cell.name == name), None):
        raise DeckError(f"the cell at line {twin.fence.at.line} is called '{name}', too", fence.at, "rename one")
    if not fence.body.strip():
        raise DeckError("this cell has no code", fence.at, "write Python code below the options")
    error = snippets.check_compiles(fence.body, fence.at.path, fence.body_at.line)
    if error:
        raise error
    snippet = snippets.read_snippet(fence.at.path, "\n" * (fence.body_at.line - 1) + fence.body + "\n")
    parent = _parent(fence, before, wrong)
    if parent is not None and "set" in fence.options:
        hint = "move it to the first of the cells that continue each other"
        raise DeckError("`:set:` is in a cell that continues another", fence.place("set"), hint)
    given = fences.parameters(fence, snippet)
    parameters = fences.settings(snippet, given, meta) if parent is None else before[parent].parameters
    return _Draft(fence, name, snippet, parent, parameters)


def _parent(fence: Fence, before: Mapping[Line, _Draft], wrong: set[Line]) -> Line | None:
    """Return the line of the cell that a cell continues; None if it continues none. Raises DeckError."""
    if "continues" not in fence.options:
        return None
    name, at = fence.option("continues").removeprefix("#"), fence.place("continues")
    named = {cell.name: line for line, cell in before.items() if cell.name}
    here = fence.at.path
    lines = sorted(line for line in [*before, *wrong] if line[0] == here)
    line = named.get(name) if name else lines[-1] if lines else None
    if line and line[0] != here:
        raise DeckError(f"the cell '{name}' stands in another file", at, "continue cells of the same file")
    if line and line in wrong:
        raise DeckError(
            "the cell that this one continues has an error", at, f"correct the cell at line {line[1]} first"
        )
    if line is None and name:
        hint = did_you_mean(name, named) or "name a cell that stands before this one: ```{python} #name"
        raise DeckError(f"no cell before this one is called '{name}'", at, hint)
    if line is None:
        raise DeckError("no cell stands before this one", at, "remove `:continues:`")
    return line


def _chain(line: Line, drafts: Mapping[Line, _Draft]) -> list[Line]:
    """Return the lines of the cells of a script from its first to the one at `line`."""
    chain = [line]
    while (parent := drafts[chain[-1]].parent) is not None:
        chain.append(parent)
    return chain[::-1]


def _written(line: Line, draft: _Draft, drafts: Mapping[Line, _Draft]) -> WrittenCell:
    script, part = ":".join(map(str, draft.leaf or line)), f"#{len(_chain(line, drafts))}"
    return WrittenCell(draft.fence, draft.name, draft.snippet, script, part, draft.parameters)


def _script(leaf: Line, drafts: Mapping[Line, _Draft]) -> Snippet:
    """Return the cells up to the one at line `leaf` as a script with the line numbers of the deck."""
    chain = [drafts[line] for line in _chain(leaf, drafts)]
    lines: list[str] = []
    for cell in chain:
        rows = cell.snippet.source.rstrip("\n").split("\n")
        lines += rows[len(lines) :]
    whole = snippets.read_snippet(chain[0].snippet.path, "\n".join(lines) + "\n")
    fences_of = [cell.fence for cell in chain]
    last = [fence.body_at.line + fence.body.count("\n") for fence in fences_of]
    cells = (Cell(one.body_at.line, end, one.option("raises")) for one, end in zip(fences_of, last, strict=True))
    return replace(whole, cells=tuple(cells))
