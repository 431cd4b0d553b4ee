"""Runs of snippets: which the decks need, how they run, what is kept of them.

The room's face: from other rooms, only these names are used.
"""

from verideck.run.compare import compare_result, compare_results, unequal, version_changes
from verideck.run.failures import snippet_error
from verideck.run.local import Runner
from verideck.run.planner import other_decks, plan, select_runs
from verideck.run.recipe import Environment, Recipe, environment, is_fresh, make_recipe, recipe_key
from verideck.run.record import (
    RECORD_PATH,
    figure_paths,
    orphaned_drawings,
    read_record,
    record_writes,
    stale_runs,
    unrecorded_drawings,
)
from verideck.run.scheduler import RunReport, make_runner, run_all, run_environment, stored_or_run, why_stale
from verideck.run.serialize import result_to_json
from verideck.run.store import Store

__all__ = [
    "RECORD_PATH",
    "Environment",
    "Recipe",
    "RunReport",
    "Runner",
    "Store",
    "compare_result",
    "compare_results",
    "environment",
    "figure_paths",
    "is_fresh",
    "make_recipe",
    "make_runner",
    "orphaned_drawings",
    "other_decks",
    "plan",
    "read_record",
    "recipe_key",
    "record_writes",
    "result_to_json",
    "run_all",
    "run_environment",
    "select_runs",
    "snippet_error",
    "stale_runs",
    "stored_or_run",
    "unequal",
    "unrecorded_drawings",
    "version_changes",
    "why_stale",
]
