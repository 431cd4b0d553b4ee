"""What a run's process is asked, and what its report becomes: text as a terminal leaves it, paths of no machine."""

from pathlib import Path

import pytest

from tests.run.project import make_run
from verideck.run.protocol import make_result, terminal_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain\n", "plain\n"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://a\x07link\x1b]8;;\x07", "link"),
        ("10%\r 50%\r100%\ndone\n", "100%\ndone\n"),
        ("longer\rab", "abnger"),
        ("longer\r\x1b[Kab", "ab"),
        ("dos\r\n", "dos\n"),
        ("abc\b\bX", "aXc"),
        ("nul\0bell\x07", "nul␀bell␇"),
        ("tab\tあ\n", "tab\tあ\n"),
        ("a\x1b(B\x1b[mb\x1b7c\x1b8", "abc"),
        ("a\x1bP1$r\x1b\\b\x1b_x\x1b\\c", "abc"),
        ("loading\x1b[2K\rok", "ok"),
        ("abc\x1b[2Kd", "   d"),
        ("abcd\b\b\x1b[1Kx", "  xd"),
    ],
)
def test_output_reads_as_a_terminal_leaves_it(raw: str, shown: str) -> None:
    assert terminal_text(raw) == shown


def test_paths_of_this_machine_do_not_reach_a_result(tmp_path: Path) -> None:
    report = {
        "stdout": f"{tmp_path}/snippets/a.py:1\n/scratch/x\n{tmp_path} {tmp_path}2 {tmp_path}.\n/scratch /my/scratch\n",
        "invalid": {"x": f"no {tmp_path}/y"},
        "values": {"p": [f"{tmp_path}/y", {"root": str(tmp_path)}, 1]},
    }
    result = make_result(report, make_run("1"), tmp_path, (), "/scratch")
    assert result.stdout == f"snippets/a.py:1\nx\n. {tmp_path}2 ..\nscratch /my/scratch\n"
    assert result.invalid == {"x": "no y"}
    assert result.values == {"p": ["y", {"root": "."}, 1]}
