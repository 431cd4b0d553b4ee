"""Unseeded random numbers are found in a script's text."""

from __future__ import annotations

import pytest

from deck.randomness import seeds, unseeded

UNSEEDED = {
    "import random\nx = random.random()": "random.random()",
    "from random import randint as r\nx = r(1, 6)": "random.randint()",
    "import random\nrandom.seed()": "random.seed()",
    "import random\nrng = random.Random()": "random.Random()",
    "import numpy as np\nnp.random.rand(3)": "np.random.rand()",
    "import numpy\nnumpy.random.normal()": "np.random.normal()",
    "from numpy import random\nrandom.shuffle([1])": "np.random.shuffle()",
    "import numpy as np\nrng = np.random.default_rng()": "default_rng()",
    "import numpy as np\nrng = np.random.default_rng(None)": "default_rng()",
    "from numpy.random import RandomState\nrng = RandomState()": "RandomState()",
    "import numpy as np\nnp.random.rand(3)\nnp.random.seed(1)": "np.random.rand()",
    "import random\nimport numpy as np\nrandom.seed(1); np.random.rand()": "np.random.rand()",
    "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2])": "train_test_split()",
    "from sklearn import datasets\ndatasets.make_moons()": "make_moons()",
    "import optuna\nstudy = optuna.create_study()": "create_study()",
    "import optuna\noptuna.samplers.TPESampler()": "TPESampler()",
    "from optuna.samplers import RandomSampler\nRandomSampler(seed=None)": "RandomSampler()",
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
    "def broken(:",
]


@pytest.mark.parametrize("source", UNSEEDED, ids=UNSEEDED.values())
def test_an_unseeded_call_is_named(source: str) -> None:
    (line, what), *more = unseeded(source)
    assert what.startswith(UNSEEDED[source])
    assert source.split("\n")[line - 1].count("(") > 0
    assert not more


@pytest.mark.parametrize("source", SEEDED)
def test_seeded_calls_are_fine(source: str) -> None:
    assert unseeded(source) == ()


def test_the_line_is_that_of_the_call() -> None:
    source = "import random\n\nrandom.seed(1)\nrandom.random()\nrng = random.Random()\n\nrandom.SystemRandom()\n"
    assert [line for line, _ in unseeded(source)] == [5, 7]


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
