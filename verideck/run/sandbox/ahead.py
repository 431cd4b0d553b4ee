"""Import ahead what all runs import, but nothing that would be seen: supervisor.py loads this for its server.

A run that is forked from the server must be as one that imports for itself. A module that prints, warns or logs when
it is imported, that seeds a random generator or keeps one of its own, starts a thread, or lies where its author changes
it, is left to each run, and so is what imports it. Where one draws from Python's own generator, as many do, runs that
seed this are not forked.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import itertools
import json
import os
import signal
import sys
from typing import Any, NoReturn

Json = dict[str, Any]

IMPORT_LIMIT = 60
"""Seconds after which a server that is still importing ends; its runs are then executed cold."""
ATTEMPTS = 4
"""Maximum number of restarts of a server, each without one more module; after that it preloads nothing."""
DRAWS = 100
"""Maximum number of blocks of 624 drawn numbers that are recognised."""
STANDARD = os.path.dirname(os.__file__) + os.sep
"""Folder of the standard library."""
INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
"""Within the path of installed modules."""


def import_all(settings: Json) -> Json | None:
    """Preload modules. If an import has a visible effect, return the settings for a new server; else None."""
    names = settings["preload"]
    if not names:
        return None
    import random

    signal.alarm(IMPORT_LIMIT)
    kept, output = [os.dup(1), os.dup(2)], os.memfd_create("output")
    for stream in (1, 2):
        os.dup2(output, stream)
    before, threads, known, again = random.getstate(), tasks(), len(sys.modules), None
    for name in names:
        with contextlib.suppress(BaseException):
            importlib.import_module(name)
        flush()
        seen = os.lseek(output, 0, os.SEEK_END) or tasks() != threads or is_seeded(before) or is_numpy_used()
        if seen or any(map(is_foreign, new_files(known))) or (settings["careful"] and generators()):
            again = without(settings, name)
            break
        known = len(sys.modules)
    for stream, copy in zip((1, 2), kept, strict=True):
        os.dup2(copy, stream)
        os.close(copy)
    os.close(output)
    signal.alarm(0)
    settings["drawn"] = random.getstate() != before
    if again is None and generators():  # a check after each import would take too long
        again = settings | {"careful": True}
    return again


def without(settings: Json, name: str) -> Json:
    """Return settings for a server that does not preload a module's package."""
    attempts, package = settings["attempts"] + 1, name.partition(".")[0]
    names = [each for each in settings["preload"] if each.partition(".")[0] != package and attempts < ATTEMPTS]
    return settings | {"preload": names, "attempts": attempts}


def start_again(settings: Json) -> NoReturn:
    """Replace this process by a new server."""
    os.execve(sys.executable, [*sys.orig_argv[:-1], json.dumps(settings)], settings["variables"])


def flush() -> None:
    """Flush the streams of Python and C."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    ctypes.CDLL(None).fflush(None)


def tasks() -> int:
    """Return the number of this process's threads."""
    return len(os.listdir("/proc/self/task"))


def is_seeded(before: tuple[Any, ...]) -> bool:
    """Tell whether Python's generator was seeded, so that its state does not come from drawing numbers."""
    random: Any = sys.modules["random"]
    words, copy = random.getstate()[1][:-1], random.Random()
    copy.setstate(before)
    for _ in range(DRAWS):
        if copy.getstate()[1][:-1] == words:
            return False
        copy.getrandbits(32 * len(words))
    return True


def is_numpy_used() -> bool:
    """Tell whether numpy's global generator was used or seeded."""
    numpy: Any = sys.modules.get("numpy.random")
    if not hasattr(numpy, "mtrand"):
        return False
    mine = numpy.mtrand._rand
    seeded = getattr(mine._bit_generator, "_seed_seq", mine) is None
    return bool(seeded or mine.get_state()[2] != numpy.RandomState().get_state()[2])


def new_files(known: int) -> list[str]:
    """Return the files of the modules that were imported after the first ones."""
    modules = list(itertools.islice(sys.modules.values(), known, None))
    files = [vars(module).get("__file__") for module in modules if module is not sys.modules["__main__"]]
    return [file for file in files if isinstance(file, str)]


def is_foreign(file: str) -> bool:
    """Tell whether a module's file may change, because it is not part of Python or of an installed package."""
    return not (file.startswith(STANDARD) or any(part in file for part in INSTALLED))


def generators() -> list[Any]:
    """Return the random generators in modules, except those that each run gets afresh."""
    random: Any = sys.modules["random"]
    numpy: Any = sys.modules.get("numpy.random")
    names = getattr(sys.modules.get("tempfile"), "_RandomNameSequence", None)
    kinds = {random.Random, *(getattr(numpy, name, None) for name in ("Generator", "RandomState")), names}
    found = [each for each in gc.get_objects() if type(each) in kinds]
    anew = [random._inst, getattr(getattr(numpy, "mtrand", None), "_rand", None)]
    anew += [each for each in found if type(each) is names]
    anew += [each._rng for each in anew if type(each) is names and hasattr(each, "_rng")]
    return [each for each in found if not any(each is one for one in anew)]
