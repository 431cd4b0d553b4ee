"""Says what changed since a stored result was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from verideck.core.folders import is_script
from verideck.core.hashing import file_digest, to_json
from verideck.core.run_model import STARTED_PROCESSES, Result, Run, RunId, Value
from verideck.run.local import local_executor
from verideck.run.recipe import Recipe, make_recipe
from verideck.run.store import Store, changed_inputs
from verideck.typeset.fonts import Fonts


def reasons(before: Recipe, now: Recipe, result: Result, digest_of: Callable[[str], str]) -> tuple[str, ...]:
    """Return what changed since a result was stored; empty if the result is still valid."""
    found = [*_code(before, now), *_named("parameter", before["parameters"], now["parameters"])]
    for name, text in (
        ("expressions", "expression"),
        ("shows", "the value of"),
        ("parts", "the output of"),
        ("declared", "declared input"),
    ):
        found += [f"{text} {item} is new" for item in now[name] if item not in before[name]]
        found += [f"{text} {item} is no longer used" for item in before[name] if item not in now[name]]
    if before["raises"] != now["raises"]:
        found.append(f"expected exception is {now['raises'] or 'none'}, was {before['raises'] or 'none'}")
    found += _named("", before["environment"], now["environment"])
    found += [_file(*change) for change in changed_inputs(result, digest_of)]
    return tuple(found)


def _code(before: Recipe, now: Recipe) -> list[str]:
    old, new = before["code"].split("\n"), now["code"].split("\n")
    if before["snippet"] != now["snippet"]:
        return [f"{now['snippet']} was {before['snippet']}"]
    if old == new:
        return []
    pairs = zip(old, new, strict=False)
    line = next((n for n, (a, b) in enumerate(pairs, 1) if a != b), min(len(old), len(new)) + 1)
    return [f"{now['snippet']} changed, first in line {line}" if is_script(now["snippet"]) else "its code changed"]


def _named(kind: str, before: Mapping[str, Value], now: Mapping[str, Value]) -> list[str]:
    reasons = []
    for name in sorted(before.keys() | now.keys()):
        label = f"{kind} {name}".strip()
        if name not in now or name not in before:
            reasons.append(f"{label} is {'new' if name in now else 'missing'}")
        elif to_json(before[name]) != to_json(now[name]):
            detail = "changed" if name.startswith("file ") else f"was {before[name]}, is {now[name]}"
            reasons.append(f"{label.removeprefix('file ')} {detail}")
    return reasons


def _file(path: str, then: str, current: str) -> str:
    if path == STARTED_PROCESSES:
        return "it starts processes, whose reads are not observed: name their files in a comment `# inputs: …`"
    return f"{path} {'changed' if then and current else 'is missing' if then else 'is new'}"


def why_stale(
    root: Path, planned: Sequence[Run], chosen: Iterable[Run], fonts: Fonts
) -> dict[RunId, tuple[str, ...] | None]:
    """Return, for each chosen run of a plan, what changed since its result was stored.

    Empty if the stored result is still valid; None if there is no stored result.
    """
    environment = local_executor(root, planned, fonts, cold=False).environment()
    found: dict[RunId, tuple[str, ...] | None] = {}
    for run in chosen:
        recipe = make_recipe(run, environment)
        held = Store(root).latest(recipe)
        changed = held and reasons(held[0], recipe, held[1], cache(lambda path: file_digest(root, path)))
        found[run.id] = changed
    return found
