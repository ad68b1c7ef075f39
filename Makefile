# The verbs of the house. `make run` and `make test` are all that a fresh machine needs.
# GNU make 3.81 and newer
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
UV := $(BIN)/uv
RUN := $(VENV)/.run-ready
DEV := $(VENV)/.dev-ready
FRONT := static/dist/.built
ORACLE_VENV := .venv-tax-oracle
ENGINE_VENV := .venv-engine
ENGINE := $(ENGINE_VENV)/.ready
RESEARCH_VENV := .venv-research
STATE_ORACLE_VENV := .venv-state-oracle
LANGUAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
FRONT_SOURCES := $(shell find static/src tools/frontend -type f 2>/dev/null)

.PHONY: run setup test test-fast test-engine test-deep tax-oracle journeys state-oracle lint format types arch bench schema schema-check migrations-check messages languages shell front chromium

run: $(RUN) front languages ## Start Steward on this machine
	@$(PY) -m config.embedded.launch

setup: $(DEV) front languages ## Install everything that development needs

test: $(DEV) front languages chromium ## Format, lint, types, contracts, engines alone, all tests, journeys
	@tools/checks/run_all.sh

test-fast: $(DEV) languages ## Tests without browsers
	$(BIN)/pytest -q -n 2 -m "not journey and not deep"

test-engine: $(ENGINE) ## Engines with nothing but their own requirements
	tools/checks/engine_tests.sh $(ENGINE_VENV)/bin/python

test-deep: $(DEV) $(ORACLE_VENV)/.ready front languages chromium ## Load, long property runs, faults; keeps its result in bench/
	tools/checks/deep_tests.sh

state-oracle: $(DEV) $(STATE_ORACLE_VENV)/.ready ## State taxes of drawn households against other programs (five minutes)
	@nice $(STATE_ORACLE_VENV)/bin/python tools/state_oracle/ask.py tools $(STATE_ORACLE_VENV)/answers.json
	@$(PY) -m tools.state_oracle.compare $(STATE_ORACLE_VENV)/answers.json

tax-oracle: $(DEV) $(ORACLE_VENV)/.ready ## Federal tax against Tax-Calculator, in an environment of its own
	$(BIN)/pytest -q -n 0 -m deep -o timeout=1800 tests/tax_oracle

journeys: $(DEV) front languages chromium ## Whole paths in a browser
	$(BIN)/pytest -q -m journey tests/journeys

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/djhtml templates

lint: $(DEV) ## Format and lint, nothing changed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djhtml --check templates

types: $(DEV)
	$(BIN)/mypy

arch: $(DEV) ## Import contracts
	$(BIN)/lint-imports --no-cache

migrations-check: $(DEV)
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) -W ignore manage.py makemigrations --check --dry-run

schema: $(DEV) ## Draw docs/openapi.yaml anew
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) -W ignore manage.py spectacular --file docs/openapi.yaml

schema-check: $(DEV) ## The OpenAPI file is valid, drawn without a doubt, and what the code says
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) -W ignore manage.py spectacular --validate --fail-on-warn | diff -u docs/openapi.yaml - || { echo "docs/openapi.yaml is not what the code says. Run: make schema" >&2; exit 1; }

messages: $(RUN) ## Bring the translators' catalogues in step with the code
	$(PY) -m tools.languages collect

bench: $(DEV) $(RESEARCH_VENV)/.ready $(ORACLE_VENV)/.ready ## Ratios to peers and limits, into bench/RESULTS.md
	STEWARD_RESEARCH_PYTHON=$(abspath $(RESEARCH_VENV))/bin/python $(PY) -m bench

shell: $(RUN)
	$(PY) manage.py shell

front: $(FRONT)

languages: $(LANGUAGES)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "steward: Python 3.11 or newer is needed; name it with PYTHON=/path/to/python3.11 make run" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(UV): | $(VENV)/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check "uv>=0.13"

$(RUN): requirements/local.txt | $(UV)
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/local.txt
	@touch $@

$(DEV): requirements/dev.txt $(RUN) | $(UV)
	@$(UV) pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	@touch $@

$(ENGINE): requirements/engine.txt requirements/engine-test.txt | $(UV)
	@$(UV) venv --quiet --clear --python $(PY) $(ENGINE_VENV)
	@$(UV) pip install --quiet --python $(ENGINE_VENV)/bin/python --require-hashes -r requirements/engine-test.txt
	@touch $@

$(RESEARCH_VENV)/.ready: requirements/research.txt | $(UV)
	@$(UV) venv --quiet --clear --python $(PY) $(RESEARCH_VENV)
	@$(UV) pip install --quiet --python $(RESEARCH_VENV)/bin/python --require-hashes -r requirements/research.txt
	@touch $@

$(STATE_ORACLE_VENV)/.ready: requirements/state-oracle.txt | $(UV)
	@$(UV) venv --quiet --clear --python $(PY) $(STATE_ORACLE_VENV)
	@$(UV) pip install --quiet --python $(STATE_ORACLE_VENV)/bin/python --require-hashes -r requirements/state-oracle.txt
	@touch $@

$(ORACLE_VENV)/.ready: requirements/tax-oracle.txt | $(UV)
	@$(UV) venv --quiet --clear --python $(PY) $(ORACLE_VENV)
	@$(UV) pip install --quiet --python $(ORACLE_VENV)/bin/python --require-hashes -r requirements/tax-oracle.txt
	@touch $@

$(FRONT): package.json package-lock.json $(FRONT_SOURCES) | $(RUN)
	@PY=$(PY) tools/frontend/build.sh
	@touch $@

%.mo: %.po | $(RUN)
	@$(PY) -m tools.languages compile

chromium:
	@tools/checks/chromium.sh
