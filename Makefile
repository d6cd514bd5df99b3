# The verbs of the house. `make demo` and `make test` work on a fresh checkout.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A checkout that was moved or a wheel that was updated sets itself up again.
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
# What the kit is measured against lives apart: never a dependency.
PEERS := .venv-peers
PYTEST := $(BIN)/python -m pytest
# One run of the retail sample for all processes of a recipe.
SHARED_RUN = place=$$(mktemp -d) && trap 'rm -rf "$$place"' EXIT && export JOURNEYKIT_TEST_RUN="$${JOURNEYKIT_TEST_RUN:-$$place}" &&
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup dev demo lab test test-all nightly mutants course pythons lint format bench bench-board \
  bench-large truth privacy samples release clean

help:
	@echo "make demo    run the retail sample workshop and print the path of its index.html"
	@echo "make lab     open JupyterLab on a sample workshop"
	@echo "make test    install what tests need and run those of every day"
	@echo "make test-all  run the rest: all functions on Spark, all tests in a browser, more examples"
	@echo "make nightly what takes hours: fuzzing, mutants, planted stories, benches"
	@echo "make mutants change the meaning in small ways and see whether a test notices"
	@echo "make course  say how each wrong answer near a right one is told, for all exercises"
	@echo "make pythons make test on each Python of this machine that the kit is said to work with"
	@echo "make lint    ruff, mypy, and oxlint for the scripts of the widgets"
	@echo "make bench   measure a run and the numbers beside their peers, write benchmarks/RESULTS.md"
	@echo "make bench-board  how long a team waits at the board, in a browser (needs Chromium)"
	@echo "make bench-large  100 million events within 4 GB (some 20 GB of disk)"
	@echo "make truth   plant stories, see what is found, write benchmarks/TRUTH.md"
	@echo "make privacy mask invented comments, see what is left, write benchmarks/PRIVACY.md"
	@echo "make samples make sample_data/ again from its seeds"
	@echo "make release build what would be uploaded and try it in a fresh environment"
	@echo "make setup   only install, into .venv"

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("journeykit needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(READY_DEV): $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,spark,ibis,postgres]'
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

# Three tiers (CONTRIBUTING.md, "Tests"). Playwright keeps an event loop running, which the forms
# would take for a kernel's: the tests in a browser are a process apart, and come first, so that
# the last line is about all the others.
test: $(READY_DEV)
	status=0; \
	  $(PYTEST) --tier test tests/browser -n0 || status=1; \
	  $(PYTEST) --tier test --ignore=tests/browser || status=1; exit $$status

test-all: $(READY_DEV)
	$(SHARED_RUN) status=0; \
	  $(PYTEST) --tier all tests/browser --dist loadfile || status=1; \
	  $(PYTEST) --tier all --ignore=tests/browser || status=1; exit $$status

nightly: $(READY_DEV)
	$(PYTEST) --tier nightly tests/browser --dist loadfile
	$(PYTEST) --tier nightly --ignore=tests/browser
	$(BIN)/python tools/mutants.py
	$(MAKE) truth bench

# The course: wrong answers that lie near the right ones, and what is said to them.
course: $(READY_DEV)
	$(BIN)/python tools/near_misses.py

# Small changes of meaning, and whether a test notices: `make mutants MUTANTS="--room numbers"`.
mutants: $(READY_DEV)
	$(BIN)/python tools/mutants.py $(MUTANTS)

lint: $(READY_DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint --deny-warnings

format: $(READY_DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Without the peers the bench goes on, and its results say that they are missing.
$(PEERS)/.ready: benchmarks/peers.txt
	rm -rf $(PEERS)
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --requirement benchmarks/peers.txt && touch $@ \
	  || { echo "The peers cannot be installed: they are left out."; rm -rf $(PEERS); }

bench: $(READY_DEV) demo/retail/workshop.yaml $(PEERS)/.ready
	$(BIN)/python benchmarks/bench_run.py demo/retail
	$(BIN)/python benchmarks/bench_formats.py
	$(BIN)/python benchmarks/bench_journeys.py
	$(BIN)/python benchmarks/bench_analysis.py --peers $(PEERS)/bin/python
	$(BIN)/python benchmarks/peers_agree.py --peers $(PEERS)/bin/python

bench-board: $(READY_DEV)
	$(BIN)/python benchmarks/bench_board.py

bench-large: $(READY_DEV)
	$(BIN)/python benchmarks/bench_large.py

# `make truth TRUTH="--seeds 20 --intervals 500"` for a quick look.
truth: $(READY_DEV)
	$(BIN)/python benchmarks/truth.py $(TRUTH)

privacy: $(READY_DEV)
	$(BIN)/python benchmarks/privacy.py

samples: $(READY)
	$(BIN)/python tools/make_sample_data.py

# Each in an environment of its own, .venv-python3.12 and so on; what they need is installed there.
pythons: $(READY)
	@set -e; for python in $$($(BIN)/python tools/pythons.py); do \
	  echo "== $$python"; \
	  $(MAKE) --no-print-directory test PYTHON=$$python VENV=.venv-$$(basename $$python); \
	done

release: $(READY_DEV)
	$(BIN)/python tools/release.py

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache
