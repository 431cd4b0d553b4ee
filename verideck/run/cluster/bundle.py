"""What goes to a worker: the project, the engine and the fonts in one archive, the same bytes for the same files."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from verideck.core.folders import CACHE, STYLE, engine_file
from verideck.core.hashing import ENGINE
from verideck.run.changed_files import FOREIGN

PROJECT, CODE = "project", "engine"
"""Folders in the archive. Fonts are below the project's cache, as here."""
_LEFT = re.compile(rf"{FOREIGN.pattern}|.*~|.*\.(pem|key)")
"""Names of files and folders that stay here: hidden ones (.env, .git), keys, built files, other people's code."""


def pack(root: Path, fonts: Iterable[Path]) -> bytes:
    """Return the archive."""
    files = {f"{PROJECT}/{path}": root / path for path in _travelling(root)}
    files |= {f"{PROJECT}/{CACHE}/fonts/{font.name}": font for font in fonts}
    files |= {f"{CODE}/{ENGINE.name}/{file.relative_to(ENGINE).as_posix()}": file for file in ENGINE.rglob("*.py")}
    files[f"{CODE}/{STYLE}"] = engine_file(STYLE)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for path, file in sorted(files.items()):
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o755 if os.access(file, os.X_OK) else 0o644) << 16
            archive.writestr(entry, b"" if path.endswith("/") else file.read_bytes(), zipfile.ZIP_DEFLATED, 1)
    return held.getvalue()


def _travelling(root: Path) -> Iterator[str]:
    """Yield the files and folders that travel; a link within the project travels as what it leads to."""
    inside = root.resolve()
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not _LEFT.fullmatch(name))
        here = Path(folder)
        for name in (name for name in files if not _LEFT.fullmatch(name)):
            file = here / name
            if file.is_file() and inside in file.resolve().parents:
                yield file.relative_to(root).as_posix()
        yield from (f"{(here / name).relative_to(root).as_posix()}/" for name in folders)
