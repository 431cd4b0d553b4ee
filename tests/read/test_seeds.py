"""Unseeded random numbers are found in a script's text."""

from __future__ import annotations

import pytest

from verideck.read.seeds import draws, seeds

UNSEEDED = {
    "import random\nx = random.random()": "random.random()",
    "from random import randint as r\nx = r(1, 6)": "random.randint()",
    "import random\nrandom.seed()": "random.seed()",
    "import random\nrng = random.Random()": "random.Random() without a seed",
    "import numpy as np\nnp.random.rand(3)": "np.random.rand()",
    "import numpy\nnumpy.random.normal()": "np.random.normal()",
    "from numpy import random\nrandom.shuffle([1])": "np.random.shuffle()",
    "import numpy as np\nrng = np.random.default_rng()": "default_rng()",
    "import numpy as np\nrng = np.random.default_rng(None)": "default_rng()",
    "from numpy.random import RandomState\nrng = RandomState()": "RandomState()",
    "import random\nimport numpy as np\nrandom.seed(1); np.random.rand()": "np.random.rand()",
    "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2])": "train_test_split()",
    "from sklearn import datasets\ndatasets.make_moons()": "make_moons()",
    "import optuna\nstudy = optuna.create_study()": "create_study()",
    "import optuna\noptuna.samplers.TPESampler()": "TPESampler()",
    "from optuna.samplers import RandomSampler\nRandomSampler(seed=None)": "RandomSampler()",
    "from sklearn.ensemble import RandomForestRegressor as Forest\nForest(n_estimators=2)": "RandomForestRegressor()",
    "from sklearn.model_selection import KFold\nKFold(2, shuffle=True)": "KFold() without random_state=",
    "from scipy import stats\nstats.norm.rvs()": "norm.rvs() without random_state=",
    "from scipy.stats import norm\nnorm(0, 1).rvs(size=3)": "norm.rvs()",
    "import random\ndef f(): return random.random()": "random.random()",
    "import numpy as np\nnp.random.seed(None)": "np.random.seed()",
    "import random\nrandom.SystemRandom().random()": "random.SystemRandom()",
    "study.optimize(f, n_trials=3, n_jobs=2)": "optimize(n_jobs=2)",
    "study.optimize(f, 3, None, jobs)": "optimize(n_jobs=jobs)",
}
SEEDED = [
    "import random\nrandom.seed(1)\nx = random.random()",
    "import random\nrng = random.Random(1)",
    "from searches import random\nrandom(3)",
    "def random(): return 4\nrandom()",
    "import numpy as np\nnp.random.seed(1)\nnp.random.rand(3)",
    "import numpy as np\nrng = np.random.default_rng(5)\nrng.normal()",
    "import numpy as np\nrng = np.random.default_rng(seed=n)",
    "import numpy as np\nrng = np.random.Generator(np.random.PCG64(1))",
    "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2], random_state=0)",
    "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2], shuffle=False)",
    "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2], **settings)",
    "import optuna\nstudy = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=6))",
    "import optuna\noptuna.samplers.RandomSampler(6)",
    "import optuna\noptuna.samplers.GridSampler({'a': [1]})",
    "study.optimize(f, n_trials=3, n_jobs=1)",
    "scipy.optimize(f)",
    "from sklearn.pipeline import make_pipeline\nmake_pipeline(a, b)",
    "from sklearn.datasets import load_iris\nload_iris()",
    "from sklearn.model_selection import KFold\nKFold(2)",
    "from sklearn.ensemble import RandomForestRegressor\nRandomForestRegressor(random_state=0)",
    "import numpy as np\nfrom scipy import stats\nnp.random.seed(0)\nstats.norm.rvs()",
    "from scipy import stats\nstats.norm.rvs(random_state=0)",
    "import random\ndef f(): return random.random()\nrandom.seed(0)\nx = f()",
    "import random\ndef f():\n    random.seed(0)\n    return random.random()",
    "def broken(:",
]


@pytest.mark.parametrize("source", UNSEEDED, ids=UNSEEDED.values())
def test_an_unseeded_call_is_named(source: str) -> None:
    (_, line, what), *more = draws({"a.py": source})
    assert what.startswith(UNSEEDED[source])
    assert source.split("\n")[line - 1].count("(") > 0
    assert not more


@pytest.mark.parametrize("source", SEEDED)
def test_seeded_calls_are_fine(source: str) -> None:
    assert list(draws({"a.py": source})) == []


def test_the_line_is_that_of_the_call() -> None:
    source = "import random\n\nrandom.seed(1)\nrandom.random()\nrng = random.Random()\n\nrandom.SystemRandom()\n"
    assert [line for _, line, _ in draws({"a.py": source})] == [5, 7]


def test_seeds_written_in_a_script_are_told_once() -> None:
    source = """rng = np.random.default_rng(5)
sampler = optuna.samplers.TPESampler(multivariate=True, seed=6)
again = TPESampler(seed=6)
train_test_split(X, y, random_state=0)
default_rng(seed)
default_rng()
"""
    assert seeds(source) == ("default_rng(5)", "TPESampler(seed=6)", "train_test_split(random_state=0)")
    assert seeds("default_rng(") == ()


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("import random, helper\nrandom.seed(1)\nhelper.draw()", []),
        ("import numpy as np, helper\nnp.random.seed(1)\nhelper.draw()", ["helper.py"]),
        ("import helper\nhelper.draw()", ["helper.py"]),
        ("def (", ["helper.py"]),
    ],
)
def test_a_seed_in_one_file_of_a_run_counts_for_all(script: str, found: list[str]) -> None:
    files = {"a.py": script, "helper.py": "import random\ndef draw(): return random.random()\n"}
    assert [path for path, _, _ in draws(files)] == found
