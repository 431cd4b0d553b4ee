"""Where a script draws random numbers that nobody seeded: read from its text, without running it.

Known are Python's `random`, NumPy, SciPy's distributions, scikit-learn and Optuna, called by names that are imported.
Neither the order of calls nor whether a function is called at all is looked at: a second run (`--twice`) proves it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

_GLOBAL = {"random": "random", "numpy.random": "np.random"}
"""Module whose functions draw from one generator for all → its usual name."""
_GENERATORS = (
    "default_rng",
    "RandomState",
    "SeedSequence",
    "PCG64",
    "PCG64DXSM",
    "MT19937",
    "Philox",
    "SFC64",
    "Random",
)
"""What is seeded by its first argument."""
_PASSIVE = ("Generator", "BitGenerator", "get_state", "set_state", "bit_generator", "getstate", "setstate")
"""What draws nothing itself."""
_UNSEEDED_SAMPLERS = ("GridSampler", "PartialFixedSampler")
"""Optuna's samplers that need no seed: one takes 0 for none, the other has the sampler that it is given."""
_SEED_FIRST = ("RandomSampler", "BruteForceSampler")
"""Its samplers whose first argument is the seed."""
_DRAWING = (
    *("train_test_split", "shuffle", "resample", "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit", "SGD"),
    *("Repeated", "RandomForest", "ExtraTree", "DecisionTree", "GradientBoosting", "Bagging", "AdaBoost", "MLP", "MDS"),
    *(
        "IsolationForest",
        "KMeans",
        "MiniBatch",
        "BisectingKMeans",
        "GaussianMixture",
        "BayesianGaussianMixture",
        "TSNE",
    ),
    *("RandomizedSearchCV", "ParameterSampler", "RandomTreesEmbedding", "GaussianRandomProjection", "RBFSampler"),
    *("SparseRandomProjection", "Nystroem", "LatentDirichletAllocation", "DictionaryLearning"),
)
"""Beginnings of scikit-learn's names that draw from NumPy's generator for all unless `random_state` is given."""
_FOLDS = ("KFold", "StratifiedKFold", "StratifiedGroupKFold")
"""Those that draw if they are asked to: `shuffle=True`."""
_SEEDS = ("seed", "random_state")
_JOBS = 3
"""Position of `n_jobs` among the arguments of `Study.optimize`."""


def draws(files: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield (path, line, what is not seeded) of one run; `files`: its script and the modules that it uses, by path.

    A generator for all is fine where any of the files seeds it by a number.
    """
    calls = {path: _calls(source) for path, source in files.items()}
    seeded = {name.removesuffix(".seed") for several in calls.values() for call, name in several if _seeds(call, name)}
    for path, several in calls.items():
        for call, name in several:
            if what := _jobs(call) or _fault(call, name, seeded):
                yield path, call.lineno, what


@lru_cache(maxsize=512)  # slides share scripts
def seeds(source: str) -> tuple[str, ...]:
    """Return the calls that a script seeds by a number written in them, as `TPESampler(seed=6)`; () for broken code."""
    found = []
    for call, _ in _calls(source):
        name = ast.unparse(call.func).rpartition(".")[2]
        named = [ast.unparse(each) for each in call.keywords if each.arg in _SEEDS and _is_number(each.value)]
        first = [ast.unparse(each) for each in call.args[:1] if name in (*_GENERATORS, "seed") and _is_number(each)]
        found += [f"{name}({seed})" for seed in named or first]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=512)
def _calls(source: str) -> tuple[tuple[ast.Call, str], ...]:
    """Return (call, full name of what is called) in the order of their places; () for broken code."""
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except (SyntaxError, ValueError, RecursionError):
        return ()
    names = dict(pair for node in nodes for pair in _imported(node))
    calls = sorted(
        (node for node in nodes if isinstance(node, ast.Call)), key=lambda call: (call.lineno, call.col_offset)
    )
    return tuple((call, _full_name(call.func, names)) for call in calls)


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (name in the script, full name) of what a statement imports."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _full_name(function: ast.expr, names: Mapping[str, str]) -> str:
    """Return the full name of a called function, as `numpy.random.rand`; "" where it is not from an import."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute | ast.Call):
        if isinstance(function, ast.Attribute):
            parts.append(function.attr)
        function = function.value if isinstance(function, ast.Attribute) else function.func
    known = names.get(function.id, "") if isinstance(function, ast.Name) else ""
    return ".".join([known, *reversed(parts)]) if known else ""


def _seeds(call: ast.Call, name: str) -> bool:
    return name in ("random.seed", "numpy.random.seed") and _given(call, "seed", "a", position=0)


def _fault(call: ast.Call, name: str, seeded: set[str]) -> str:
    """Return what is not seeded in a call of a function with a known full name, "" where all is."""
    package, _, function = name.rpartition(".")
    if package in _GLOBAL:
        return _generator(call, package, function, package in seeded)
    if package.startswith("optuna") and function.endswith("Sampler") and function not in _UNSEEDED_SAMPLERS:
        position = 0 if function in _SEED_FIRST else -1
        return "" if _given(call, "seed", position=position) else f"{function}() without seed="
    if package == "optuna" and function == "create_study":
        return "" if _given(call, "sampler", position=1) else "create_study() without a seeded sampler="
    if "numpy.random" in seeded or _given(call, "random_state"):
        return ""
    if name.startswith("scipy.stats.") and function == "rvs":
        return f"{package.rpartition('.')[2]}.rvs() without random_state="
    return (
        f"{function}() without random_state="
        if name.startswith("sklearn.") and _shuffles(call, package, function)
        else ""
    )


def _generator(call: ast.Call, package: str, function: str, seeded: bool) -> str:
    """Return what is not seeded in a call of Python's or NumPy's module of generators."""
    if function == "SystemRandom":
        return "random.SystemRandom() cannot be seeded"
    if function in _GENERATORS:
        called = "random.Random" if function == "Random" else function
        return "" if _given(call, "seed", "entropy", "x", position=0) else f"{called}() without a seed"
    if function == "seed":
        return "" if _seeds(call, f"{package}.seed") else f"{_GLOBAL[package]}.seed() without a number"
    return "" if seeded or function in _PASSIVE else f"{_GLOBAL[package]}.{function}() draws from the global generator"


def _shuffles(call: ast.Call, package: str, function: str) -> bool:
    """Tell whether a function of scikit-learn draws as it is called here."""
    shuffle = next((ast.unparse(each.value) for each in call.keywords if each.arg == "shuffle"), "")
    if function in _FOLDS:
        return shuffle == "True"
    made = package.startswith("sklearn.datasets") and function.startswith("make_")
    return (made or function.startswith(_DRAWING)) and shuffle != "False"


def _jobs(call: ast.Call) -> str:
    """Return what is wrong with a study that runs several trials at once: they end in an order of chance."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "optimize"):
        return ""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "n_jobs"] or call.args[_JOBS : _JOBS + 1]
    jobs = ast.unparse(given[0]) if given else "1"
    return f"optimize(n_jobs={jobs}): trials end in an order of chance" if jobs != "1" else ""


def _given(call: ast.Call, *names: str, position: int = -1) -> bool:
    """Whether an argument is given, by one of its names or its position, and is not None."""
    if any(keyword.arg is None for keyword in call.keywords):  # **settings: it may be among them
        return True
    values = [keyword.value for keyword in call.keywords if keyword.arg in names]
    values += call.args[position : position + 1] if position >= 0 else []
    return any(not (isinstance(value, ast.Constant) and value.value is None) for value in values)


def _is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, int)
