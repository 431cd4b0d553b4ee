"""Runs on this machine: interpreters kept warm, runs cancelled, nothing left of a build that was killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import CancelledError
from contextlib import closing
from pathlib import Path

import pytest

from tests.harness import ROOT
from tests.run.project import Project, make_run, running, warmed
from verideck.run.local import LocalExecutor, make_temporary

slow = pytest.mark.slow


@slow
def test_a_module_of_the_project_comes_before_one_that_was_imported_ahead(tmp_path: Path) -> None:
    folder = tmp_path / "snippets"
    folder.mkdir()
    with closing(warmed(tmp_path, "yaml")) as runner:
        run = make_run("import yaml\nprint(yaml.__file__.startswith(__file__[:-4]))")
        assert runner.submit(run).result().stdout == "False\n"
        (folder / "yaml.py").write_text("")
        assert runner.submit(run).result().stdout == "True\n"


@slow
def test_no_scratch_folder_is_left(project: Project) -> None:
    result = project.run("import os; open('x', 'w')\nfolder = os.getcwd()", expressions=("folder", "folder[::-1]"))
    assert result.values["folder"] == "scratch"
    assert not os.path.exists(str(result.values["folder[::-1]"])[::-1])


@slow
def test_a_warm_server_that_dies_of_its_imports_is_replaced_by_cold_runs(tmp_path: Path) -> None:
    with closing(warmed(tmp_path, "no_such_module")) as runner:
        assert runner._server
        runner._server._process.kill()
        assert runner.submit(make_run("print(1)")).result().stdout == "1\n"


@slow
def test_ctrl_c_ends_all_runs_within_two_seconds(tmp_path: Path) -> None:
    started = time.monotonic()
    runner = LocalExecutor(tmp_path, jobs=1)
    runner.warm()
    futures = [runner.submit(make_run("import time; time.sleep(61.25)")) for _ in range(3)]
    time.sleep(0.3)
    runner.close()
    assert time.monotonic() - started < 2.3
    for future in futures:
        with pytest.raises(CancelledError):
            future.result(0)
    assert not runner._temporary.exists()


@slow
def test_a_run_that_is_cancelled_ends_and_the_others_go_on(project: Project) -> None:
    source = "import subprocess; subprocess.run(['sleep', '71.25'], start_new_session=True)"
    unwanted = project.runner.submit(make_run(source))
    deadline = time.monotonic() + 10
    while not running("sleep 71.25") and time.monotonic() < deadline:
        time.sleep(0.05)
    other = project.runner.submit(make_run("import time; time.sleep(.5); print(1)"))
    assert unwanted.cancel() is False
    with pytest.raises(CancelledError):
        unwanted.result(10)
    assert running("sleep 71.25") == []
    assert other.result().stdout == "1\n"


@slow
def test_a_killed_build_leaves_no_process_and_no_scratch_folder(tmp_path: Path) -> None:
    source = "import subprocess; subprocess.run(['sleep', '81.25'], start_new_session=True)"
    (tmp_path / "a.py").write_text(source)
    program = f"""
from pathlib import Path
from verideck.core.run_model import Run, RunId, Snippet
from verideck.run.local import LocalExecutor, make_temporary
runner = LocalExecutor(Path({str(tmp_path)!r}))
runner.submit(Run(RunId("a.py"), Snippet("a.py", {source!r}, (), ()))).result()
"""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment = os.environ | {"TMPDIR": str(scratch)}
    build = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment)
    deadline = time.monotonic() + 10
    while not running("sleep 81.25") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running("sleep 81.25")
    build.send_signal(signal.SIGKILL)
    build.wait()
    time.sleep(0.5)
    assert running("sleep 81.25") == []
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no folder is removed there")
def test_what_a_killed_build_left_before_it_was_watched_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    others = {"verideck-other-x", "verideck-20251128024935-backup"}
    for name in (f"verideck-{ended.pid}-left", f"verideck-{ended.pid}-used/a", f"verideck-{os.getpid()}-live", *others):
        (tmp_path / name).mkdir(parents=True)
    made = make_temporary()
    kept = {f"verideck-{ended.pid}-used", f"verideck-{os.getpid()}-live", made.name, *others}
    assert {folder.name for folder in tmp_path.iterdir()} == kept
