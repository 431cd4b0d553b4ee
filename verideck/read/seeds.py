"""Finds calls that draw random numbers without a seed, from the text of a script.

It knows `random`, NumPy, SciPy's distributions, scikit-learn and Optuna, under imported names. It ignores the order of
calls, and whether a function is called at all; only a second run (`--twice`) gives certainty.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache

_GLOBAL = {"random": "random", "numpy.random": "np.random"}
"""Module whose functions use a global generator → its usual name."""
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
"""Classes and functions whose first argument is the seed."""
_PASSIVE = ("Generator", "BitGenerator", "get_state", "set_state", "bit_generator", "getstate", "setstate")
"""Names that do not draw."""
_UNSEEDED_SAMPLERS = ("GridSampler", "PartialFixedSampler")
"""Optuna samplers that need no seed: in the first it defaults to 0, the second wraps another sampler."""
_SEED_FIRST = ("RandomSampler", "BruteForceSampler")
"""Optuna samplers whose first argument is the seed."""
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
"""Prefixes of scikit-learn names that use NumPy's global generator unless `random_state` is given."""
_FOLDS = ("KFold", "StratifiedKFold", "StratifiedGroupKFold")
"""scikit-learn classes that draw only with `shuffle=True`."""
_SEEDS = ("seed", "random_state")
_JOBS = 3
"""Position of `n_jobs` among the arguments of `Study.optimize`."""


def draws(files: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield (path, line, message) for each unseeded call of one run; `files`: path → source, of script and modules.

    Calls that use a global generator are fine if one of the files seeds it with a number.
    """
    calls = {path: _calls(source) for path, source in files.items()}
    seeded = {name.removesuffix(".seed") for several in calls.values() for call, name in several if _seeds(call, name)}
    for path, several in calls.items():
        for call, name in several:
            if what := _jobs(call) or _fault(call, name, seeded):
                yield path, call.lineno, what


@lru_cache(maxsize=512)  # slides share scripts
def seeds(source: str) -> tuple[str, ...]:
    """Return the calls with a literal seed, such as `TPESampler(seed=6)`; () for code with a syntax error."""
    seeded = []
    for call, _ in _calls(source):
        name = ast.unparse(call.func).rpartition(".")[2]
        named = [ast.unparse(each) for each in call.keywords if each.arg in _SEEDS and _is_number(each.value)]
        first = [ast.unparse(each) for each in call.args[:1] if name in (*_GENERATORS, "seed") and _is_number(each)]
        seeded += [f"{name}({seed})" for seed in named or first]
    return tuple(dict.fromkeys(seeded))


@lru_cache(maxsize=512)
def _calls(source: str) -> tuple[tuple[ast.Call, str], ...]:
    """Return (call, full name of the function) in order of location; () for code with a syntax error."""
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
    """Yield (name in the script, full name) for each import of a statement."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def _full_name(function: ast.expr, names: Mapping[str, str]) -> str:
    """Return the full name of a function, such as `numpy.random.rand`; "" if it is not imported."""
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
    """Return the message for an unseeded call of an imported function; "" if there is no fault."""
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
    """Return the message for an unseeded call in `random` or `numpy.random`; "" if there is no fault."""
    if function == "SystemRandom":
        return "random.SystemRandom() cannot be seeded"
    if function in _GENERATORS:
        called = "random.Random" if function == "Random" else function
        return "" if _given(call, "seed", "entropy", "x", position=0) else f"{called}() without a seed"
    if function == "seed":
        return "" if _seeds(call, f"{package}.seed") else f"{_GLOBAL[package]}.seed() without a number"
    return "" if seeded or function in _PASSIVE else f"{_GLOBAL[package]}.{function}() draws from the global generator"


def _shuffles(call: ast.Call, package: str, function: str) -> bool:
    """Tell whether a call of a scikit-learn function draws random numbers."""
    shuffle = next((ast.unparse(each.value) for each in call.keywords if each.arg == "shuffle"), "")
    if function in _FOLDS:
        return shuffle == "True"
    made = package.startswith("sklearn.datasets") and function.startswith("make_")
    return (made or function.startswith(_DRAWING)) and shuffle != "False"


def _jobs(call: ast.Call) -> str:
    """Return the message for a study that runs several trials in parallel; "" for other calls."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "optimize"):
        return ""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "n_jobs"] or call.args[_JOBS : _JOBS + 1]
    jobs = ast.unparse(given[0]) if given else "1"
    return f"optimize(n_jobs={jobs}): parallel trials end in random order" if jobs != "1" else ""


def _given(call: ast.Call, *names: str, position: int = -1) -> bool:
    """Tell whether an argument is given, by name or position, and is not None."""
    if any(keyword.arg is None for keyword in call.keywords):  # **settings may contain it
        return True
    values = [keyword.value for keyword in call.keywords if keyword.arg in names]
    values += call.args[position : position + 1] if position >= 0 else []
    return any(not (isinstance(value, ast.Constant) and value.value is None) for value in values)


def _is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, int)
