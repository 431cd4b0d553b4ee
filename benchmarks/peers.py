"""The deck of executable_deck.py for other tools, written as their own documentation has one write it.

What they need: `pip install codebraid pypandoc_binary jupytext nbconvert ipykernel sphinx sphinx-revealjs myst-nb`,
with the folder of pandoc on the PATH.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

KERNEL = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n"
CONFIGURATION = """
project = "Six snippets"
extensions = ["myst_nb", "sphinx_revealjs"]
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
revealjs_static_path = []
"""


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool, and how it makes slides of a deck."""

    name: str
    """As its makers write it."""
    programs: tuple[str, ...]
    """What has to be on the PATH."""
    write: Callable[[Path, Mapping[str, str]], None]
    """Writes the deck's files into a folder."""
    command: str
    """Makes the slides, for a shell in that folder."""
    page: str
    """The page that the command makes."""
    made: tuple[str, ...]
    """All that it leaves behind: taken away for a cold build."""

    def installed(self) -> bool:
        """Whether all its programs are there."""
        return all(map(shutil.which, self.programs))

    def check(self, folder: Path) -> None:
        """Raise AssertionError where the page lacks what the snippets print."""
        text = (folder / self.page).read_text("utf-8")
        assert re.search(r"best [\d.]+ 0\.\d{4}", text), f"{self.name} shows no result"


def _slides(snippets: Mapping[str, str], fence: Callable[[str, str], str]) -> str:
    """Return 16 slides: code and result stand together, as these tools print a result below its code."""
    slides = ["# Six snippets"]
    for name, source in snippets.items():
        slides.append(f"# The code of {name}\n\n{fence(name, source.strip())}")
        slides.append(f"# What {name} gives\n\nOne word of prose.")
    slides += [f"# Text {number}\n\n- one\n- two with $x^2$" for number in range(16 - len(slides))]
    return "\n\n".join(slides) + "\n"


def _codebraid(folder: Path, snippets: Mapping[str, str]) -> None:
    def fence(name: str, source: str) -> str:
        drawn = source.replace("plt.show()", f'plt.savefig("{name}.png")\nprint("![curves]({name}.png)")')
        kind = "raw" if drawn != source else "verbatim"
        return f"```{{.python .cb-run session={name} show=code+stdout:{kind}}}\n{drawn}\n```"

    (folder / "six.md").write_text(_slides(snippets, fence), "utf-8")


def _jupytext(folder: Path, snippets: Mapping[str, str]) -> None:
    text = _slides(snippets, lambda _, source: f"```python\n{source}\n```")
    cell = '<!-- #region slideshow={"slide_type": "slide"} -->\n'
    marked = re.sub(r"(?m)^(# .*)$", lambda match: f"{cell}{match[1]}\n<!-- #endregion -->", _prose(text))
    (folder / "six.md").write_text(marked, "utf-8")


def _prose(text: str) -> str:
    """Return Markdown without the comments of its code, which would be taken for headings."""
    return re.sub(r"(?m)^# (region|endregion).*\n", "", text)


def _sphinx(folder: Path, snippets: Mapping[str, str]) -> None:
    (folder / "conf.py").write_text(CONFIGURATION, "utf-8")
    text = _slides(snippets, lambda _, source: f"```{{code-cell}} python3\n{source}\n```")
    title, _, rest = text.partition("\n")
    (folder / "index.md").write_text(f"{KERNEL}{title}\n{rest.replace(chr(10) + '# ', chr(10) + '## ')}", "utf-8")


PEERS = (
    Peer(
        "codebraid + pandoc",
        ("codebraid", "pandoc"),
        _codebraid,
        "codebraid pandoc -f markdown -t revealjs --standalone --overwrite -o six.html six.md",
        "six.html",
        ("six.html", "_codebraid"),
    ),
    Peer(
        "jupytext + nbconvert",
        ("jupytext", "jupyter-nbconvert"),
        _jupytext,
        "jupytext --quiet --set-kernel python3 --to ipynb six.md && jupyter-nbconvert --execute --to slides six.ipynb",
        "six.slides.html",
        ("six.slides.html", "six.ipynb"),
    ),
    Peer(
        "sphinx-revealjs + MyST-NB",
        ("sphinx-build",),
        _sphinx,
        "sphinx-build -q -b revealjs . out",
        "out/index.html",
        ("out", ".jupyter_cache"),
    ),
)
