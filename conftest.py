"""Plugins of all tests: pytest wants them named at the top."""

import os
import sys

# Without cached bytecode each of the many processes compiles the engine anew, and each worker all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = ["verideck.pytest_plugin", "pytester", "tests.machine"]
