"""Where a script draws random numbers that nobody seeded: read from its text, without running it.

Known are Python's `random`, NumPy's legacy functions and generators, SciPy's distributions, scikit-learn's helpers and
estimators, and Optuna's studies.
Not seen are generators that a library makes for itself, and names that are only known at run time.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

_GENERATORS = ("default_rng", "RandomState", "SeedSequence", "PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
"""NumPy's, seeded by their first argument."""
_PASSIVE = ("Generator", "BitGenerator", "get_state", "set_state", "bit_generator")
_DETERMINISTIC = ("GridSampler", "PartialFixedSampler")
"""Samplers that need no seed: one takes 0 for none, the other has the sampler that it is given."""
_SEED_FIRST = ("RandomSampler", "BruteForceSampler")
"""Samplers whose first argument is the seed."""
_SHUFFLING = (
    *("train_test_split", "shuffle", "resample", "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit"),
    *("RepeatedKFold", "RepeatedStratifiedKFold"),
)
"""scikit-learn's functions that take NumPy's global generator unless `random_state` is given."""
_FOLDS = ("KFold", "StratifiedKFold", "StratifiedGroupKFold")
"""Those that draw if they are asked to: `shuffle=True`."""
_ESTIMATORS = (
    *("RandomForest", "ExtraTree", "DecisionTree", "GradientBoosting", "Bagging", "AdaBoost", "IsolationForest", "MLP"),
    *("KMeans", "MiniBatch", "BisectingKMeans", "GaussianMixture", "BayesianGaussianMixture", "TSNE", "MDS", "SGD"),
    *("RandomizedSearchCV", "ParameterSampler", "RandomTreesEmbedding", "GaussianRandomProjection", "RBFSampler"),
    *("SparseRandomProjection", "Nystroem", "LatentDirichletAllocation", "DictionaryLearning"),
)
"""Beginnings of its classes' names that draw when they are fitted."""
_SEEDS = ("seed", "random_state")
_JOBS = 3
"""Position of `n_jobs` among the arguments of `Study.optimize`."""


@lru_cache(maxsize=512)  # slides share scripts
def unseeded(
    source: str, seeded: frozenset[str] = frozenset(), called: frozenset[str] = frozenset()
) -> tuple[tuple[int, str], ...]:
    """Return (line, what is not seeded) for each call that draws from an unseeded generator; () for broken code.

    A call of a global generator is fine once `random.seed(n)` or `numpy.random.seed(n)` was reached before it; what a
    function does counts where it is called first. seeded: `random`, `numpy.random`, where another file of the run
    seeds them. called: names that other files of the run use.
    """
    found: list[tuple[int, str]] = []
    fixed = {(generator, _REACHED) for generator in seeded}
    for call, name, place in _calls(source, called):
        scope = _scope(place)
        if _seeds(call, name):
            fixed.add((name.removesuffix(".seed"), scope))
            continue
        known = {generator for generator, where in fixed if where in (_REACHED, scope)}
        if what := _jobs(call) or _fault(call, name, known):
            found.append((call.lineno, what))
    return tuple(sorted(found))


