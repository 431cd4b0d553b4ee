"""The accents of our themes can be told apart by everyone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import pytest

from tests.harness import ROOT
from verideck.core.project import Sources
from verideck.core.theme import ACCENTS, BASE, DEFAULT, load_theme, theme_names

VISION = {
    "everyone": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Linear RGB as it is seen: Machado, Oliveira, Fernandes 2009, severity 1."""
XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)
LEAST = 10.0
"""Difference in CIELAB (ΔE 1976) at which neighbours in a legend are told apart; 2.3 is just noticeable."""


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def seen(colour: str, vision: str) -> tuple[float, ...]:
    """Return a colour in CIELAB as it is seen."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    rgb = [min(max(dot(row, linear), 0), 1) for row in VISION[vision]]
    f = []
    for row, white in zip(XYZ, WHITE, strict=True):
        part = dot(row, rgb) / white
        f.append(math.cbrt(part) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("name", theme_names(Sources(ROOT)))
def test_eight_accents_and_ink_differ_for_everyone(name: str) -> None:
    palette = load_theme(Sources(ROOT), name).palette
    for mode, colours in (*palette.modes.items(), ("base", BASE)):
        for vision in VISION:
            several = {role: seen(colours[role], vision) for role in (*ACCENTS, "ink")}
            worst = min((math.dist(several[a], several[b]), a, b) for a, b in combinations(several, 2))
            assert worst[0] >= LEAST, f"{name}, {mode}: {worst} with {vision}"


def test_the_default_theme_has_the_colours_that_figures_are_drawn_in() -> None:
    light = load_theme(Sources(ROOT), DEFAULT).palette.light
    assert {role: light[role] for role in BASE} == BASE
