"""Builds a project twice from nothing and compares all that came out byte by byte: `make reproduce`.

Once each in a folder of another name, under another hash seed, time zone and language; every snippet is run, every font
cut. What is compared: dist/ (HTML, PDF, JSON) and figures/ (SVG, JSON). Exit 1 where one byte differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ("build.py", "verideck", "templates")
PROJECT = ("slides", "snippets", "matplotlibrc")
COMMANDS = (("figures",), ("build", "--steps", "--notes", "--with-notes"))
TWICE = (
    ("one", {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"}),
    ("the other 二", {"PYTHONHASHSEED": "4321", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}),
)


def copy(project: Path, folder: Path) -> None:
    """Copy what a project is built from into a new folder."""
    folder.mkdir()
    for root, names in ((ROOT, ENGINE), (project, PROJECT)):
        for name in names:
            if (root / name).is_dir():
                shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif (root / name).exists():
                shutil.copy(root / name, folder)


def build(folder: Path, more: dict[str, str], commands: Sequence[Sequence[str]] = COMMANDS) -> dict[str, bytes]:
    """Build a project from nothing and return its outputs by path; ends the program where that fails."""
    environment = {**os.environ, **more, "PYTHONDONTWRITEBYTECODE": "1"}
    for command in commands:
        print(f"{folder.name}: python build.py {' '.join(command)}", flush=True)
        done = subprocess.run(
            [sys.executable, "build.py", *command], cwd=folder, env=environment, capture_output=True, encoding="utf-8"
        )
        if done.returncode:
            raise SystemExit(f"{done.stdout}{done.stderr}")
    files = (file for name in ("dist", "figures") for file in sorted((folder / name).rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def row(path: str, one: bytes | None, two: bytes | None) -> str:
    """Return a line of the table."""
    if one is None or two is None:
        return f"{path:<56} only in '{TWICE[one is None][0]}'"
    digest = hashlib.sha256(one).hexdigest()[:12]
    return f"{path:<56} {len(one):>9,}  {digest}  {'same' if one == two else 'DIFFERS'}"


def difference(one: bytes | None, two: bytes | None) -> str:
    """Return where two contents part, with what stands there."""
    if one is None or two is None:
        return "is not in both"
    at = next((index for index, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), -1)
    at = min(len(one), len(two)) if at < 0 else at
    around = slice(max(at - 30, 0), at + 50)
    return f"differs at byte {at:,}:\n  {one[around]!r}\n  {two[around]!r}"


def report(one: dict[str, bytes], two: dict[str, bytes]) -> int:
    """Print the table of both builds' files and where the first differs; 1 where one does."""
    paths = sorted(one.keys() | two.keys())
    print(f"\n{'file':<56} {'bytes':>9}  sha256")
    for path in paths:
        print(row(path, one.get(path), two.get(path)))
    different = [path for path in paths if one.get(path) != two.get(path)]
    if different:
        first = different[0]
        told = difference(one.get(first), two.get(first))
        print(f"\n{len(different)} of {len(paths)} files differ; the first is {first}: it {told}")
        return 1
    print(f"\n{len(paths)} files, the same bytes twice")
    return 0


def main() -> int:
    """Compare two builds; 0 where they are the same."""
    argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0]).parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for name, _ in TWICE:  # both before the first is built, that may take minutes
            copy(ROOT, Path(scratch) / name)
        one, two = (build(Path(scratch) / name, more) for name, more in TWICE)
    return report(one, two)


if __name__ == "__main__":
    sys.exit(main())