def draws(files: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield (path, line, what is not seeded) of one run; `files`: its script and the modules that it uses, by path."""
    called = {path: frozenset[str]().union(*(used(files[other]) for other in files.keys() - {path})) for path in files}
    for path, source in files.items():
        seeded = frozenset[str]().union(*(seeding(files[one], called[one]) for one in files.keys() - {path}))
        yield from ((path, line, what) for line, what in unseeded(source, seeded, called[path]))


@lru_cache(maxsize=512)
def seeding(source: str, called: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return which of the global generators, `random` and `numpy.random`, a file seeds where it is run; see above."""
    calls = _calls(source, called)
    return frozenset(
        name.removesuffix(".seed") for call, name, place in calls if _scope(place) == _REACHED and _seeds(call, name)
    )


@lru_cache(maxsize=512)
def used(source: str) -> frozenset[str]:
    """Return the names and attributes that a file reads; none for broken code."""
    return frozenset(name for name, _, _ in _references(_nodes(source)))


_Place = tuple[float, ...]
"""When a line is reached: lines of calls from the script's own level inwards, then its own."""
_Node = tuple[ast.AST, str]
"""A node and the function that it stands in, "" on the script's own level."""
_REACHED: _Place = ()
_LATER, _NEVER = 1e9, math.inf
"""Lines of a function that another file calls, and of one that nobody calls."""


def _scope(place: _Place) -> _Place:
    """Return where a seed counts: everywhere later, or, in a function that nobody calls, there alone."""
    return place[:2] if place[0] == _NEVER else _REACHED


def _seeds(call: ast.Call, name: str) -> bool:
    return name in ("random.seed", "numpy.random.seed") and _given(call, "seed", "a", position=0)


def _calls(source: str, called: frozenset[str]) -> list[tuple[ast.Call, str, _Place]]:
    """Return (call, full name of the function, when it is reached) in the order in which they are reached."""
    nodes = _nodes(source)
    names = dict(_imported(node for node, _ in nodes))
    names |= dict(_aliases(nodes, names))
    first: dict[str, _Place] = {node.name: (_NEVER, node.lineno) for node, _ in nodes if isinstance(node, _DEFINITION)}
    first |= {name: (_LATER,) for name in first.keys() & called}
    references = [one for one in _references(nodes) if one[0] in first]
    for _ in first:  # a call within a call within a call: as deep as there are functions
        for name, line, function in references:
            first[name] = min(first[name], (*first.get(function, ()), line))
    calls = [
        (node, _full_name(node.func, names), (*first.get(function, ()), node.lineno, node.col_offset))
        for node, function in nodes
        if isinstance(node, ast.Call)
    ]
    return sorted(calls, key=lambda call: call[2])


_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _nodes(source: str) -> list[_Node]:
    """Return all nodes of a script, each with the function around it; a class's special methods are the class's."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    found: list[_Node] = []
    waiting: list[tuple[ast.AST, str, str]] = [(tree, "", "")]
    while waiting:
        node, function, owner = waiting.pop()
        found.append((node, function))
        if isinstance(node, ast.ClassDef):
            owner = node.name
        elif isinstance(node, _FUNCTION):
            function, owner = owner if owner and node.name.startswith("__") else node.name, ""
        waiting += [(child, function, owner) for child in ast.iter_child_nodes(node)]
    return found


def _references(nodes: Iterable[_Node]) -> Iterator[tuple[str, int, str]]:
    """Yield (name, line, function around it) of what is read."""
    for node, function in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno, function
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno, function


def _aliases(nodes: Iterable[_Node], names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (name, full name) of what has another name: `draw = random.random`, `law = scipy.stats.norm(0, 1)`."""
    for node, _ in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = _full_name(node.value, names)
            if name and (not isinstance(node.value, ast.Call) or name.startswith("scipy.stats.")):
                yield node.targets[0].id, name


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield (name in the script, full name) of what is imported."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (top, top)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _full_name(function: ast.expr, names: dict[str, str]) -> str:
    """Return the full name of a called function, as `numpy.random.rand`; "" where it is not from an import."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute | ast.Call):
        if isinstance(function, ast.Call):
            function = function.func
        else:
            parts.append(function.attr)
            function = function.value
    if not isinstance(function, ast.Name) or function.id not in names:
        return ""
    return ".".join([names[function.id], *reversed(parts)])


def _fault(call: ast.Call, name: str, seeded: set[str]) -> str:
    """Return what is not seeded in a call of a function with a known full name, "" where all is."""
    package, _, function = name.rpartition(".")
    if package == "random":
        return _python(call, function, "random" in seeded)
    if package == "numpy.random":
        return _numpy(call, function, "numpy.random" in seeded)
    if name.startswith("sklearn."):
        return (
            ""
            if "numpy.random" in seeded or not _sklearn(call, package, function)
            else (f"{function}() without random_state=")
        )
    if name.startswith("scipy.stats.") and function == "rvs":
        fixed = "numpy.random" in seeded or _given(call, "random_state")
        return "" if fixed else f"{package.rpartition('.')[2]}.rvs() without random_state="
    if name.startswith("optuna."):
        return _optuna(call, function)
    return ""


def _sklearn(call: ast.Call, package: str, function: str) -> bool:
    """Whether a function of scikit-learn draws from NumPy's global generator as it is called."""
    if _given(call, "random_state") or _constant(call, "shuffle", False):
        return False
    if function in _FOLDS:
        return _constant(call, "shuffle", True)
    made = package.startswith("sklearn.datasets") and function.startswith("make_")
    return made or function in _SHUFFLING or function.startswith(_ESTIMATORS)


def _python(call: ast.Call, function: str, seeded: bool) -> str:
    if function == "SystemRandom":
        return "random.SystemRandom() cannot be seeded"
    if function == "Random":
        return "" if _given(call, "x", position=0) else "random.Random() without a seed"
    if function == "seed":
        return "random.seed() without a number"
    return "" if seeded or not function[:1].islower() else f"random.{function}() draws from the global generator"


def _numpy(call: ast.Call, function: str, seeded: bool) -> str:
    if function in _GENERATORS:
        return "" if _given(call, "seed", "entropy", position=0) else f"{function}() without a seed"
    if function == "seed":
        return "np.random.seed() without a number"
    return "" if seeded or function in _PASSIVE else f"np.random.{function}() draws from the global generator"


def _optuna(call: ast.Call, function: str) -> str:
    if function.endswith("Sampler") and function not in _DETERMINISTIC:
        position = 0 if function in _SEED_FIRST else -1
        return "" if _given(call, "seed", position=position) else f"{function}() without seed="
    if function == "create_study":
        return "" if _given(call, "sampler", position=1) else "create_study() without a seeded sampler="
    return ""


def _jobs(call: ast.Call) -> str:
    """Return what is wrong with a study that runs several trials at once: they end in an order of chance."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "optimize"):
        return ""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "n_jobs"] or call.args[_JOBS : _JOBS + 1]
    if not given or (isinstance(given[0], ast.Constant) and given[0].value == 1):
        return ""
    return f"optimize(n_jobs={ast.unparse(given[0])}): trials end in an order of chance"


def _given(call: ast.Call, *names: str, position: int = -1) -> bool:
    """Whether an argument is given, by one of its names or its position, and is not None."""
    if any(keyword.arg is None for keyword in call.keywords):  # **settings: it may be among them
        return True
    values = [keyword.value for keyword in call.keywords if keyword.arg in names]
    values += call.args[position : position + 1] if position >= 0 else []
    return any(not (isinstance(value, ast.Constant) and value.value is None) for value in values)


def _constant(call: ast.Call, name: str, value: object) -> bool:
    return any(k.arg == name and isinstance(k.value, ast.Constant) and k.value.value is value for k in call.keywords)


@lru_cache(maxsize=512)  # slides share scripts
def seeds(source: str) -> tuple[str, ...]:
    """Return the calls that a script seeds by a number written in them, as `TPESampler(seed=6)`; () for broken code."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError):
        return ()
    found = []
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = ast.unparse(call.func).rpartition(".")[2]
        named = [ast.unparse(each) for each in call.keywords if each.arg in _SEEDS and _is_number(each.value)]
        first = [ast.unparse(each) for each in call.args[:1] if name in (*_GENERATORS, "seed") and _is_number(each)]
        found += [f"{name}({seed})" for seed in named or first]
    return tuple(dict.fromkeys(found))


def _is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, int)
