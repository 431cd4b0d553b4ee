"""Where a script draws random numbers that nobody seeded: read from its text, without running it.

Known are Python's `random`, NumPy's legacy functions and generators, scikit-learn's helpers and Optuna's studies.
Not seen are generators that a library makes for itself, and names that are only known at run time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

_GENERATORS = ("default_rng", "RandomState", "SeedSequence", "PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
"""NumPy's, seeded by their first argument."""
_PASSIVE = ("Generator", "BitGenerator", "get_state", "set_state", "bit_generator")
_DETERMINISTIC = ("GridSampler", "PartialFixedSampler")
"""Samplers that need no seed: one takes 0 for none, the other has the sampler that it is given."""
_SEED_FIRST = ("RandomSampler", "BruteForceSampler")
"""Samplers whose first argument is the seed."""
_SHUFFLING = ("train_test_split", "shuffle", "resample", "ShuffleSplit", "StratifiedShuffleSplit")
"""scikit-learn's functions that take NumPy's global generator unless `random_state` is given."""
_SEEDS = ("seed", "random_state")
_JOBS = 3
"""Position of `n_jobs` among the arguments of `Study.optimize`."""


@lru_cache(256)  # several slides show what one module draws
def unseeded(source: str) -> tuple[tuple[int, str], ...]:
    """Return (line, what is not seeded) for each call that draws from an unseeded generator; () for broken code.

    A call of a global generator is fine once `random.seed(n)` or `numpy.random.seed(n)` stands above it.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    names = dict(_imported(tree))
    calls = sorted((node for node in ast.walk(tree) if isinstance(node, ast.Call)), key=lambda call: call.lineno)
    seeded: set[str] = set()
    found = []
    for call in calls:
        name = _full_name(call.func, names)
        if name in ("random.seed", "numpy.random.seed") and _given(call, "seed", "a", position=0):
            seeded.add(name.removesuffix(".seed"))
        elif what := _jobs(call) or _fault(call, name, seeded):
            found.append((call.lineno, what))
    return tuple(found)


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (name in the script, full name) of what is imported."""
    for node in ast.walk(tree):
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
    while isinstance(function, ast.Attribute):
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
        draws = function in _SHUFFLING or (package.startswith("sklearn.datasets") and function.startswith("make_"))
        fixed = "numpy.random" in seeded or _given(call, "random_state") or _constant(call, "shuffle", False)
        return f"{function}() without random_state=" if draws and not fixed else ""
    if name.startswith("optuna."):
        return _optuna(call, function)
    return ""


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
