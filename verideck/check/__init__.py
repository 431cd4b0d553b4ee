"""The checks: find where decks and results break the rules.

Other rooms use only the names listed here.
"""

from verideck.check.checklist import Checklist, make_checklist
from verideck.check.presented import outdated
from verideck.check.registry import RULES
from verideck.check.results import drawing_notes
from verideck.check.runner import CheckReport, check
from verideck.check.theme_check import check_theme
from verideck.check.verdict import Page, Verdict, remarks, verify
from verideck.check.verify_page import VERIFY_PAGE, verify_html

__all__ = [
    "RULES",
    "VERIFY_PAGE",
    "CheckReport",
    "Checklist",
    "Page",
    "Verdict",
    "check",
    "check_theme",
    "drawing_notes",
    "make_checklist",
    "outdated",
    "remarks",
    "verify",
    "verify_html",
]
