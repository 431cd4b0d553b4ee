"""What tests of running share: a project whose snippets run in each of the ways that there are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.run.machines import Machines, machines
from tests.run.project import Project
from verideck.run.local import LocalExecutor


@pytest.fixture(scope="module", params=["warm", "cold", "alone"])
def in_each_way(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    root = tmp_path_factory.mktemp(request.param)
    (root / "snippets").mkdir()
    with closing(LocalExecutor(root, jobs=2, cold=request.param == "cold", fork=request.param != "alone")) as runner:
        yield Project(root, runner)


@pytest.fixture(scope="session")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    pytest.importorskip("distributed", reason="without Dask: pip install distributed")
    with machines(tmp_path_factory.mktemp("cluster"), 2) as found:
        yield found


@pytest.fixture
def project(in_each_way: Project) -> Project:
    shutil.rmtree(in_each_way.root / "snippets")
    (in_each_way.root / "snippets").mkdir()
    return in_each_way
