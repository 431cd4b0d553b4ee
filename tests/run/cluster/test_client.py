"""Runs on workers: whom they are given to, what is run here instead, and what happens where machines are lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.harness import DeckTest
from tests.run.machines import Machines, add, machines, wait
from tests.run.project import make_run
from verideck.core.errors import UsageError
from verideck.run.cluster.client import ClusterExecutor
from verideck.run.local import LocalExecutor

pytest.importorskip("distributed", reason="without Dask: pip install distributed")
pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "project/snippets").mkdir(parents=True)
    return tmp_path / "project"


@pytest.fixture
def on_two(root: Path, two_workers: Machines) -> Iterator[ClusterExecutor]:
    with closing(ClusterExecutor(LocalExecutor(root), two_workers.address)) as made:
        yield made


def test_where_nobody_answers_the_address_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verideck.run.cluster.client.WAIT", 0.5)
    with (
        closing(ClusterExecutor(LocalExecutor(root), "tcp://127.0.0.1:1")) as executor,
        pytest.raises(UsageError, match=r"no cluster answers at 'tcp://127[.]0[.]0[.]1:1'"),
    ):
        executor.warm()


def test_a_run_that_uses_a_file_outside_runs_here_and_says_so(on_two: ClusterExecutor, tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("far")
    result = on_two.submit(make_run(f"print(open({str(tmp_path)!r} + '/there.csv').read())")).result(30)
    assert result.stdout == "far\n"
    assert on_two.notes == ["a.py ran on this machine: it uses '../there.csv', which is outside of the project"]


def test_a_run_that_uses_a_file_that_does_not_travel_runs_here(on_two: ClusterExecutor, root: Path) -> None:
    (root / ".env").write_text("secret")
    source = "from pathlib import Path\nprint((Path(__file__).parent.parent / '.env').exists())"
    assert on_two.submit(make_run(source)).result(30).stdout == "True\n"
    assert len(on_two.notes) == 1
    assert "it uses files that tcp://" in on_two.notes[0]


def test_a_run_that_fails_there_alone_runs_here(on_two: ClusterExecutor, root: Path) -> None:
    (root / ".token").write_text("secret")
    source = "from pathlib import Path\nprint((Path(__file__).parent.parent / '.token').read_text())"
    assert on_two.submit(make_run(source)).result(30).stdout == "secret\n"
    assert "it failed on tcp://" in on_two.notes[0]


def test_workers_with_other_packages_are_left_out_and_named(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other/odd-1.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    with machines(tmp_path, 1, path=str(other.parent)) as found:
        alone = ClusterExecutor(LocalExecutor(root), found.address)
        with closing(alone), pytest.raises(UsageError, match=r"no worker .* fits: .*package odd 1.0 \(here missing\)"):
            alone.warm()
        add(found, tmp_path / "fitting")
        wait(lambda: "Registered to" in (tmp_path / "fitting/log").read_text())
        with closing(ClusterExecutor(LocalExecutor(root), found.address)) as executor:
            assert executor.submit(make_run("print(1)")).result(30).stdout == "1\n"
            assert [note for note in executor.notes if "is left out: package odd 1.0" in note]


def test_a_run_whose_worker_is_lost_is_run_by_another_and_a_lost_scheduler_is_told(root: Path, tmp_path: Path) -> None:
    marker = tmp_path / "began"
    source = f"import time\nopen({str(marker)!r} + str(time.time()), 'w').close()\ntime.sleep(2)\nprint(1)"
    with (
        machines(tmp_path, 2) as found,
        closing(ClusterExecutor(LocalExecutor(root), found.address)) as executor,
    ):
        future = executor.submit(make_run(source))
        wait(lambda: bool([*tmp_path.glob("began*")]))
        running = [address for address, tasks in executor._client.processing().items() if tasks]
        logs = [(tmp_path / f"worker{number}/log").read_text() for number in range(2)]
        (lost,) = (number for number, log in enumerate(logs) if running[0] in log)
        found.workers[lost].kill()
        assert future.result(60).stdout == "1\n"
        assert len([*tmp_path.glob("began*")]) == 2
        last = executor.submit(make_run("import time; time.sleep(60)"))
        found.scheduler.kill()
        with pytest.raises(UsageError, match=f"the cluster at '{found.address}' is gone"):
            last.result(60)


def test_a_build_on_workers_has_the_same_bytes(deck: DeckTest, two_workers: Machines) -> None:
    deck.write("snippets/a.py", "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nx = 0.1 + 0.2\n")
    deck.write("slides/a.md", "# One\n\n{eval}`a.py: x`\n\n```{figure} a.py\n:alt: A line\n```\n")
    deck.run("build").fine()

    def files() -> dict[str, bytes]:
        folders = (deck.root / name for name in ("dist", ".cache/results"))
        return {file.name: file.read_bytes() for folder in folders for file in folder.iterdir()}

    before = files()
    deck.run("clean").fine()
    deck.run("build", "--cluster", two_workers.address).fine()
    assert files() == before
