"""Reports of commands as text for a terminal, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from verideck.check import RULES, VERIFY_PAGE, Checklist, Page, Verdict, drawing_notes
from verideck.commands import Report
from verideck.core import format_numbers
from verideck.core.errors import DeckError, DeckErrors, LineOf, format_error
from verideck.core.messages import command
from verideck.core.run_model import Finding, RunId
from verideck.core.unseen import escaped
from verideck.publish import Changes


def built(done: Report) -> str:
    """Return the report of `build`."""
    lines = [_ran(done), *_files(done.changes), *_notes(done.notes)]
    if done.differences:
        several = len({difference.run for difference in done.differences})
        what = f"{several} result{'s differ' if several > 1 else ' differs'} from figures/"
        lines.append(f"note: {what}: compare with `{command('verify')}`, accept with `{command('figures')}`")
    lines += [f"warning: {one.at}: {escaped(one.message)} ({one.rule})" for one in done.findings]
    return "\n".join(lines)


def accepted(done: Report) -> str:
    """Return the report of `figures`."""
    changes = done.changes
    lines = [
        _ran(done),
        *(f"wrote {path}" for path in changes.written),
        *(f"removed {path}" for path in changes.removed),
    ]
    if not changes.written and not changes.removed:
        lines.append("figures/ already has these results")
    return "\n".join([*lines, *_notes(done.notes)])


def verified(verdict: Verdict, line_of: LineOf, strict: bool = False) -> str:
    """Return the report of `verify`: differences, findings, waivers, notes, summary; `strict`: checklists, too."""
    lines = [f"ran {_count(len(verdict.runs), 'snippet run')}, each in a new interpreter"]
    for page in verdict.pages:
        if page.differences:
            lines.append(f"{page.slide.at}: slide {page.number} {page.slide.title}")
            lines += [f"  {one.run}: {one}" for one in page.differences]
    lines += [_finding(finding, line_of) for finding in verdict.findings]
    for page in verdict.pages:
        for waiver in page.waivers:
            lines.append(f"waived: {waiver.at}: {waiver.rule} ({len(waiver.findings)}): {waiver.reason}")
    versions = (
        f"recorded with {name} {old or 'none'}, now with {new or 'none'}" for name, old, new in verdict.versions
    )
    lines += _notes([*versions, *drawing_notes(verdict.fresh), *verdict.notes])
    if strict:
        lines += [line for one in verdict.checklists for line in (*_checklist(one), "")]
    return "\n".join([*lines, *_summary(verdict)])


def _notes(notes: Iterable[str]) -> list[str]:
    return [f"note: {note}" for note in notes]


def _checklist(checklist: Checklist) -> list[str]:
    lines = [f"  {'ok' if line.fine else '!!'}  {line.name:<9} {line.text}" for line in checklist.lines]
    return [f"{checklist.deck.meta.title} ({checklist.deck.path})", *lines]


def _summary(verdict: Verdict) -> list[str]:
    levels = [finding.level for finding in verdict.findings]
    counts = [_count(levels.count(level), level) for level in ("error", "warning") if level in levels]
    count = len({difference.run for difference in verdict.differences})
    if count:
        lines = [f"{_count(count, 'result')} not as recorded; accept with `{command('figures')}`"]
        return [*lines, *([", ".join(counts)] if counts else []), f"side by side: {VERIFY_PAGE}"]
    fine = "" if verdict.fails() else "fine: "
    return ["; ".join([f"{fine}{_count(len(verdict.runs), 'result')} as recorded in figures/", *counts])]


def verified_json(verdict: Verdict, strict: bool) -> str:
    """Return a verdict as JSON. Its schema is docs/schemas/verdict.json.

    format: version, raised only when a key is removed or changes its meaning.
    fine: whether the exit code is 0. runs: number of executed runs.
    differences: [{snippet, parameters, what, before, after, detail, slides: [{deck, number, title, at}]}];
    what: `stdout`, `stderr`, `output` (both), `value EXPRESSION`, `figure N`, `error`, `record`.
    findings: [{code, rule, level, at: {path, line, column}, slide: {deck, number, title, at} or null, message, hint}].
    excused: [{rule, reason, slide, findings: their number}]. versions: [{package, recorded, ran}]. notes: [text].
    errors: why decks were left out, as in `failed_json`.
    """
    slides = {id(page): _slide_json(page) for page in verdict.pages}
    found = [(finding, slides[id(page)]) for page in verdict.pages for finding in page.findings]
    data = {
        "format": format_numbers.VERDICT,
        "fine": not verdict.fails(strict),
        "runs": len(verdict.runs),
        "differences": [
            {
                "snippet": one.run.snippet,
                "parameters": dict(one.run.parameters),
                **{name: getattr(one, name) for name in ("what", "before", "after", "detail")},
                "slides": [slides[id(page)] for page in verdict.pages if one.run in page.slide.runs],
            }
            for one in verdict.differences
        ],
        "findings": [
            _finding_json(finding, slide)
            for finding, slide in (*found, *((finding, None) for finding in verdict.others))
        ],
        "excused": [
            {"rule": one.rule, "reason": one.reason, "slide": slides[id(page)], "findings": len(one.findings)}
            for page in verdict.pages
            for one in page.waivers
        ],
        "versions": [{"package": name, "recorded": old, "ran": new} for name, old, new in verdict.versions],
        "notes": [*drawing_notes(verdict.fresh), *verdict.notes],
        "errors": [_error_json(error) for error in verdict.errors],
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def failed_json(error: DeckError | DeckErrors) -> str:
    """Return the errors that prevented a verdict, such as a failed snippet, as JSON.

    format, fine: as in `verified_json`. errors: [{at: {path, line, column} or null, message, hint, detail}].
    """
    errors = error.errors if isinstance(error, DeckErrors) else (error,)
    told = [_error_json(one) for one in errors]
    return json.dumps({"format": format_numbers.VERDICT, "fine": False, "errors": told}, ensure_ascii=False, indent=1)


def _error_json(error: DeckError) -> dict[str, object]:
    return {"at": error.at and asdict(error.at), "message": error.message, "hint": error.hint, "detail": error.detail}


def _slide_json(page: Page) -> dict[str, str]:
    return {"deck": page.deck.path, "number": page.number, "title": page.slide.title, "at": str(page.slide.at)}


def _finding_json(finding: Finding, slide: dict[str, str] | None) -> dict[str, object]:
    return {"code": RULES[finding.rule].code, **asdict(finding), "slide": slide}


def _finding(finding: Finding, line_of: LineOf) -> str:
    error = DeckError(f"{finding.message} ({finding.rule})", finding.at, finding.hint)
    return f"{finding.level}: {format_error(error, line_of)}"


def reasons(found: Mapping[RunId, tuple[str, ...] | None]) -> str:
    """Return the report of `why`."""
    lines = []
    for run, why in found.items():
        if why is None:
            lines.append(f"{run}: no result is stored, it will run")
        elif not why:
            lines.append(f"{run}: the stored result is valid")
        else:
            lines += [f"{run}: will run again", *(f"  {reason}" for reason in why)]
    return "\n".join(lines)


def _ran(done: Report) -> str:
    kept = done.planned - len(done.ran)
    if not done.ran:
        return (
            "nothing to run"
            if not kept
            else f"ran nothing; {_count(kept, 'stored result')} {'are' if kept > 1 else 'is'} valid"
        )
    return f"ran {_count(len(done.ran), 'snippet run')}" + (f", {kept} stored" if kept else "")


def _files(changes: Changes) -> list[str]:
    lines = [f"wrote {path}" for path in changes.written] + [f"removed {path}" for path in changes.removed]
    return lines or ["dist/ is up to date"]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
