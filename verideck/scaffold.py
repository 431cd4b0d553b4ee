"""Writes a project, or a further deck in a project, for `new`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from verideck.core.errors import UsageError
from verideck.core.folders import CONFIG, SLIDES, deck_path, is_single, snippet_name, snippet_path
from verideck.core.messages import command
from verideck.core.packages import VERSION
from verideck.core.run_model import Write
from verideck.publish import apply_writes

_DECK = """\
---
title: {title}
author: Your name
lang: en
duration: 5min
---

# {title} {{.title}}

---

# A picture that is computed

:::: columns
::: column
The curve is highest at {{eval}}`{snippet}: peak:.2f`. Nobody typed that number.
:::
::: column
```{{figure}} {snippet}
:alt: A smooth curve with one peak
```
:::
::::

::: notes
Speaker notes go here; the audience does not see them.
:::

---

# The code that drew it

```{{snippet}} {snippet}
curve: what is drawn
```

::: notes
Each slide has notes of its own.
:::
"""

_HINTS = """
---

# How to go on {{.appendix}}

- `{present}` shows the deck, and each change that you save
- `{figures}` accepts what the code draws and computes
- `{verify}` tells whether the slides still show it
- `{docs}` explains what you can write

::: notes
Delete this page when you do not need it any more.
:::
"""

_SNIPPET = '''\
"""A curve and its highest point."""

import matplotlib.pyplot as plt
import numpy as np

# region parameters
width = 1.5
# endregion

# region curve
x = np.linspace(0, 10, 200)
y = x * np.exp(-x / width)
# endregion
peak = x[y.argmax()]

plt.plot(x, y)
plt.show()
'''

_CONFIG = """\
# Settings of this project. The file may be empty; it marks the project's folder.

# The Python that runs the snippets, if it is not that of .venv/ or of Verideck:
# python = "path/to/python"
"""

_IGNORED = """\
/dist/
.cache/
.venv/
__pycache__/
"""

_WORKFLOW = """\
# Builds the slides, runs every snippet again, and fails if a slide no longer shows what its code produces.
name: Slides
on: [push, pull_request]
permissions:
  contents: read
jobs:
  slides:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - run: pip install verideck=={version} # and the packages that your snippets import
      - run: verideck build
      - run: verideck verify --strict
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: slides
          path: dist/
"""

_AGENTS = """\
# How to work on these slides

This is a Verideck project: slides from Markdown, with figures, outputs and numbers that come out of code.

- `slides/*.md`: one deck each. `---` separates slides; a slide begins with `# Title`. Speaker notes stand between
  `::: notes` and `:::`.
- `snippets/*.py`: plain scripts. They run alone and import nothing of Verideck. A figure is shown with `plt.show()`.
- `figures/`: the record of all results. Never edit it; `verideck figures` writes it.
- `dist/`: the built slides. Never edit it.

Show code with ```` ```{snippet} FILE ````, a figure with ```` ```{figure} FILE ```` and `:alt: what it shows`, what a
script prints with ```` ```{output} FILE ````, and a computed number with `` {eval}`FILE: EXPRESSION:.2f` ``. Do not
type a number that a script computes. `verideck docs write` and `verideck docs directives` explain the rest.

Work in this order:

1. `verideck build`: builds dist/, and reports errors and findings with file, line and remedy.
2. `verideck figures`: accepts the results. Look at `git diff figures/` first.
3. `verideck verify --strict --json`: the work is done when it prints `"fine": true`.
"""


@dataclass(frozen=True, slots=True)
class Started:
    """What `new` wrote."""

    paths: tuple[str, ...]
    """Files, relative to the current folder or to the project."""
    next: str
    """The command to type next."""


def start(here: Path, name: str, root: Path | None) -> Started:
    """Write a deck in the project `root`, or a new project in the folder `here`/`name`; raises UsageError."""
    if root and not is_single(root):
        deck, files = _deck(_name(name.removeprefix("./").removeprefix(f"{SLIDES}/").removesuffix(".md"), name))
        return Started(_write(root, files, [write.path for write in files]), command(f"present {deck}"))
    folder = Path(os.path.abspath(here / name))
    deck, files = _deck(_name(folder.name, name), hints=True)
    files += [
        Write(CONFIG, _CONFIG.encode()),
        Write(".gitignore", _IGNORED.encode()),
        Write(".github/workflows/slides.yml", _WORKFLOW.format(version=VERSION).encode()),
        Write("AGENTS.md", _AGENTS.encode()),
    ]
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"'{name}' is a file", None, "choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make '{name}': {error.strerror}", None, "choose another place") from None
    made = _write(folder, files, [SLIDES, *(write.path for write in files)])
    short = os.path.relpath(folder, here)
    step = "" if short == "." else f"cd {short} && "
    return Started(tuple(os.path.normpath(os.path.join(short, path)) for path in made), step + command("present"))


def _write(root: Path, files: list[Write], taken: list[str]) -> tuple[str, ...]:
    """Write files that must not exist; raises UsageError."""
    for path in taken:
        if os.path.lexists(root / path):
            raise UsageError(f"'{path}' already exists", None, "choose another name")
    return apply_writes(root, files).written


def _name(name: str, given: str) -> str:
    if not re.fullmatch(r"[\w-]+", name):
        hint = "write letters, digits, - and _, as in my-talk"
        raise UsageError(f"'{given}' is not a valid name of a deck", None, hint)
    return name


def _deck(name: str, *, hints: bool = False) -> tuple[str, list[Write]]:
    """Return the name of a deck, and its files."""
    snippet = snippet_path(f"{name.replace('-', '_')}.py")
    title = name.replace("-", " ").replace("_", " ").capitalize()
    text = _DECK.format(title=title, snippet=snippet_name(snippet))
    if hints:
        names = {"present": "present", "figures": "figures", "verify": "verify", "docs": "docs"}
        text += _HINTS.format(**{key: command(words) for key, words in names.items()})
    return name, [Write(deck_path(name), text.encode()), Write(snippet, _SNIPPET.encode())]
