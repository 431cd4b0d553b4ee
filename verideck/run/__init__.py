"""Runs of snippets: plan, execute, store, record and compare them.

Other rooms use only the names listed here.
"""

from verideck.run.compare import STREAMS, compare_result, compare_results, unequal, value_name, version_changes
from verideck.run.executor import Executor
from verideck.run.failures import snippet_error
from verideck.run.local import imports, local_executor
from verideck.run.planner import other_decks, plan, select_runs
from verideck.run.plotly import with_style
from verideck.run.recipe import environment
from verideck.run.record import (
    RECORD_PATH,
    changed_frozen,
    figure_paths,
    orphaned_drawings,
    read_record,
    record_writes,
    stale_runs,
    unrecorded_drawings,
    without_other_format,
)
from verideck.run.scheduler import RunReport, Scheduler, Ticket, schedule
from verideck.run.serialize import result_to_json
from verideck.run.why import why_stale

__all__ = [
    "RECORD_PATH",
    "STREAMS",
    "Executor",
    "RunReport",
    "Scheduler",
    "Ticket",
    "changed_frozen",
    "compare_result",
    "compare_results",
    "environment",
    "figure_paths",
    "imports",
    "local_executor",
    "orphaned_drawings",
    "other_decks",
    "plan",
    "read_record",
    "record_writes",
    "result_to_json",
    "schedule",
    "select_runs",
    "snippet_error",
    "stale_runs",
    "unequal",
    "unrecorded_drawings",
    "value_name",
    "version_changes",
    "why_stale",
    "with_style",
    "without_other_format",
]
