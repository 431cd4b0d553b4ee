"""The table of all rules, and waivers: rules that a slide may break, with a reason.

A waiver is an attribute of a slide's heading: `allow="typed-numbers: as printed in the paper"`; several are separated
by `;`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Literal

from verideck.core.deck_model import Slide
from verideck.core.errors import did_you_mean
from verideck.core.messages import typed
from verideck.core.run_model import Finding, Location

Group = Literal["results", "stage", "texts", "talk", "verify"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. All findings are made by `RULE.finding(…)`."""

    code: str
    """Permanent identifier, never used for another rule."""
    name: str
    """Name in decks, reports and `allow`."""
    level: Literal["error", "warning"]
    """Errors fail `verify`; warnings fail `verify --strict` only."""
    sentence: str
    """Description in one sentence."""
    remedy: str
    """Default hint of its findings; commands are written as `verideck …`."""
    group: Group
    """What it checks. Rules of the group `verify` cannot be waived."""

    def finding(self, slide: int, at: Location, message: str, hint: str = "") -> Finding:
        """Return a finding on a slide (0: not on a slide) at a location."""
        return Finding(self.level, self.name, slide, at, message, hint or typed(self.remedy))


TYPED_NUMBERS = Rule(
    "V101",
    "typed-numbers",
    "error",
    "A number is typed on the slide although one of the slide's snippets computes it.",
    "write the value as {eval}`FILE: EXPRESSION:FORMAT`",
    "results",
)
ROUNDING_EDGE = Rule(
    "V102",
    "rounding-edge",
    "warning",
    "A value changed by less than the tolerance, but the slide shows a different text.",
    "show fewer digits, or accept it with `verideck figures`",
    "results",
)
UNSEEDED = Rule(
    "V103",
    "unseeded",
    "warning",
    "A script draws random numbers from a generator that has no seed.",
    "give it a seed: `default_rng(0)`, `seed=0`, `random_state=0`",
    "results",
)
UNSTABLE = Rule(
    "V104",
    "unstable",
    "error",
    "A second run under another hash seed gave a different result; only `verify --twice` checks this.",
    "sort sets before you use them, seed random numbers, and do not ask for the time",
    "results",
)
EMPTY_OUTPUT = Rule(
    "V105",
    "empty-output",
    "warning",
    "`{output}` shows a script that prints nothing.",
    "print what the slide is to show, or remove `{output}`",
    "results",
)
OUTSIDE_INPUT = Rule(
    "V106",
    "outside-input",
    "warning",
    "A result depends on a file outside the project, which may be missing or different on another computer.",
    "move it into the project, or declare it in the script: `# inputs: ../data.csv`",
    "results",
)
STILL = Rule(
    "V107",
    "still",
    "warning",
    "`{figure} FILE` shows only the first frame of an animation.",
    "write `{figure} FILE@*` for all frames, or `FILE@1` for the first",
    "results",
)
OVERFLOW = Rule(
    "V201",
    "overflow",
    "error",
    "Content does not fit on its slide, in its column or in its box.",
    "shorten the text, or split the slide",
    "stage",
)
SMALL_TEXT = Rule(
    "V202",
    "small-text",
    "warning",
    "Text is smaller than 14 px on a slide of 1280 × 720 px.",
    "show less text, or make it larger",
    "stage",
)
CONTRAST = Rule(
    "V203",
    "contrast",
    "error",
    "The contrast of text is below 4.5:1, or that of large text or graphics below 3:1, in the light or dark theme.",
    "use a colour of the deck: `w`, `lam`, `err`, `data`, `soft`, or `paper` on a filled area",
    "stage",
)
GLYPH = Rule(
    "V301",
    "glyph",
    "error",
    "No embedded font has this character. Other machines may show an empty box.",
    "write another character",
    "texts",
)
ALT = Rule(
    "V302",
    "alt",
    "error",
    "A picture or a figure has no alternative text.",
    "write `![what it shows](name.png)`",
    "texts",
)
OUTSIDE = Rule(
    "V303",
    "outside",
    "error",
    "The slide would load something from outside the deck's file.",
    "put the picture beside the deck and write `![what it shows](name.png)`",
    "texts",
)
BROKEN_LINK = Rule(
    "V304",
    "broken-link",
    "error",
    "A link leads to a slide, a deck or a file that does not exist.",
    "link to an address that others can reach",
    "texts",
)
EMPTY_LINK = Rule(
    "V305",
    "empty-link",
    "warning",
    "A link has no text or no address.",
    "write `[text](address)`",
    "texts",
)
DUPLICATE_ID = Rule(
    "V306",
    "duplicate-id",
    "error",
    "An id occurs twice in the deck, or the page itself uses it.",
    "rename one of them",
    "texts",
)
HEADING_ORDER = Rule(
    "V307",
    "heading-order",
    "warning",
    "A heading skips a level, has no text, or is a second title of its slide.",
    "write the headings of a slide as `#`, then `##`, then `###`",
    "texts",
)
RIGHT_TO_LEFT = Rule(
    "V308",
    "right-to-left",
    "error",
    "Text runs from right to left. The PDF would show its letters in the wrong order.",
    "show this text as a picture, or write it in another script",
    "texts",
)
DISGUISED = Rule(
    "V309",
    "disguised",
    "error",
    "Code or text is not what it looks like: it has invisible or look-alike characters, or some that change its order.",
    "remove the character, or write it as an escape",
    "texts",
)
FOREIGN = Rule(
    "V310",
    "foreign",
    "warning",
    "The slide holds what another tool would read otherwise; it is shown as text here, or left out.",
    "write it as decks here do, or `\\` before it",
    "texts",
)
UNUSED = Rule(
    "V401",
    "unused",
    "warning",
    "No slide uses this snippet or region, or a callout points at lines that its slide does not show.",
    "show it, or remove it",
    "talk",
)
NOTES = Rule(
    "V402",
    "notes",
    "error",
    "The slide has no speaker notes although other slides of the deck have some. Slides with "
    "`.title`, `.section` or `.closing` need none.",
    "write `::: notes`, what to say, and `:::`",
    "talk",
)
TIME = Rule(
    "V403",
    "time",
    "warning",
    "The slides' `seconds` or the notes take longer than the talk's `duration`, or a slide's notes than its `seconds`.",
    "shorten the notes",
    "talk",
)
EDITIONS = Rule(
    "V404",
    "editions",
    "warning",
    "An edition in another language (NAME.LANG.md) differs from its original (NAME.md) in its slides or results.",
    "change one of them, so that both show the same",
    "talk",
)
ALLOW = Rule(
    "V901",
    "allow",
    "error",
    "`allow` names an unknown rule or gives no reason.",
    'write `allow="RULE: the reason"`',
    "verify",
)
UNUSED_ALLOW = Rule(
    "V902",
    "unused-allow",
    "warning",
    "`allow` waives a rule that the slide does not break.",
    "remove it from `allow`",
    "verify",
)
STALE = Rule(
    "V903",
    "stale",
    "warning",
    "A file changed after the result was recorded, but the result is the same.",
    "accept it with `verideck figures`",
    "verify",
)
UNSHOWN = Rule(
    "V904",
    "unshown",
    "warning",
    "figures/ has a result or a figure that no deck shows.",
    "run `verideck figures`, which removes it",
    "verify",
)
OUTDATED = Rule(
    "V906",
    "outdated",
    "error",
    "A file in dist/ is not what a build writes now: it was edited, or built from older sources or results.",
    "build it again: `verideck`",
    "verify",
)
UNKNOWN_OUTPUT = Rule(
    "V907",
    "unknown-output",
    "warning",
    "A PDF in dist/ may be outdated: it is not listed in .cache/. HTML and JSON files are always compared.",
    "build it again: `verideck`",
    "verify",
)
FROZEN = Rule(
    "V908",
    "frozen",
    "error",
    "The kept result of a frozen run was edited, or its script or a file that it used changed since.",
    "make it anew with `verideck figures --thaw FILE`, or restore what changed",
    "verify",
)

