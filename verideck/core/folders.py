"""Paths in a project, relative to its root: folders, decks, scripts, templates, built files."""

from __future__ import annotations

from pathlib import Path

SLIDES, SNIPPETS, FIGURES, TEMPLATES = "slides", "snippets", "figures", "templates"
"""Folders with files that people write, and recorded results that they accept."""
THEMES = "themes"
"""Folder in templates/ with a folder for each theme."""
CONFIG = "verideck.toml"
"""The project's settings; a file that may be missing."""
LONE = "talk.md"
"""A deck that is a project by itself: its scripts and pictures are beside it."""
STYLE = "matplotlibrc"
"""How figures look; the engine's own where a project has none."""
DIST, CACHE = "dist", ".cache"
"""Folders with files that a build writes; both can be deleted."""
KINDS = ("html", "presenting.html", "pdf", "steps.pdf", "notes.pdf")
"""Extensions of built files: slides, slides with speaker notes; as PDF: slides, one page per step, handout."""
ENDINGS = (*KINDS, "json")
"""Extensions of all files of a deck: also its provenance."""
INDEX = "index.html"
"""Name of the page in dist/ that links all decks."""


def is_single(root: Path) -> bool:
    """Tell whether a project is the folder of a single deck, without slides/: scripts are beside the deck."""
    return not any((root / name).exists() for name in (SLIDES, CONFIG))


def scripts_folder(root: Path) -> Path:
    """Return the folder of a project's scripts."""
    return root if is_single(root) and not (root / SNIPPETS).is_dir() else root / SNIPPETS


def engine_file(path: str) -> Path:
    """Return a file that the engine brings along: `templates/deck.css`, `matplotlibrc`.

    It is in the package where that is installed, beside the package in the repository.
    """
    package = Path(__file__).parents[1]
    return package / path if (package / path).exists() else package.parent / path


def deck_path(name: str) -> str:
    """Return the path of a deck from its name, the file name without `.md`."""
    return f"{SLIDES}/{name}.md"


def deck_name(path: str) -> str:
    """Return the name of a deck from its path; its built files have this name, too."""
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def talk_name(name: str, lang: str) -> str:
    """Return the name that all editions of a talk share: `talk.en.md` in English is an edition of `talk.md`."""
    return name.removesuffix(f".{lang}")


def is_script(path: str) -> bool:
    """Tell whether the path of a snippet is that of a script; else its code is in a slide, in `slides/talk.md`."""
    return path.endswith(".py")


def snippet_path(name: str) -> str:
    """Return the path of a script from its name in decks, the path below snippets/."""
    return f"{SNIPPETS}/{name}"


def snippet_name(path: str) -> str:
    """Return the name of a script from its path; the name of code in a slide is its location (`slides/talk.md:12`)."""
    return path.removeprefix(f"{SNIPPETS}/")


def template_path(name: str) -> str:
    """Return the path of a template from its name."""
    return f"{TEMPLATES}/{name}"


def output_path(name: str) -> str:
    """Return the path of a built file from its name; files of a deck are named `NAME.KIND`, with one of KINDS."""
    return f"{DIST}/{name}"
