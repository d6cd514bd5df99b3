# The verbs of the house. `make demo` and `make test` work on a fresh checkout.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A checkout that was moved or a wheel that was updated sets itself up again.
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup dev demo lab test lint format bench samples clean

help:
	@echo "make demo    run the retail sample workshop and print the path of its index.html"
	@echo "make lab     open JupyterLab on a sample workshop"
	@echo "make test    install what tests need and run them all"
	@echo "make lint    ruff and mypy"
	@echo "make bench   measure, as ratios within one run"
	@echo "make samples make sample_data/ again from its seeds"
	@echo "make setup   only install, into .venv"

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("journeykit needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(READY_DEV): $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

setup: $(READY)

dev: $(READY_DEV)

demo/retail/workshop.yaml: | $(READY)
	rm -rf demo/retail
	$(BIN)/journeykit new demo/retail --template retail

demo: $(READY) demo/retail/workshop.yaml
	$(BIN)/journeykit run demo/retail

lab: $(READY) demo/retail/workshop.yaml
	$(BIN)/journeykit lab demo/retail

test: $(READY_DEV)
	$(BIN)/python -m pytest --ignore=tests/browser
	# Playwright keeps an event loop running, which the forms would take for a kernel's: a process apart.
	$(BIN)/python -m pytest -n 0 tests/browser

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY_DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY_DEV) demo/retail/workshop.yaml
	$(BIN)/python benchmarks/bench_run.py demo/retail

samples: $(READY)
	$(BIN)/python tools/make_sample_data.py

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache
