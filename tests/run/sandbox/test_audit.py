"""What a snippet reads is noted, what it may not write or signal is refused."""

import os
import py_compile
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.harness import ROOT
from tests.run.project import Project, make_run
from verideck.core.hashing import file_digest
from verideck.core.run_model import STARTED_PROCESSES
from verideck.run.local import LocalExecutor
from verideck.run.sandbox import audit
from verideck.run.store import changed_inputs

slow = pytest.mark.slow


@slow
@pytest.mark.parametrize("target", ["-1", "os.getppid()"])
def test_a_snippet_cannot_signal_what_it_did_not_start(project: Project, target: str) -> None:
    error = project.run(f"import os, signal\nos.kill({target}, signal.SIGCONT)").error  # harmless, if it could
    assert error
    assert (error.kind, error.line) == ("PermissionError", 2)


@slow
@pytest.mark.parametrize(
    "source",
    [
        "open(f'{root}/slides/talk.md', 'w')",
        "os.remove(f'{root}/slides/talk.md')",
        "os.rename(f'{root}/slides/talk.md', 'here')",
        "os.mkdir(f'{root}/figures')",
        "shutil.rmtree(f'{root}/slides')",
        "pathlib.Path(root, 'slides/talk.md').write_text('')",
        "os.symlink(f'{root}/slides', 'link'); open('link/talk.md', 'a')",
        "os.chdir(f'{root}/slides'); open('talk.md', 'r+')",
        "os.link(f'{root}/slides/talk.md', 'here')",
        "fd = os.open(f'{root}/slides', os.O_RDONLY); os.unlink('talk.md', dir_fd=fd)",
        "fd = os.open(f'{root}/slides', os.O_RDONLY); os.open('talk.md', os.O_WRONLY, dir_fd=fd)",
        "fd = os.open(f'{root}/slides/talk.md', os.O_RDONLY); os.truncate(fd, 0)",
        "os.mkdir(f'{root}/.cache/results')",
        "sqlite3.connect(f'{root}/slides/talk.md')",
        "sqlite3.connect(f'file:{root}/slides/new%20one.db', uri=True)",
        "sqlite3.connect('own.db').execute(f\"attach '{root}/slides/new.db' as more\")",
        "c = sqlite3.connect('own.db'); c.execute('create table t(x)'); c.execute(f\"vacuum into '{root}/slides/b'\")",
        "os.mkfifo(f'{root}/slides/pipe')",
        "os.chdir(f'{root}/slides'); os.mkfifo('pipe')",
        "os.mknod(f'{root}/slides/file')",
        "fd = os.open(root + '/..', os.O_RDONLY); os.open(root.split('/')[-1] + '/new', os.O_CREAT, dir_fd=fd)",
        "fd = os.open('/', os.O_RDONLY); os.mkdir(root[1:] + '/new', dir_fd=fd)",
        "import posix; fd = os.open(root, os.O_PATH); posix.open('new', os.O_WRONLY | os.O_CREAT, dir_fd=fd)",
        "fd = os.open(f'{root}/slides', os.O_RDONLY); os.mkfifo('pipe', dir_fd=fd)",
        "import socket; socket.socket(socket.AF_UNIX).bind(f'{root}/slides/socket')",
        "os.setxattr(f'{root}/slides/talk.md', 'user.x', b'1')",
    ],
)
def test_writing_into_the_project_is_refused(project: Project, source: str) -> None:
    project.write("slides/talk.md", "a talk")
    error = project.run(f"import os, pathlib, shutil, sqlite3\nroot = {str(project.root)!r}\n{source}").error
    assert error
    assert (error.kind, error.line) == ("PermissionError", 3)
    assert "a snippet may not" in error.message
    assert (project.root / "slides/talk.md").read_text() == "a talk"
    assert not (project.root / "figures").exists()
    assert [path.name for path in (project.root / "slides").iterdir()] == ["talk.md"]


@slow
def test_what_does_not_change_the_project_is_not_refused(project: Project) -> None:
    project.write("slides/talk.md", "a talk")
    source = f"""
    import os, sqlite3
    root = {str(project.root)!r}
    os.symlink(f"{{root}}/slides/talk.md", "link")
    print(open("link").read())
    os.rename("link", "moved")
    os.remove("moved")
    open(f"{{root}}/.cache/matplotlib/fontlist", "w").close()
    sqlite3.connect(":memory:").close()
    sqlite3.connect("own.db").close()
    try: sqlite3.connect(f"file:{{root}}/no.db?mode=ro", uri=True)
    except sqlite3.OperationalError: print("not there")
    """
    result = project.run(source)
    assert (result.error, result.stdout) == (None, "a talk\nnot there\n")
    assert {"slides/talk.md", "no.db"} <= dict(result.inputs).keys()