RULES = {rule.name: rule for rule in list(globals().values()) if isinstance(rule, Rule)}
"""Name → rule, in the order of codes."""


def names(*groups: Group) -> tuple[str, ...]:
    """Return the names of the rules in these groups."""
    return tuple(rule.name for rule in RULES.values() if rule.group in groups)


WAIVABLE = names("results", "stage", "texts", "talk")
"""Names of rules that `allow` may waive."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule that is waived on a slide."""

    rule: str
    """The rule's name."""
    reason: str
    """The author's reason."""
    at: Location
    """Location of the slide's heading."""
    findings: tuple[Finding, ...]
    """The waived findings."""


def waive(
    slide: Slide, findings: Iterable[Finding], checked: Container[str] = WAIVABLE
) -> tuple[tuple[Finding, ...], tuple[Waiver, ...]]:
    """Return the findings that are not waived, and the slide's waivers with the waived ones.

    checked: the rules that were checked. A waiver of another rule is not reported as unused.
    """
    findings = tuple(findings)
    allowed, wrong = _read_allow(slide)
    left = tuple(finding for finding in findings if finding.rule not in allowed)
    waivers = []
    for rule, reason in allowed.items():
        covered = tuple(finding for finding in findings if finding.rule == rule)
        waivers.append(Waiver(rule, reason, slide.at, covered))
        if not covered and rule in checked:
            message = f"allow waives '{rule}', which this slide does not break"
            wrong.append(UNUSED_ALLOW.finding(slide.number, slide.at, message))
    return (*left, *wrong), tuple(waivers)


def _read_allow(slide: Slide) -> tuple[dict[str, str], list[Finding]]:
    """Return rule → reason from a slide's `allow`, and findings about it."""
    allowed: dict[str, str] = {}
    wrong = []
    for part in filter(None, map(str.strip, slide.allow.split(";"))):
        rule, _, reason = (piece.strip() for piece in part.partition(":"))
        if rule not in WAIVABLE:
            hint = did_you_mean(rule, WAIVABLE) or f"use one of {', '.join(WAIVABLE)}"
            wrong.append(ALLOW.finding(slide.number, slide.at, f"unknown rule '{rule}' in allow", hint))
        elif not reason:
            message = f"allow gives no reason for '{rule}'"
            hint = f'write the reason: allow="{rule}: the reason"'
            wrong.append(ALLOW.finding(slide.number, slide.at, message, hint))
        else:
            allowed[rule] = reason
    return allowed, wrong
