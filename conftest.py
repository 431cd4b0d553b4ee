"""Plugins of all tests: pytest wants them named at the top."""

pytest_plugins = ["verideck.pytest_plugin", "pytester", "tests.machine"]