@slow
def test_what_is_read_by_other_ways_is_seen(project: Project) -> None:
    project.write("data/a.csv", "1")
    project.write("more/b.csv", "2")
    alias = project.root.parent / f"alias of {project.root.name}"
    alias.symlink_to(project.root)
    source = f"""
    import builtins, functools, os
    fd = os.open({str(project.root / "data")!r}, os.O_RDONLY)
    print(os.read(os.open("a.csv", os.O_RDONLY, dir_fd=fd), 9))
    builtins.open = functools.partial(open, encoding="utf-8")
    os.listdir = os.path.isdir = None
    print(open({str(alias / "more/b.csv")!r}).read())
    """
    result = project.run(source)
    alias.unlink()
    assert (result.error, result.stdout) == (None, "b'1'\n2\n")
    assert dict(result.inputs)["data/a.csv"]
    assert dict(result.inputs)["more/b.csv"]


@slow
def test_what_is_asked_about_is_seen(project: Project) -> None:
    for path in ("asked/size", "asked/access", "asked/library", "asked/log.db", "asked/log.db-wal"):
        project.write(path, "1")
    source = f"""
    import contextlib, ctypes, os, pathlib, shutil, sqlite3, sys
    own, root = pathlib.Path(__file__).resolve(), pathlib.Path({str(project.root)!r})
    print((root / "none").exists(), (root / "asked").is_dir(), os.path.getsize(root / "asked/size"))
    print(os.access(root / "asked/access", os.R_OK), os.stat in os.supports_dir_fd, shutil.which("no such program"))
    with contextlib.suppress(OSError): ctypes.CDLL(str(root / "asked/library"))
    sqlite3.connect(f"file:{{root}}/asked/log.db?mode=ro", uri=True)
    sys.path.append(None)
    with contextlib.suppress(ImportError): import no_such_module
    """
    result = project.run(source)
    assert (result.error, result.stdout) == (None, "False True 1\nTrue True None\n")
    seen = dict(result.inputs)
    assert (seen["none"], seen["asked"]) == ("", "folder")
    assert all(seen[f"asked/{name}"] for name in ("size", "access", "library", "log.db", "log.db-wal"))
    assert not {"asked/", "snippets", "snippets/", "snippets/a.py"} & seen.keys()
    assert not any(changed_inputs(result, lambda path: file_digest(project.root, path)))


@slow
def test_imports_list_no_folder_even_where_the_engine_is_part_of_the_project() -> None:
    with closing(LocalExecutor(ROOT, cold=True)) as runner:
        result = runner.submit(make_run("try: import no_such_module\nexcept ImportError: pass")).result()
    assert "snippets/" not in dict(result.inputs)
    assert "snippets/no_such_module.py" in dict(result.inputs)


@slow
def test_what_a_run_uses_is_seen(project: Project) -> None:
    project.write("snippets/helper.py", "import deeper\n")
    project.write("snippets/deeper.py", "x = 1\n")
    project.write("data/a.csv", "1")
    source = f"""
    import glob, pathlib, helper
    folder = pathlib.Path({str(project.root)!r}, "data")
    for name in glob.glob(f"{{folder}}/*"): print(open(name).read())
    try: open(folder / "none")
    except OSError: pass
    try: import absent
    except ImportError: pass
    """
    result = project.run(source)
    assert result.error is None
    inputs = dict(result.inputs)
    assert {path for path, digest in inputs.items() if digest} == {
        "snippets/helper.py",
        "snippets/deeper.py",
        "data/",
        "data/a.csv",
    }
    assert {"data/none", "snippets/absent.py", "snippets/glob.py"} <= inputs.keys()
    assert not any(changed_inputs(result, lambda path: file_digest(project.root, path)))
    for path in ("data/b.csv", "data/a.csv", "snippets/deeper.py", "snippets/absent.py", "data/none"):
        before = (project.root / path).read_text() if (project.root / path).exists() else None
        project.write(path, "2")
        assert any(changed_inputs(result, lambda path: file_digest(project.root, path))), path
        (project.root / path).unlink() if before is None else project.write(path, before)
        assert not any(changed_inputs(result, lambda path: file_digest(project.root, path))), path


