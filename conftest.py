"""Plugins of all tests: pytest wants them named at the top."""

pytest_plugins = ["deck.plugin", "pytester", "tests.machine"]
