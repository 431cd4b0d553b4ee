"""Many runs: 1,000 of 0.05 s and 200 of 1 s, on this machine, on Dask's local cluster, on a scheduler and two workers.

The floor is the work divided by the number of processors: what scripts do that only wait. Seconds are of the clock,
from the first submission to the last result; the interpreters, and the project on the workers, are there before.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.run.machines import machines  # noqa: E402
from tests.run.project import make_run  # noqa: E402
from verideck.run.cluster.client import ClusterExecutor  # noqa: E402
from verideck.run.local import LocalExecutor  # noqa: E402


@contextmanager
def executors(root: Path, folder: Path) -> Iterator[dict[str, LocalExecutor | ClusterExecutor]]:
    """Start all three."""
    with (
        machines(folder, os.cpu_count() or 2) as two,
        closing(LocalExecutor(root)) as here,
        closing(ClusterExecutor(LocalExecutor(root), "local")) as local,
        closing(ClusterExecutor(LocalExecutor(root), two.address)) as remote,
    ):
        yield {"this machine": here, "--cluster local": local, "scheduler and workers": remote}


def measure(executor: LocalExecutor | ClusterExecutor, count: int, seconds: float) -> float:
    """Return how long runs take that wait for some seconds."""
    runs = [make_run(f"import time\ntime.sleep({seconds})\nprint({number})") for number in range(count)]
    executor.submit(runs[0]).result()
    start = time.perf_counter()
    futures = [executor.submit(run) for run in runs]
    assert [future.result().stdout for future in futures] == [f"{number}\n" for number in range(count)]
    return time.perf_counter() - start


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--counts", type=int, nargs=2, default=[1000, 200])
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    print(f"{platform.platform()}, {cores} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    print(f"{'runs':>5} {'of s':>5} {'where':22} {'s':>7} {'floor':>6}")
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "project"
        (root / "snippets").mkdir(parents=True)
        with executors(root, Path(temporary)) as ways:
            for count, seconds in zip(options.counts, (0.05, 1.0), strict=True):
                found: dict[str, list[float]] = {way: [] for way in ways}
                for _ in range(options.runs):
                    for way, executor in ways.items():
                        found[way].append(measure(executor, count, seconds))
                for way, times in found.items():
                    taken, floor = statistics.median(times), count * seconds / cores
                    print(f"{count:5} {seconds:5} {way:22} {taken:7.2f} {taken / floor:6.2f}", flush=True)


if __name__ == "__main__":
    main()