@slow
def test_what_a_module_reads_while_it_is_imported_and_what_is_read_at_the_end_is_seen(project: Project) -> None:
    root = f"import os\nroot = {str(project.root)!r}\n"
    project.write("snippets/helper.py", f"{root}names = os.listdir(root + '/data')\n")
    project.write("snippets/starter.py", "import subprocess\nsubprocess.run(['true'])\n")
    project.write("data/a.csv", "1")
    source = "import atexit, helper\natexit.register(lambda: open(root + '/data/a.csv'))\nos.listdir(root)\n"
    result = project.run(root + source)
    assert result.error is None
    assert {"data/", "data/a.csv", "./"} <= dict(result.inputs).keys()
    assert STARTED_PROCESSES not in dict(result.inputs)
    assert STARTED_PROCESSES in dict(project.run("import starter").inputs)


@slow
def test_a_folder_that_was_not_there_is_seen_when_it_is(project: Project) -> None:
    result = project.run(f"import os\nprint(list(os.walk({str(project.root / 'later')!r})))")
    assert dict(result.inputs)["later"] == ""
    (project.root / "later").mkdir()
    assert any(changed_inputs(result, lambda path: file_digest(project.root, path)))
    (project.root / "later").rmdir()


@slow
def test_modules_that_are_looked_for_in_vain_are_seen_however_they_are_imported(project: Project) -> None:
    project.write("lib/pkg/__init__.py", "try: from .opt import x\nexcept ImportError: pass\n")
    project.write("lib/pkg/sub.py", "")
    source = f"""
    import importlib, sys, random
    sys.path.append({str(project.root / "lib")!r})
    import pkg.sub
    try: importlib.import_module("maybe")
    except ImportError: pass
    """
    result = project.run(source, path="snippets/part/a.py")
    missing = {path for path, digest in result.inputs if not digest}
    assert result.error is None
    assert {"lib/pkg/opt.py", "lib/pkg/opt/__init__.py", "lib/pkg/sub/__init__.py", "lib/maybe.py"} <= missing
    assert {"snippets/part/maybe.py", "snippets/part/random.py", "snippets/part/pkg/__init__.py"} <= missing
    assert not {path for path in missing if path.startswith("snippets/") and not path.startswith("snippets/part/")}
    assert len(missing) < 30


@slow
def test_a_run_that_starts_processes_is_reused_only_with_declared_inputs(project: Project) -> None:
    source = "import subprocess; subprocess.run(['true'])"
    assert dict(project.run(source).inputs)[STARTED_PROCESSES]
    assert dict(project.run("import multiprocessing.popen_spawn_posix").inputs)[STARTED_PROCESSES]
    project.write("snippets/data", "1")
    assert "snippets/**" in dict(project.run(source, inputs=("snippets/",)).inputs)
    result = project.run(source, inputs=("snippets/data",))
    assert dict(result.inputs)["snippets/data"]
    assert not any(changed_inputs(result, lambda path: file_digest(project.root, path)))


