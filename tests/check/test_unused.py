"""Snippets, regions and callouts that no slide shows."""

from __future__ import annotations

import pytest

from tests.check.faults import (
    SCRIPT,
    Faces,
    Fault,
    found_alone,
)
from tests.decks import deck_of
from tests.harness import DeckTest
from verideck.check import unused
from verideck.core.run_model import Result, RunId

pytestmark = pytest.mark.slow

FAULTS = [
    Fault(
        "a snippet that no slide uses",
        "warning unused snippets/b.py: no slide uses this",
        files={"snippets/b.py": "b = 1\n"},
    ),
    Fault("a region that no slide uses", "warning unused snippets/a.py:1: 'fit'", edit=(":steps: fit\n", "")),
    Fault(
        "a callout to what is not shown",
        "warning unused a.md:9: the callout 'out'",
        "```{snippet} a.py#fit\nout: here\n```",
        files={"snippets/a.py": f"{SCRIPT}# region out\nb = 1\n# endregion\n"},
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_named_and_placed(fault: Fault, deck: DeckTest, faces: Faces) -> None:
    found_alone(fault, deck, faces)


REGIONS = "# region fit\nx = 1\n# endregion\n# region out\nprint(x)\n# endregion\n"
SEVERAL = {"a.py": REGIONS, "b.py": "y = 1\n", "c.py": ""}


def test_what_is_shown_run_or_imported_is_used() -> None:
    deck, sources = deck_of("# One\n\n{eval}`a.py: x`\n", SEVERAL)
    results = {RunId("snippets/a.py"): Result(inputs=(("snippets/b.py", "00"),))}
    # In memory there is no folder to look into.
    assert list(unused.snippets([deck], results, sources)) == []


def test_a_region_is_used_by_a_step_a_callout_or_its_name() -> None:
    deck, sources = deck_of("# One\n\n```{snippet} a.py\n:steps: fit\n```\n", SEVERAL)
    (found,) = (one for _, one in unused.regions([deck], sources))
    assert (str(found.at), "'out'" in found.message) == ("snippets/a.py:4", True)
    whole, _ = deck_of("# One\n\n```{snippet} a.py#out\n```\n\n```{snippet} a.py\nfit: x\n```\n", SEVERAL)
    assert list(unused.regions([whole], sources)) == []


def test_a_callout_points_at_what_is_shown() -> None:
    deck, sources = deck_of("# One\n\n```{snippet} a.py#fit\nfit: here\nout: there\n```\n", SEVERAL)
    (found,) = unused.callouts(deck.slides[0], sources)
    assert str(found.at) == "slides/a.md:5"
