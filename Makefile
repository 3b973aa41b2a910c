# Each target is one line that calls `python -m scripts VERB` or a tool; `make` lists them.
# Variables: API=NAME  URL=…  MODE=read-only|frugal|full  REPORT=FOLDER  DEST=FOLDER  PORT=NUMBER  RUNS=NUMBER

PYTHON ?= python3
PORT ?= 8080
BIN := .venv/bin
SCRIPTS := $(BIN)/python -m scripts
API_FLAG := $(if $(API),--api '$(API)')

.PHONY: help setup normalise generate drift mock contract vendor test lint bench check lock

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/installed ## a virtual environment from the lock file; every other target calls it

.venv/installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -q scripts # an environment may write no bytecode later
	@touch $@

normalise: setup ## refresh spec/*/openapi.yaml and standing.json [API]
	$(SCRIPTS) normalise $(API_FLAG)

generate: setup ## refresh them and the clients below generated/ [API]
	$(SCRIPTS) generate $(API_FLAG)

drift: setup ## fail with a diff when what is committed is not what the inputs give [API]
	$(SCRIPTS) drift $(API_FLAG)

mock: setup ## the mock server, until interrupted [API PORT]
	$(SCRIPTS) mock $(API_FLAG) --port $(PORT)

contract: setup ## the verdict on a server, or on a mock that it starts itself [API URL MODE REPORT]
	$(SCRIPTS) contract $(API_FLAG) $(if $(URL),--url '$(URL)') $(if $(MODE),--mode $(MODE)) $(if $(REPORT),--report '$(REPORT)')

vendor: setup ## put the client into another project [API DEST]
	$(SCRIPTS) vendor $(API_FLAG) $(if $(DEST),'$(DEST)',$(error say where: make vendor DEST=folder))

test: setup ## the project's tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: setup ## style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict generated
	$(BIN)/basedpyright
	$(BIN)/lint-imports

bench: setup ## times and memory of our commands beside those of others [NAME RUNS]
	$(BIN)/python -m tests.bench $(NAME) $(if $(RUNS),--runs $(RUNS))

check: lint drift contract test ## all that CI runs

lock: setup ## renew requirements.lock after a change of pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev pyproject.toml -o requirements.lock
