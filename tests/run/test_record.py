"""The record: what is written is read again, and nothing else is."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from verideck.core.errors import DeckError, DeckErrors
from verideck.core.project import Sources
from verideck.core.run_model import Figure, Result, Results, Run, RunId, Snippet, Stream, Value
from verideck.read import parser
from verideck.run import record
from verideck.run.planner import plan

RUN = RunId("snippets/a.py")
CODE = "```{python}\nprint(1)\n```\n"


def written(results: Results, runs: tuple[Run, ...] = ()) -> dict[str, str]:
    writes = record.record_writes(results, runs, {}, Sources(Path("nowhere")))
    return {write.path: write.data.decode() for write in writes}


def read(folder: Path, files: dict[str, str], runs: tuple[Run, ...] = ()) -> Results:
    (folder / "figures").mkdir(exist_ok=True)
    for path, text in files.items():
        (folder / path).write_text(text, "utf-8")
    return record.read_record(Sources(folder), runs)


def test_numbers_that_json_does_not_know_are_read_as_they_were_written(tmp_path: Path) -> None:
    values: dict[str, Value] = {"x": math.inf, "y": [-math.inf, {"z": math.nan}], "text": "nan", "one": {"float": 1.5}}
    run = RunId("snippets/a.py", (("scale", math.inf),))
    files = written({run: Result(values=values)})
    json.loads(files[record.RECORD_PATH], parse_constant=pytest.fail)
    found = read(tmp_path, files)
    assert repr(found[run].values) == repr(values)
    before = files[record.RECORD_PATH].replace('{\n     "float": "inf"\n    }', "Infinity")
    assert before != files[record.RECORD_PATH]
    assert repr(read(tmp_path, {record.RECORD_PATH: before})[run].values) == repr(values)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"results": [', '"results": [ENTRY, ', "a.py is recorded twice"),
        ('"format": 2', '"format": 3', "the record has format 3; this version reads format 2"),
        ('"format": 2', '"format": "1"', "the record has format '1'"),
        ('"format": 2', '"format": 2.0', "the record has format 2.0"),
        ('"format": 2', '"format": true', "the record has format True"),
        ('"format": 2, ', "", "the record has no format number, so an earlier version wrote it"),
        ('"format": 2, ', '"format": 2, "more": 1, ', "an object with the keys format and results"),
        ('"results": [', '"result": [', "an object with the keys format and results"),
        ('"stdout": ""', '"stdout": "lie", "stdout": ""', "the key 'stdout' is given twice"),
        ('"stdout": ""', '"stdout": "", "stdin": ""', "has an unknown key 'stdin'"),
        ('"inputs": [], ', "", "lacks the key 'inputs'"),
        ('"inputs": []', '"inputs": ["ab"]', "is not valid in a result"),
        (', "file": "figures/a.svg"', "", "with label and file"),
        ("figures/a.svg", "figures/../slides/a.md", "or figures/NAME.svg as file"),
        ("figures/a.svg", "figures/b.svg", "no file 'figures/b.svg'"),
        ('"label": ""', '"label": 1', "lacks a text as label"),
        ('"stdout": ""', '"stdout": "\\ud800"', "it contains a lone surrogate"),
        ('"values": {}', '"values": ' + "[" * 100_000 + "]" * 100_000, "it is nested too deeply"),
        ('"parameters": {}', '"parameters": []', "parameters or a script of the wrong type"),
        ("{", "<<<<<<< HEAD\n{", "it is not JSON: Expecting value"),
    ],
)
def test_what_no_command_writes_is_no_record(tmp_path: Path, before: str, after: str, said: str) -> None:
    files = written({RUN: Result(figures=(Figure("", "<svg/>"),))})
    text = json.dumps(json.loads(files[record.RECORD_PATH]))
    assert before in text
    entry = text.removeprefix('{"format": 2, "results": [').removesuffix("]}")
    files[record.RECORD_PATH] = text.replace(before, after.replace("ENTRY", entry), 1)
    with pytest.raises(DeckError) as caught:
        read(tmp_path, files)
    assert caught.value.at
    assert caught.value.at.path == record.RECORD_PATH
    assert said in caught.value.message
    assert caught.value.hint


def names(snippet: str, *labels: str, **parameters: Any) -> list[str]:
    run = RunId(f"snippets/{snippet}", tuple(sorted(parameters.items())))
    return [path[8:-4] for path in record.figure_paths(run, tuple(Figure(label, "") for label in labels))]


def test_figures_are_named_by_script_parameters_and_label() -> None:
    assert names("a.py", "") == ["a"]
    assert names("a.py", "", "", "end", "end") == ["a-1", "a-2", "a-end", "a-end-4"]
    assert names("a.py", "", n=-1, scale=1e-5, kind="en") == ["a-kind=en-n=-1-scale=1e-05"]


def test_no_two_figures_have_one_name() -> None:
    several = [
        *(names("s.py", "", s=value) for value in ("a/", "a:", 1, "1", True, "True", [1], "[1]", "x" * 300, "x" * 301)),
        *(names("a.py", label) for label in ("b", "k=2", "é" * 200, "é" * 201, "b/c", "b:c", "2")),
        *(names(script, "") for script in ("a-b.py", "sub/a.py", "sub-a.py")),
        names("a.py", "", "", k=2),
        names("a.py", "", k=2),
        names("a.py", "", ""),
    ]
    flat = [name for one in several for name in one]
    assert len(set(flat)) == len(flat)
    assert max(len(name.encode()) for name in flat) <= 200


def planned(text: str) -> tuple[Run, ...]:
    sources = Sources(Path("nowhere"), {"slides/t.md": text})
    return plan([parser.parse("slides/t.md", sources).valid()], sources).runs


def test_code_in_a_slide_is_found_wherever_it_stands(tmp_path: Path) -> None:
    runs = planned(f"# One\n\n{CODE}\n{CODE}")
    files = written({run.id: Result(str(number)) for number, run in enumerate(runs)}, runs)
    moved = planned(f"# One\n\nprose\n\n{CODE}\nmore\n\n{CODE}")
    assert {run.id for run in moved} != {run.id for run in runs}
    found = read(tmp_path, files, moved)
    assert [found[run.id].stdout for run in moved] == ["0", "1"]
    assert record.stale_runs(Sources(tmp_path), moved) == ()
    other = planned(f"# One\n\n{CODE.replace('1', '2')}")
    assert other[0].id not in read(tmp_path, files, other)
    assert files[record.RECORD_PATH] == written({run.id: found[run.id] for run in moved}, moved)[record.RECORD_PATH]


def test_figures_that_differ_in_case_alone_are_one_file_elsewhere() -> None:
    with pytest.raises(DeckErrors, match=r"a-fit\.svg and figures/a-Fit\.svg are one file on macOS") as raised:
        written({RUN: Result(figures=(Figure("fit", "<svg/>"), Figure("Fit", "<svg/>")))})
    assert str(raised.value.errors[0].at) == "snippets/a.py"


def test_of_standard_error_only_what_slides_show_is_recorded(tmp_path: Path) -> None:
    result = Result("a\n", stderr="slow\n", mixed="slow\na\n")
    streams: dict[Stream, tuple[str, str]] = {"out": ("", ""), "err": ("slow\n", ""), "both": ("slow\n", "slow\na\n")}
    for stream, kept in streams.items():
        run = Run(RunId("snippets/a.py"), Snippet("snippets/a.py", "", (), ()), streams=(stream,))
        files = written({run.id: result}, (run,))
        assert ("stderr" in files[record.RECORD_PATH]) == (stream != "out")
        found = read(tmp_path, files, (run,))[run.id]
        assert (found.stdout, found.stderr, found.mixed) == ("a\n", *kept)


@pytest.mark.parametrize(
    "value", [{"float": "nan"}, {"tuple": [1]}, {"dict": {"tuple": [1]}}, {"float": 1.0, "text": "x"}]
)
def test_a_dict_that_looks_like_what_json_lacks_stays_one(tmp_path: Path, value: Value) -> None:
    run = RunId("snippets/a.py", (("given", value),))
    found = read(tmp_path, written({run: Result(values={"x": value})}))
    assert found[run].values == {"x": value}
