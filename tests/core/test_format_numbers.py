"""What programs read has a number and a schema, and what the engine writes is as the schema says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.core.schema import faults
from tests.harness import ROOT, DeckTest
from verideck.core import format_numbers

SCHEMAS = {file.stem: json.loads(file.read_text("utf-8")) for file in (ROOT / "docs/schemas").glob("*.json")}
OPTIONAL = {"frozen", "stale", "stderr", "mixed", "outputs", "displays", "part"}
DECK = """\
# One {#one}

{eval}`draws.py: total:.1f` {eval}`fails.py: 1`

```{figure} draws.py
:alt: A line
```

```{table} draws.py: rows
```

```{output} draws.py
:stream: both
```

{eval}`draws.py: pair` {eval}`draws.py: tagged` {eval}`draws.py: single`

```{snippet} fails.py
:raises: ValueError
```

---

# Two {#two allow="typed-numbers: as the paper prints it"}

It is 1.5. {eval}`draws.py: total` of {eval}`noise.py: x`
"""
DRAWS = """\
import sys
import helper
import matplotlib.pyplot as plt
import numpy as np
rng = np.random.default_rng(0)
# region parameters
start = 1
# endregion
total = start + 0.5
rows = [{"a": 1, "b": float("nan")}]
pair, single = (1, [float("inf")]), np.float32(0.1)
tagged = {"a": {"dict": {"tuple": 1}}, "b": {"float": "nan"}, "c": {"float": 1.0, "text": 2}}
print("drawn", total)
print("late", file=sys.stderr)
plt.figure("named")
plt.plot([1, 2])
plt.show()
"""


def objects(schema: Any) -> Iterator[Any]:
    """Yield each part of a schema that says which keys an object has."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


def numbers(schema: Any) -> list[int]:
    return [
        part["properties"]["format"]["const"]
        for part in objects(schema)
        if "const" in part["properties"].get("format", {})
    ]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_strict_and_has_the_number_that_the_engine_writes(name: str) -> None:
    assert set(numbers(SCHEMAS[name])) == {getattr(format_numbers, name.upper())}
    for part in objects(SCHEMAS[name]):
        assert part["additionalProperties"] is False
        assert part["properties"].keys() - set(part["required"]) <= OPTIONAL


def test_every_number_has_its_schema() -> None:
    assert {name.lower() for name in vars(format_numbers) if name.isupper()} == SCHEMAS.keys()


@pytest.mark.parametrize("name", ["record", "provenance"])
def test_a_key_that_vanishes_or_comes_is_seen(name: str) -> None:
    (number,) = numbers(SCHEMAS[name])
    empty = (
        {"format": number, "results": []}
        if name == "record"
        else {"format": number, "deck": "", "title": "", "runs": {}, "slides": []}
    )
    assert list(faults(empty, SCHEMAS[name])) == []
    for key in empty:
        less = {other: value for other, value in empty.items() if other != key}
        assert list(faults(less, SCHEMAS[name])) == [f": lacks {key}"]
    assert list(faults({**empty, "more": 1}, SCHEMAS[name])) == [": knows no more"]
    assert list(faults({**empty, "format": 9}, SCHEMAS[name])) == [f".format: not {number}"]


@pytest.mark.slow
def test_what_the_engine_writes_is_as_its_schema_says(deck: DeckTest) -> None:
    deck.write("slides/a.md", DECK).write("snippets/draws.py", DRAWS).write("snippets/helper.py", "")
    deck.write("snippets/fails.py", "raise ValueError('no')\n").write("snippets/noise.py", "x = 1\n")
    deck.run("figures").fine()
    record = json.loads(deck.read("figures/results.json"))
    assert list(faults(record, SCHEMAS["record"])) == []
    assert [bool(entry["error"]) for entry in record["results"]] == [False, True, False]

    deck.edit("snippets/helper.py", "", "# changed\n").run("build", "--html", "--recorded").fine()
    provenance = json.loads(deck.read("dist/a.json"))
    assert list(faults(provenance, SCHEMAS["provenance"])) == []
    kinds = {item["kind"] for slide in provenance["slides"] for item in slide["shows"]}
    assert kinds == {"value", "table", "figure", "output", "code"}
    assert any("stale" in run for run in provenance["runs"].values())

    text = deck.read("figures/results.json")
    deck.write("figures/results.json", text.replace('"matplotlib",\n     "', '"matplotlib",\n     "0'))
    deck.edit("snippets/noise.py", "1", "2").run("verify", "--json")
    found = json.loads(deck.out)
    assert list(faults(found, SCHEMAS["verdict"])) == []
    assert all(found[key] for key in ("differences", "findings", "excused", "versions"))

    deck.edit("snippets/noise.py", "2", "1 / 0").run("verify", "--json")
    failed = json.loads(deck.out)
    assert list(faults(failed, SCHEMAS["verdict"])) == []
    assert failed["errors"]


@pytest.mark.slow
def test_a_record_of_another_format_says_what_to_type_and_that_helps(deck: DeckTest) -> None:
    deck.write("slides/a.md", "# One\n\n{eval}`a.py: 1`\n").write("snippets/a.py", "").run("figures").fine()
    old = deck.read("figures/results.json").replace('"format": 2,\n ', "")
    for number in ("", '"format": 9, '):
        text = old.replace("{", "{" + number, 1)
        deck.write("figures/results.json", text)
        for command in ("build", "verify"):
            deck.run(command).fails(
                3, "figures/results.json: the record has", "make a new record: python build.py figures"
            )
        deck.run("figures", "a.py").fails(3, "make a new record")
        deck.run("figures").fine().run("verify").fine()
