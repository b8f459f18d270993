# `make repro` and `make test` install what they need, into .venv, and run the main job or the tests.
PYTHON ?= python3
# Stages at a time in `make repro`; they share the cores. On two cores, two are faster than one.
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
# The scripts in a venv hold its path: another folder needs another one.
STAMP := $(VENV)/.installed-$(shell echo "$(CURDIR)" | cksum | cut -d" " -f1)
export DVC_NO_ANALYTICS := 1

.PHONY: repro test smoke bench claims check format clean

repro: $(STAMP)
	$(BIN)/hw2 params
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/hw2 repro --jobs $(JOBS)
	@echo "Done: metrics/*.md hold the tables, plots/report/index.html shows everything."

# Each core has tests of its own: more threads in each would only get in one another's way.
test: $(STAMP)
	OMP_NUM_THREADS=1 PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest

# Every stage once, in minutes, in a copy: what is here stays as it is.
smoke: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/hw2 smoke --jobs $(JOBS)

# After `make repro`, on a machine that does nothing else.
bench: $(STAMP)
	$(BIN)/python -m benchmarks

# What the reports assert, as far as it needs no long training; after `make repro`.
claims: $(STAMP)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/hw2 claims run --cost sampling --cost short

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# runs/originals, downloads of GBs, stay.
clean:
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .work dvc_plots
	[ ! -d runs ] || find runs -mindepth 1 -maxdepth 1 ! -name originals -exec rm -rf {} +

# Made anew when pyproject.toml has changed or the folder was moved.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: Python 3.11 or newer is needed; set it with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $(STAMP)
