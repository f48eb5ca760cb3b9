# `make help` lists what can be done. Everything runs in .venv, made from the lock files; only Python ≥ 3.11 and make
# must be there.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
CODE   := services gateway deploy gates migrations examples benchmarks tests
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

# Where this is set, each of many processes would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up test check check-types check-others format lock openapi trace mutants bench secrets clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(VENV)/local ## start everything on this machine, with the example company; Ctrl-C stops it
	@exec $(BIN)/python -m deploy.local $(UP)

test: $(VENV)/development ## run all tests (TESTS="…" passes arguments to pytest)
	$(BIN)/python -m pytest $(or $(TESTS),-n auto)

check: $(VENV)/development ## run every gate that CI runs, apart from the tests
	@$(MAKE) --no-print-directory -j2 check-types check-others

check-types: # takes about as long as all others together
	$(BIN)/mypy

check-others:
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python -m gates.openapi --check
	$(BIN)/python -m gates.api_lint
	$(BIN)/python -m gates.chinese
	$(BIN)/python -m pytest -q tests/migrations tests/architecture

format: $(VENV)/development ## put the code into its usual form
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

lock: $(VENV)/development ## choose the newest versions of all packages anew
	$(COMPILE) --upgrade --output-file requirements.lock pyproject.toml
	$(COMPILE) --upgrade --output-file requirements-local.lock --group local pyproject.toml
	$(COMPILE) --upgrade --output-file requirements-dev.lock --group dev pyproject.toml

openapi: $(VENV)/development ## write the API description of each service
	$(BIN)/python -m gates.openapi

trace: $(VENV)/development ## list the requirements that no test names
	$(BIN)/python -m gates.trace

mutants: $(VENV)/development ## take away each guard in turn and list what no test misses (an hour or two; MUTANTS="--only …")
	$(BIN)/python -m gates.mutants $(MUTANTS)

bench: $(VENV)/development ## run the benchmarks; they print ratios
	for file in benchmarks/[a-z]*.py; do $(BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || exit 1; done

secrets: $(VENV)/local ## make the secrets for docker-compose.yml in secrets/
	@$(BIN)/python -m deploy.secrets secrets

clean: ## remove the local data, secrets and logs in .data; asks first
	@printf 'Remove .data with its database, secrets and logs? [y/N] ' && read -r answer && \
		if [ "$$answer" = y ]; then rm -rf .data; else echo "Nothing was removed."; fi

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Merit needs Python 3.11 or newer; try make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/local: requirements-local.lock | $(BIN)/python
	@[ $(VENV)/development -nt requirements-local.lock ] || { echo "Installing packages …"; $(PIP) -r requirements-local.lock; }
	@touch $@

$(VENV)/development: requirements-dev.lock | $(BIN)/python
	@echo "Installing packages …"; $(PIP) -r requirements-dev.lock
	@touch $@
