# Everything from a fresh clone with Python (3.11 or newer) and make; `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
TOOLS := $(VENV)/.tools
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r
LOCK := $(RUN) -m uv pip compile --universal --generate-hashes --quiet --custom-compile-command "make lock" --extra talk

.DEFAULT_GOAL := build
.PHONY: build figures verify reproduce test lint docs lock clean help
.DELETE_ON_ERROR:

build: $(INSTALLED) ## build all decks into dist/ (the default)
	$(RUN) build.py build $(ARGS)

figures: $(INSTALLED) ## run the snippets and accept what they draw and compute into figures/
	$(RUN) build.py figures $(ARGS)

verify: $(INSTALLED) ## run every snippet afresh and compare it with figures/, then check the decks
	$(RUN) build.py verify $(ARGS)

reproduce: $(INSTALLED) ## build everything twice from nothing, in two folders, and compare byte by byte
	$(RUN) benchmarks/reproduce.py $(ARGS)

test: $(TOOLS) ## run the tests, of which each snippet is one; with ARGS="-m 'not slow'" just those that take no time
	$(RUN) -m pytest -n auto --dist worksteal $(ARGS)

lint: $(TOOLS) ## check style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-cache --no-logo

docs: $(TOOLS) ## write the generated tables into docs/ and build the site docs/_build/index.html
	$(RUN) docs/tables.py
	$(RUN) -m sphinx -q --fail-on-warning --keep-going docs docs/_build $(ARGS)

lock: $(TOOLS) ## write the locks from pyproject.toml; ARGS=--upgrade takes newer versions
	$(LOCK) $(ARGS) pyproject.toml -o requirements.lock
	$(LOCK) $(ARGS) --extra values --extra cluster --extra test --extra dev -c requirements.lock \
		pyproject.toml -o requirements-dev.lock

clean: ## remove all that is not in git: dist/, docs/_build/, stores, environment
	rm -rf dist docs/_build .cache $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' Makefile

# A new lock means a new environment: what it no longer names is gone, too.
$(INSTALLED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1); name another: make PYTHON=python3.13" >&2; \
		exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) requirements.lock
	@touch $@

# What testing, checking and documenting need beyond building.
$(TOOLS): requirements-dev.lock $(INSTALLED)
	$(PIP) requirements-dev.lock
	@touch $@