@pytest.fixture
def observer(tmp_path: Path) -> audit.Observer:
    """Return an observer of a project with a data file, a scratch folder exempt; it is told events by hand."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_text("1")
    (tmp_path / "scratch").mkdir()
    return audit.Observer(str(tmp_path), [str(tmp_path / "scratch")])


def test_a_file_that_is_opened_is_noted_by_its_content(observer: audit.Observer) -> None:
    observer("open", (observer.root + "data/a.csv", "r", os.O_RDONLY))
    observer("open", (observer.root + "data/none.csv", "r", os.O_RDONLY))
    observer("os.listdir", (observer.root + "data",))
    assert observer.inputs == {
        "data/a.csv": file_digest(Path(observer.root), "data/a.csv"),
        "data/none.csv": "",
        "data/": file_digest(Path(observer.root), "data/"),
    }


@pytest.mark.parametrize(
    ("event", "args"),
    [
        ("open", ("{}data/a.csv", "w", os.O_WRONLY | os.O_CREAT)),
        ("open", ("{}data/a.csv", None, os.O_RDWR)),
        ("os.remove", ("{}data/a.csv", -1)),
        ("os.rename", ("{}scratch/b", "{}data/b", -1, -1)),
        ("shutil.rmtree", ("{}data", None)),
        ("os.symlink", ("elsewhere", "{}data/link", -1)),
        ("sqlite3.connect", ("{}data/a.db",)),
    ],
)
def test_an_event_that_would_change_the_project_is_refused(
    observer: audit.Observer, event: str, args: tuple[Any, ...]
) -> None:
    told = tuple(one.format(observer.root) if isinstance(one, str) else one for one in args)
    with pytest.raises(PermissionError, match="a snippet may not"):
        observer(event, told)


def test_what_is_exempt_is_written_and_unseen(observer: audit.Observer) -> None:
    observer("open", (observer.root + "scratch/x", "w", os.O_WRONLY | os.O_CREAT))
    observer("open", (observer.root + "scratch/x", "r", os.O_RDONLY))
    assert observer.inputs == {}


def test_whoever_starts_processes_is_told_apart(observer: audit.Observer) -> None:
    observer("import", ("json", None, None, None, None))
    assert not observer.spawned
    observer("subprocess.Popen", ("ls", ["ls"], None, None))
    assert observer.spawned


def test_a_place_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "getcwd", lambda: "/here")
    assert audit.place("/a/b", None) == "/a/b"
    assert audit.place(b"a", None) == "/here/a"
    assert audit.is_kind(str(tmp_path), stat.S_IFDIR)
    assert not audit.is_kind(str(tmp_path / "none"), stat.S_IFREG)


@slow
def test_a_run_has_the_same_inputs_however_it_runs_and_none_that_it_does_not_look_for(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 3\n")
    (tmp_path / "snippets/helper.py").write_text("import matplotlib.pyplot\n")
    run = make_run("import importlib.metadata\nimport helper\nprint(importlib.metadata.version('numpy'))")
    inputs = []
    for cold, fork in ((False, True), (True, True), (False, False)):
        executor = LocalExecutor(tmp_path, style=tmp_path / "matplotlibrc", cold=cold, fork=fork)
        executor.warm(["matplotlib.pyplot", "numpy"])
        result = executor.submit(run).result()
        executor.close()
        inputs.append(result.inputs)
    assert {path for path, digest in inputs[0] if digest not in ("", "folder")} == {
        "matplotlibrc",
        "snippets/helper.py",
    }
    assert inputs[0] == inputs[1] == inputs[2]
    (tmp_path / "snippets/unrelated.py").write_text("")
    assert not any(changed_inputs(result, lambda path: file_digest(tmp_path, path)))


@slow
@pytest.mark.parametrize(
    "source",
    [
        "os.path.lexists(file)",
        "os.path.islink(file)",
        "os.lstat(file)",
        "os.lstat('a.csv', dir_fd=os.open(folder, os.O_RDONLY))",
        "pathlib.Path(file).is_symlink()",
        "pathlib.Path(file).lstat()",
        "glob.glob(file)",
        "try: os.readlink(file)\nexcept OSError: pass",
        "try: pathlib.Path(file).readlink()\nexcept OSError: pass",
    ],
)
def test_what_is_asked_about_without_following_links_is_seen(project: Project, source: str) -> None:
    project.write("links/a.csv", "1")
    start = f"import glob, os, pathlib\nfolder = {str(project.root / 'links')!r}\nfile = folder + '/a.csv'\n"
    result = project.run(start + source)
    assert result.error is None
    assert dict(result.inputs)["links/a.csv"]
    assert "links/a.csv" not in dict(project.run(start + "os.path.realpath(file)").inputs)


@pytest.fixture
def outside(project: Project) -> Iterator[Path]:
    """Make a folder beside the project."""
    folder = project.root.parent / f"beside {project.root.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@slow
@pytest.mark.parametrize(
    "source",
    [
        "open(folder / 'data.csv').read()",
        "(folder / 'data.csv').stat()",
        "os.path.getsize(folder / 'data.csv')",
        "os.chdir(folder); open('data.csv')",
        "os.open('data.csv', os.O_RDONLY, dir_fd=os.open(folder, os.O_RDONLY))",
        "import sqlite3; sqlite3.connect(f'file:{folder}/data.csv?mode=ro', uri=True)",
        "import numpy; numpy.loadtxt(folder / 'data.csv')",
    ],
)
def test_a_file_outside_the_project_is_seen(project: Project, outside: Path, source: str) -> None:
    (outside / "data.csv").write_text("1")
    result = project.run(f"import os, pathlib\nfolder = pathlib.Path({str(outside)!r})\n{source}")
    path = f"../{outside.name}/data.csv"
    assert result.error is None
    assert dict(result.inputs)[path] == file_digest(project.root, path) != ""
    (outside / "data.csv").write_text("2")
    assert any(changed_inputs(result, lambda path: file_digest(project.root, path)))


@slow
def test_a_module_outside_the_project_is_seen_by_its_source(project: Project, outside: Path) -> None:
    (outside / "lib").mkdir()
    (outside / "lib/own_module.py").write_text("import own_part\nx = own_part.x\n")
    (outside / "lib/own_part.py").write_text("x = 1\n")
    py_compile.compile(str(outside / "lib/own_part.py"))
    source = f"import sys\nsys.path.insert(0, {str(outside / 'lib')!r})\nimport own_module\nprint(own_module.x)\n"
    source += f"""import importlib.util
