"""Snippets, regions and callouts that no slide shows."""

from __future__ import annotations

import pytest

from tests.check.faults import (
    SCRIPT,
    Faces,
    Fault,
    found_alone,
)
from tests.harness import DeckTest

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
