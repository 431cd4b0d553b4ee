"""Paths in a project, relative to its root: folders, decks, scripts, templates, built files."""

from __future__ import annotations

SLIDES, SNIPPETS, FIGURES, TEMPLATES = "slides", "snippets", "figures", "templates"
"""Folders with files that people write, and recorded results that they accept."""
THEMES = "themes"
"""Folder in templates/ with a folder for each theme."""
DIST, CACHE = "dist", ".cache"
"""Folders with files that a build writes; both can be deleted."""
KINDS = ("html", "presenting.html", "pdf", "steps.pdf", "notes.pdf")
"""Extensions of built files: slides, slides with speaker notes; as PDF: slides, one page per step, handout."""
INDEX = "index.html"
"""Name of the page in dist/ that links all decks."""


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