spec = importlib.util.spec_from_file_location("own_part_2", {str(outside / "lib/own_part.py")!r})
spec.loader.exec_module(importlib.util.module_from_spec(spec))
"""
    result = project.run(source)
    assert (result.error, result.stdout) == (None, "1\n")
    seen = {path for path, digest in result.inputs if digest not in ("", "folder")}
    assert seen == {f"../{outside.name}/lib/own_module.py", f"../{outside.name}/lib/own_part.py"}
    (outside / "lib/own_part.py").write_text("x = 2\n")
    assert project.run(source).stdout == "2\n"


@slow
def test_what_belongs_to_python_packages_and_the_system_is_not_seen_as_a_file(project: Project) -> None:
    source = """
    import inspect, json, os, shutil, tempfile, numpy, zoneinfo
    import matplotlib.pyplot as plt
    inspect.getsource(json), shutil.which("ls"), zoneinfo.ZoneInfo("Asia/Tokyo"), os.cpu_count()
    tempfile.NamedTemporaryFile().write(b"1")
    open("/proc/self/status").read(), open(os.devnull), os.listdir("/sys")
    plt.plot([1]), plt.show()
    """
    result = project.run(source)
    assert result.error is None
    assert {path for path, digest in result.inputs if digest} == set()


@slow
def test_a_file_of_the_system_that_a_script_reads_itself_is_seen(project: Project) -> None:
    inputs = dict(project.run("import pathlib\npathlib.Path('/etc/passwd').read_text()").inputs)
    assert inputs == {"/etc/passwd": file_digest(project.root, "/etc/passwd")} | {
        path: "" for path in inputs if path != "/etc/passwd"
    }


@slow
def test_size_and_times_of_an_entry_of_a_folder_are_seen(project: Project) -> None:
    project.write("entries/a.csv", "1")
    project.write("entries/b.csv", "1")
    source = f"""
    import os, pathlib
    with os.scandir({str(project.root / "entries")!r}) as found:
        for entry in sorted(found, key=lambda entry: entry.name):
            print(isinstance(entry, os.DirEntry), entry.name, os.path.basename(entry), entry.is_file())
            if entry.name == "a.csv": print(entry.stat().st_size)
    """
    result = project.run(source)
    assert (result.error, result.stdout) == (None, "True a.csv a.csv True\n1\nTrue b.csv b.csv True\n")
    assert {path for path, digest in result.inputs if digest} == {"entries/", "entries/a.csv"}
    (project.root / "entries/b.csv").unlink()
    (project.root / "entries/b.csv").mkdir()
    assert any(changed_inputs(result, lambda path: file_digest(project.root, path)))
    shutil.rmtree(project.root / "entries")


@slow
def test_a_database_that_is_attached_is_seen(project: Project) -> None:
    with closing(sqlite3.connect(project.root / "more.db")) as database:
        database.execute("create table t as select 1 as x")
        database.commit()
    source = f"""
    import sqlite3
    database = sqlite3.connect("file:own.db", uri=True)
    database.execute("attach 'file:{project.root}/more.db?mode=ro' as more")
    print(database.execute("select x from more.t").fetchone())
    """
    result = project.run(source)
    assert (result.error, result.stdout) == (None, "(1,)\n")
    assert dict(result.inputs)["more.db"]
    assert STARTED_PROCESSES not in dict(result.inputs)
    named = project.run("import sqlite3\nsqlite3.connect('own.db').execute('attach ? as more', ('other.db',))")
    assert STARTED_PROCESSES in dict(named.inputs)
    (project.root / "more.db").unlink()
