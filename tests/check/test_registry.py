"""The table of rules: complete, consistent, and each rule is seen by a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.harness import ROOT
from verideck.check import registry
from verideck.check.registry import ALT, RULES, WAIVABLE, Rule
from verideck.core.run_model import Location

AT = Location("slides/a.md", 3)


def test_a_finding_has_its_rules_level_and_remedy_and_the_hint_of_its_own_where_it_has_one() -> None:
    assert ALT.finding(2, AT, "no words").hint == ALT.remedy
    found = ALT.finding(2, AT, "no words", "write some")
    assert (found.level, found.rule, found.slide, found.at) == ("error", "alt", 2, AT)
    assert (found.message, found.hint) == ("no words", "write some")


def test_codes_are_unique_and_in_order_and_begin_with_their_groups_digit() -> None:
    codes = [rule.code for rule in RULES.values()]
    assert codes == sorted(set(codes))
    assert len(codes) == len([one for one in vars(registry).values() if isinstance(one, Rule)])
    digits = {rule.group: rule.code[1] for rule in RULES.values()}
    assert all(re.fullmatch(rf"V{digits[rule.group]}\d\d", rule.code) for rule in RULES.values())
    assert len(set(digits.values())) == len(digits)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_is_told_in_a_sentence_with_a_remedy(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z`f].*\.", rule.sentence)
    assert re.fullmatch(r"[a-z`].*[^.]", rule.remedy)


def test_a_slide_is_excused_from_all_but_the_rules_of_verify_itself() -> None:
    own = {"allow", "unused-allow", "stale", "unshown", "outdated", "unknown-output", "frozen"}
    assert set(RULES) - set(WAIVABLE) == own


def test_findings_are_made_from_the_table_alone() -> None:
    files = [file for file in (ROOT / "verideck").rglob("*.py") if file.name != "registry.py"]
    assert [file.name for file in files if re.search(r"(?<!\.)\bFinding\(", file.read_text("utf-8"))] == []


def test_each_rule_is_expected_by_a_test_with_its_level() -> None:
    texts = [text for folder in ("check", "faults") for text in strings(ROOT / "tests" / folder)]
    expected = {match[1] for text in texts if (match := re.match(r"((?:error|warning) [\w-]+)(?: |$)", text))}
    assert [rule.name for rule in RULES.values() if f"{rule.level} {rule.name}" not in expected] == []


def strings(folder: Path) -> list[str]:
    """Return the strings in a folder's tests."""
    nodes = (node for file in folder.glob("test_*.py") for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_rules_are_named_by_their_groups() -> None:
    assert registry.names("stage") == tuple(rule.name for rule in RULES.values() if rule.group == "stage")
    assert set(registry.names("stage", "texts")) == {*registry.names("stage"), *registry.names("texts")}
