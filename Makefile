# Everything one does with Branchlight. The README gives the plain commands behind these targets.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

PYTHON    ?= python3
PORT      ?= 8501
WAREHOUSE ?= var/warehouse
VENV      := .venv
BIN       := $(VENV)/bin

# Matrices here are small: threads that share one would take longer than the work, the more so beside other work.
export OPENBLAS_NUM_THREADS ?= 1

# Python keeps what it compiled, whatever the shell says: a start that compiles every library anew takes three times as long.
export PYTHONDONTWRITEBYTECODE :=

# uv where it can be had (installed, or from the package index into the environment), pip otherwise.
UV        := $(shell command -v uv 2>/dev/null)

define install
	@echo "Installing $(1) (a minute or two the first time) ..."
	@uv="$(UV)"; if [ -z "$$uv" ] && $(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null; then \
		uv=$(BIN)/uv; fi; \
	if [ -n "$$uv" ] && $$uv pip install --quiet --python $(BIN)/python -r $(1); then :; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(1); fi
endef

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "  PORT= and WAREHOUSE= can be given: make run PORT=8600 WAREHOUSE=var/our-bank"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Branchlight needs Python 3.11 or newer; say which: make run PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); [ -n "$(UV)" ] && $(UV) venv --quiet --seed $(VENV); } || { \
		echo "Python could not make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.app: requirements.txt | $(BIN)/python
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.dev: requirements-dev.txt | $(BIN)/python
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.app

$(VENV)/.prepared: $(VENV)/.dev
	@$(BIN)/python -m tests.prepare
	@touch $@

.PHONY: run
run: export BRANCHLIGHT_WAREHOUSE := $(WAREHOUSE)
run: $(VENV)/.app ## Set up, build the demo bank on first start, run the app
	@$(BIN)/python -m data_access demo --if-missing
	@echo "Branchlight: http://127.0.0.1:$(PORT)"
	@$(BIN)/python -m streamlit run server.py --server.port $(PORT)

.PHONY: test
test: $(VENV)/.prepared ## Set up what the tests need and run them all
	$(BIN)/python -m pytest -q -n auto --dist worksteal

.PHONY: thorough
thorough: $(VENV)/.prepared ## The tests with every case of what they try in some: before a release, and where much changed
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m ""

.PHONY: mutations
mutations: $(VENV)/.dev ## Put in deliberate faults, each in a copy, and list what no test notices; goes on where it stopped
	$(BIN)/python -m tests.mutations

.PHONY: check
check: $(VENV)/.dev ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	PYTHONPATH=. $(BIN)/lint-imports

.PHONY: format
format: $(VENV)/.dev ## Bring all files into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: bench
bench: $(VENV)/.prepared ## Speed beside a trivial page, SQL by hand, a peer library, and the goals; some ten minutes
	@$(BIN)/python -m benchmarks

.PHONY: pins
pins: $(VENV)/.dev ## Pin everything that requirements*.in needs, with the digest of each file
	@for name in requirements requirements-dev; do \
		UV_CUSTOM_COMPILE_COMMAND="make pins" $(or $(UV),$(BIN)/uv) pip compile --quiet --universal --python-version 3.11 \
			--no-emit-index-url --generate-hashes $$name.in -o $$name.txt; done

.PHONY: clean
clean: ## Remove the environment and caches; the warehouse and the workspace stay
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
