"""How long a deck of six snippets takes to become HTML, beside the least that running them can take.

The floor is "import once, fork per snippet, two at a time": what no build that runs the snippets can beat. A snippet
alone draws its figure, as it does in a build.
Cold: the store and dist/ are removed before every run, cut fonts and matplotlib's font list are kept.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import peers

ROOT = Path(__file__).resolve().parent.parent

SNIPPETS = {
    "lstsq": """
import numpy as np

rng = np.random.default_rng(1)
X = np.column_stack([rng.uniform(0, 10, 200), np.ones(200)])
y = X @ [1.5, 2.0] + rng.normal(0, 1, 200)
w, b = np.linalg.lstsq(X, y, rcond=None)[0]
print(f"{w:.3f} {b:.3f}")
""",
    "ridgefit": """
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import Ridge

rng = np.random.default_rng(2)
x = np.sort(rng.uniform(0, 10, 60))
y = 1.5 * x + rng.normal(0, 2, 60)
for alpha in [0.01, 100, 1000]:
    plt.plot(x, Ridge(alpha=alpha, solver="svd").fit(x[:, None], y).predict(x[:, None]), label=str(alpha))
plt.plot(x, y, "o")
plt.legend()
plt.show()
""",
    "ridgepath": """
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import Ridge

rng = np.random.default_rng(3)
X = rng.normal(size=(120, 12))
y = X @ rng.normal(size=12) + rng.normal(0, 1, 120)
alphas = np.geomspace(0.01, 10000, 120)
plt.semilogx(alphas, [Ridge(alpha=alpha, solver="svd").fit(X, y).coef_ for alpha in alphas])
plt.show()
""",
    "ridgecv": """
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score

rng = np.random.default_rng(4)
X = rng.normal(size=(150, 20))
y = X @ rng.normal(size=20) + rng.normal(0, 3, 150)
alphas = np.geomspace(0.1, 1000, 40)
scores = [cross_val_score(Ridge(alpha=a), X, y, cv=5, scoring="neg_mean_squared_error").mean() for a in alphas]
plt.semilogx(alphas, scores)
plt.show()
""",
    "gridbest": """
import numpy as np
from sklearn.linear_model import Ridge

rng = np.random.default_rng(5)
X = rng.normal(size=(100, 8))
y = X @ rng.normal(size=8) + rng.normal(0, 1, 100)
scores = {a: Ridge(alpha=a).fit(X[:70], y[:70]).score(X[70:], y[70:]) for a in (0.1, 1, 10, 100)}
best = max(scores, key=scores.get)
print(f"best {best} {scores[best]:.4f}")
""",
    "study": """
import optuna
from optuna.samplers import TPESampler

optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(sampler=TPESampler(seed=6))
study.optimize(lambda trial: (trial.suggest_float("x", -5, 5) - 1.25) ** 2, n_trials=50)
best = study.best_params["x"]
print(f"{best:.4f}")
""",
}
DRAWN = ("ridgefit", "ridgepath", "ridgecv")

FLOOR = """
import json, os, sys, time
sys.path.insert(0, sys.argv[1])
os.environ["MPLBACKEND"] = "Agg"
import matplotlib.pyplot, numpy, optuna, sklearn.linear_model, sklearn.model_selection
running = {}
def wait():
    pid, status = os.wait()
    assert status == 0, running.pop(pid)
for name in sys.argv[2:]:
    if len(running) == 2:
        pid, status = os.wait(); assert status == 0; running.pop(pid)
    pid = os.fork()
    if pid == 0:
        figures = []
        import matplotlib.pyplot as plt
        plt.show = lambda: [plt.figure(n).savefig(os.devnull, format="svg") for n in plt.get_fignums()]
        exec(compile(open(os.path.join(sys.argv[1], name + ".py")).read(), name, "exec"), {"__name__": "__main__"})
        os._exit(0)
    running[pid] = name
while running:
    pid, status = os.wait(); assert status == 0; running.pop(pid)
"""
ALONE = """
import os, runpy, sys
import matplotlib.pyplot as plt
plt.show = lambda: plt.savefig(os.devnull, format="svg")
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def project(folder: Path) -> Path:
    """Write a project of 16 slides and six snippets into `folder`."""
    for name in ("verideck", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("build.py", "matplotlibrc"):
        shutil.copy(ROOT / name, folder)
    (folder / "slides").mkdir()
    (folder / "snippets").mkdir()
    for name, source in SNIPPETS.items():
        (folder / "snippets" / f"{name}.py").write_text(source.lstrip() + "\nliteral = 0\n")
    slides = ["---\ntitle: Six snippets\nlang: en\n---\n\n# Six snippets {.title}"]
    for name in SNIPPETS:
        show = f"```{{figure}} {name}.py\n:alt: curves\n```" if name in DRAWN else f"```{{output}} {name}.py\n```"
        slides.append(f"# The code of {name}\n\n```{{snippet}} {name}.py\n```")
        slides.append(f"# What {name} gives\n\nOne word of prose.\n\n{show}")
    slides += [f"# Text {n}\n\n- one\n- two with $x^2$\n" for n in range(16 - len(slides))]
    (folder / "slides" / "six.md").write_text("\n\n---\n\n".join(slides) + "\n")
    return folder


def timed(command: list[str], folder: Path) -> float:
    """Run a command and return its wall-clock seconds; a failure ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout}{done.stderr}")
    return seconds


def replace(file: Path, pattern: str, text: str) -> None:
    """Replace the first match of a pattern in a file."""
    file.write_text(re.sub(pattern, text, file.read_text(), count=1))


def warm(command: list[str], folder: Path, slides: Path, snippet: Path) -> dict[str, Callable[[int], float]]:
    """Return what is measured of a command when it was run before; the files hold the prose and the snippet to edit."""

    def prose(run: int) -> float:
        replace(slides, r"One \w+ of prose", f"One w{run}{os.getpid()} of prose")
        return timed(command, folder)

    def edited(run: int) -> float:
        replace(snippet, r"literal = \d+", f"literal = {run + 1}{os.getpid()}")
        return timed(command, folder)

    return {
        "nothing changed": lambda _: timed(command, folder),
        "one word of prose": prose,
        "one snippet edited": edited,
    }


def scenarios(folder: Path) -> dict[str, Callable[[int], float]]:
    """Return what is measured: name → a function of the repetition's number that gives seconds."""
    build = [sys.executable, "build.py", "--html"]
    slides, snippet = folder / "slides" / "six.md", folder / "snippets" / "ridgepath.py"

    def cold(_: int) -> float:
        shutil.rmtree(folder / ".cache" / "results", ignore_errors=True)
        shutil.rmtree(folder / "dist", ignore_errors=True)
        return timed(build, folder)

    return {
        "floor": lambda _: timed([sys.executable, "-c", FLOOR, str(folder / "snippets"), *SNIPPETS], folder),
        "cold": cold,
        **warm(build, folder, slides, snippet),
        "that snippet alone": lambda _: timed([sys.executable, "-c", ALONE, str(snippet)], folder),
    }


def of_peer(peer: peers.Peer, folder: Path) -> dict[str, Callable[[int], float]]:
    """Return the same measurements for another tool."""
    folder.mkdir()
    peer.write(folder, {**SNIPPETS, "ridgepath": f"{SNIPPETS['ridgepath']}literal = 0\n"})
    deck = folder / ("six.md" if (folder / "six.md").exists() else "index.md")
    command = ["sh", "-c", peer.command]

    def cold(_: int) -> float:
        for made in peer.made:
            shutil.rmtree(folder / made, ignore_errors=True)
            (folder / made).unlink(missing_ok=True)
        seconds = timed(command, folder)
        peer.check(folder)
        return seconds

    measures = {"cold": cold, **warm(command, folder, deck, deck)}
    return {f"{peer.name}: {name}": measure for name, measure in measures.items()}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="time other tools too, where they are installed")
    options = parser.parse_args()
    os.environ["MPLBACKEND"] = "Agg"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every build compiles the engine anew
    load = os.getloadavg()[0]
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = project(Path(temporary) / "deck")
        timed([sys.executable, "build.py", "--html"], folder)  # cuts fonts, lists the system's
        measures = scenarios(folder)
        for peer in peers.PEERS if options.peers else ():
            if peer.installed():
                measures |= of_peer(peer, Path(temporary) / peer.programs[0])
            else:
                print(f"{peer.name}: not installed")
        measured: dict[str, list[float]] = {}
        for run in range(options.runs):
            for name, measure in measures.items():
                measured.setdefault(name, []).append(measure(run))
    floor = statistics.median(measured["floor"])
    print(f"{'':45} median    min    max   / floor")
    for name, values in measured.items():
        median = statistics.median(values)
        print(f"{name:45} {median:6.2f} {min(values):6.2f} {max(values):6.2f} {median / floor:9.2f}")


if __name__ == "__main__":
    main()
