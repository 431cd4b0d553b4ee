"""Builds the files in dist/: decides which files are made again and which are removed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from verideck.core import hashing
from verideck.core.cache import Cache
from verideck.core.deck_model import Deck, Use, runs_of
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.folders import ENDINGS, INDEX, KINDS, output_path
from verideck.core.progress import Progress
from verideck.core.project import Sources
from verideck.core.run_model import Location, Results, RunId, Write
from verideck.publish import index, output
from verideck.publish.deck_build import DeckBuild, page_key
from verideck.publish.deck_style import deck_theme
from verideck.publish.layouts import remember_layout, remembered_layout
from verideck.publish.output import Made
from verideck.render import Layout, provenance_file, result_of, slide_views, write_pdf
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True, slots=True)
class Published:
    """What `build` did."""

    changes: output.Changes
    notes: tuple[str, ...]
    errors: Mapping[str, tuple[DeckError, ...]]
    """Path of a deck → why it was not built."""
    layouts: Mapping[str, Layout]
    """Path of a deck → its layout, for decks whose PDF was made."""


def deck_builds(decks: Sequence[Deck], results: Results, sources: Sources, fonts: Fonts) -> list[DeckBuild]:
    """Return each deck with everything that its files are made of."""
    known = index.editions(sources)
    return [
        DeckBuild(deck, results, sources, deck_theme(deck, sources), fonts, known.get(deck.name, ())) for deck in decks
    ]


def build(
    builds: Sequence[DeckBuild],
    *,
    kinds: Sequence[str],
    progress: Progress,
    stale: Mapping[RunId, str] = MappingProxyType({}),
) -> Published:
    """Write each deck's files of these kinds and its provenance; for all decks together, also the index.

    All files are written together. A deck with errors keeps its files; then the index stays, too.

    Files of removed decks are removed from dist/.
    stale: recorded run → path of a file that changed since it was recorded.
    Raises DeckErrors if every deck has errors.
    """
    sources = builds[0].sources
    owners, wrong = _owners(sources, [deck_build.deck.path for deck_build in builds])
    made: dict[str, Made] = {}
    notes: list[str] = []
    layouts: dict[str, Layout] = {}
    for deck_build in builds:
        path = deck_build.deck.path
        try:
            files, told, layout = _files(deck_build, kinds, stale, progress)
        except DeckErrors as several:
            wrong.setdefault(path, []).extend(several.errors)
        except DeckError as error:
            wrong.setdefault(path, []).append(error)
        else:
            if path not in wrong:
                made |= files
                notes += told
                layouts |= {path: layout} if layout else {}
    if len(wrong) == len(builds):
        raise DeckErrors(error for several in wrong.values() for error in several)
    if not wrong and {deck_build.deck.path for deck_build in builds} == set(sources.all_decks()):
        made |= _index(builds, made, progress)
    unmade = {path for path in output.listed(sources.root) if path not in owners and not _outside(sources, path)}
    changes = output.apply_writes(sources.root, [Write(path, file.data) for path, file in made.items()], unmade)
    output.remember(sources.root, made, unmade)
    errors = {path: tuple(several) for path, several in wrong.items()}
    return Published(changes, tuple(dict.fromkeys(notes)), errors, layouts)


def _files(
    deck_build: DeckBuild, kinds: Sequence[str], stale: Mapping[RunId, str], progress: Progress
) -> tuple[dict[str, Made], list[str], Layout | None]:
    """Return the files of a deck that must be written, notes, and the layout of a new PDF; raises DeckErrors."""
    deck, results, sources = deck_build.deck, deck_build.results, deck_build.sources
    if missing := _missing(deck, results):
        raise DeckErrors(missing)
    made: dict[str, Made] = {}
    notes: list[str] = []
    known: Layout | None = None
    for kind in kinds:
        path = output_path(f"{deck.name}.{kind}")
        before = output.made(sources.root, path)
        if before and before.key == deck_build.key:
            continue
        progress(path, 0, 0)
        if kind.endswith("html"):
            made[path] = Made(deck_build.html(notes=kind != "html"), deck_build.key)
            continue
        made[path], told, layout = _pdf(deck_build, kind, before)
        notes += [f"{path}: {warning}" for warning in told]
        known = layout or known
    if "html" in kinds:
        write = provenance_file(deck, results, sources, stale)
        made[write.path] = Made(write.data, "" if stale else deck_build.key)
    return made, notes, known


def wrong_decks(
    decks: Sequence[Deck], results: Results, sources: Sources, runs: Collection[RunId] | None = None
) -> dict[str, tuple[DeckError, ...]]:
    """Return path of a deck → errors, for everything on its slides that the results do not contain.

    runs: look only at what shows one of these runs and has a result.
    """
    wrong: dict[str, tuple[DeckError, ...]] = {}
    for deck in decks:
        slides = tuple(slide for slide in deck.slides if runs is None or any(_uses(use, runs) for use in slide.uses))
        if not slides:
            continue
        missing = _missing(deck, results)
        errors = missing if runs is None else []
        try:
            palette = deck_theme(deck, sources).palette
            slide_views(replace(deck, slides=slides), results, palette, "screen", notes=True)
        except DeckErrors as several:
            mine = {use.at for slide in slides for use in slide.uses if runs is None or _uses(use, runs)}
            mine -= {error.at for error in missing if error.at}
            errors += [error for error in several.errors if runs is None or error.at in mine]
        if errors:
            wrong[deck.path] = DeckErrors(errors).errors
    return wrong


def _uses(use: Use, runs: Collection[RunId]) -> bool:
    return any(run in runs for run in runs_of(use))


def _missing(deck: Deck, results: Results) -> list[DeckError]:
    """Return an error for each use of a run without a result."""
    errors = []
    for use in (use for slide in deck.slides for use in slide.uses):
        for run in runs_of(use):
            try:
                result_of(results, run, use.at)
            except DeckError as error:
                errors.append(error)
    return errors


def file_sizes(
    builds: Sequence[DeckBuild], made: Mapping[str, Made] = MappingProxyType({})
) -> dict[str, dict[str, int]]:
    """Return name of a deck → ending of a file → size in bytes, for files in dist/ that are up to date.

    made: files that will replace those in dist/.
    """
    found: dict[str, dict[str, int]] = {}
    for deck_build, kind in itertools.product(builds, KINDS):
        path = output_path(f"{deck_build.deck.name}.{kind}")
        file = made.get(path) or output.made(deck_build.sources.root, path)
        if file and file.key == deck_build.key:
            found.setdefault(deck_build.deck.name, {})[kind] = len(file.data)
    return found


def _owners(sources: Sources, built: Sequence[str]) -> tuple[set[str], dict[str, list[DeckError]]]:
    """Return the files in dist/ that belong to decks, and errors of the built decks that share one with another."""
    owners = {output_path(INDEX): "the index of all decks"}
    folded = dict(owners)  # on macOS and Windows, names that differ only in case are one file
    wrong: dict[str, list[DeckError]] = {}
    for path in dict.fromkeys([*sources.all_decks(), *built]):
        for kind in ENDINGS:
            file = output_path(f"{Path(path).stem}.{kind}")
            if other := folded.get(file.lower()):
                where = "" if file in owners else " on macOS and Windows"
                message = f"{other} and this deck have the same file{where}, {file}"
                error = DeckError(message, Location(path), "rename the deck")
                for one in {path, other} & {*built}:
                    wrong.setdefault(one, []).append(error)
            owners[file] = folded[file.lower()] = path
    return set(owners), wrong


def _outside(sources: Sources, path: str) -> bool:
    """Tell whether a file in dist/ may be of a deck beside slides/."""
    name = PurePosixPath(path).name
    return any((sources.root / f"{name.removesuffix(f'.{kind}')}.md").is_file() for kind in ENDINGS)


def _pdf(deck_build: DeckBuild, kind: str, before: Made | None) -> tuple[Made, Sequence[str], Layout | None]:
    """Return a PDF, WeasyPrint's warnings, and for the slides' own PDF their layout, if it is known.

    before: the file in dist/, which is used again if its page has not changed.
    """
    text, fonts = deck_build.print_page(kind)
    page = page_key(text, fonts)
    warnings: tuple[str, ...] = ()
    if before and before.page == page:
        data, layout = before.data, remembered_layout(deck_build, before.key)
    else:
        painted = Cache(deck_build.sources.root, "painted")
        data, warnings, layout = write_pdf(text, fonts, painted, f"{deck_build.deck.name}.{kind}")
    own = remember_layout(deck_build, layout) if layout and kind == "pdf" else None
    return Made(data, deck_build.key, page), warnings, own


def _index(builds: Sequence[DeckBuild], made: Mapping[str, Made], progress: Progress) -> dict[str, Made]:
    """Return the index, which links the current files of the decks; {} if it is up to date."""
    root = builds[0].sources.root
    known = file_sizes(builds, made)
    key = hashing.digest(json.dumps([[deck_build.key for deck_build in builds], known]).encode())
    before = output.made(root, output_path(INDEX))
    if before and before.key == key:
        return {}
    progress(output_path(INDEX), 0, 0)
    first = builds[0]
    written = index.write([deck_build.deck for deck_build in builds], first.results, first.theme, first.fonts, known)
    return {written.path: Made(written.data, key)}
