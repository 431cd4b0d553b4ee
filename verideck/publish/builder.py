"""Builds the files in dist/: decides which files are made again and which are removed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from verideck.core import hashing
from verideck.core.cache import Cache
from verideck.core.deck_model import Deck, runs_of
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.folders import INDEX, KINDS, output_path
from verideck.core.progress import Progress
from verideck.core.project import Sources
from verideck.core.run_model import Location, Results, RunId, Write
from verideck.publish import index, output
from verideck.publish.deck_build import DeckBuild, deck_theme, page_key
from verideck.publish.layouts import remember_layout, remembered_layout
from verideck.publish.output import Made
from verideck.render import Layout, provenance_file, result_of, slide_views, write_pdf
from verideck.typeset.fonts import Fonts


@dataclass(frozen=True, slots=True)
class Published:
    """What `build` did."""

    changes: output.Changes
    notes: tuple[str, ...]
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
    """Write each deck's files of these kinds and its provenance; for all decks together, also the index. All or none.

    Files of removed decks are removed from dist/.
    stale: recorded run → path of a file that changed since it was recorded.
    Raises DeckErrors if a result is missing, or if two decks have a file of the same name.
    """
    sources, results = builds[0].sources, builds[0].results
    decks = [deck_build.deck for deck_build in builds]
    owners = _owners(sources)
    if missing := _missing(decks, results):
        raise DeckErrors(missing)
    made: dict[str, Made] = {}
    notes: list[str] = []
    layouts: dict[str, Layout] = {}
    for deck_build, kind in itertools.product(builds, kinds):
        path = output_path(f"{deck_build.deck.name}.{kind}")
        before = output.made(sources.root, path)
        if before and before.key == deck_build.key:
            continue
        progress(path, 0, 0)
        if kind.endswith("html"):
            made[path] = Made(deck_build.html(notes=kind != "html"), deck_build.key)
            continue
        made[path], told, layout = _pdf(deck_build, kind, before)
        notes += [f"{path}: {warning}" for warning in told]
        if layout:
            layouts[deck_build.deck.path] = layout
    if "html" in kinds:
        written = ((one, provenance_file(one.deck, results, sources, stale)) for one in builds)
        made |= {write.path: Made(write.data, "" if stale else one.key) for one, write in written}
    if {deck.path for deck in decks} == set(sources.decks()):
        made |= _index(builds, made, progress)
    unmade = {path for path in output.listed(sources.root) if path not in owners}
    changes = output.apply_writes(sources.root, [Write(path, file.data) for path, file in made.items()], unmade)
    output.remember(sources.root, made, unmade)
    return Published(changes, tuple(dict.fromkeys(notes)), layouts)


def check_shown(decks: Sequence[Deck], results: Results, sources: Sources) -> None:
    """Raise DeckErrors for everything on a slide that the results do not contain."""
    errors = _missing(decks, results)
    for deck in decks:
        try:
            slide_views(deck, results, deck_theme(deck, sources).palette, "screen", notes=True)
        except DeckErrors as several:
            errors += several.errors
    if errors:
        raise DeckErrors(errors)


def _missing(decks: Sequence[Deck], results: Results) -> list[DeckError]:
    """Return an error for each use of a run without a result."""
    errors = []
    for use in (use for deck in decks for slide in deck.slides for use in slide.uses):
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


def _owners(sources: Sources) -> dict[str, str]:
    """Return path of a file in dist/ → path of its deck; raises DeckErrors if two decks have the same file."""
    owners = {output_path(INDEX): "the index of all decks"}
    folded = dict(owners)  # on macOS and Windows, names that differ only in case are one file
    errors = []
    for path in sources.decks():
        for kind in (*KINDS, "json"):
            file = output_path(f"{Path(path).stem}.{kind}")
            if other := folded.get(file.lower()):
                where = "" if file in owners else " on macOS and Windows"
                message = f"{other} and this deck have the same file{where}, {file}"
                errors.append(DeckError(message, Location(path), "rename the deck"))
            owners[file] = folded[file.lower()] = path
    if errors:
        raise DeckErrors(errors)
    return owners


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
