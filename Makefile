# make run   installs, makes the demonstration city, serves at http://127.0.0.1:8000
# make test  everything that is checked before a change is accepted
# The first time takes minutes (downloads), the next seconds: what is done is remembered by stamp files.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
PORT ?= 8000
TEST_WORKERS ?= auto

RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev
ASSETS_STAMP := $(VENV)/.assets
MESSAGES := src/guantong/locale/zh_Hans/LC_MESSAGES/django.mo
PARTS := $(wildcard src/guantong/locale/parts/*.po)
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml

.PHONY: help run test test-own check-clauses lint messages assets bench bundle lock screenshot notices clean format

help:
	@sed -n '1,3s/^# //p' Makefile
	@echo "others: check-clauses lint format messages assets bench bundle lock screenshot notices clean"

$(VENV)/bin/python:
	@python=$$(scripts/preflight.sh); echo "Making the virtual environment with $$python"; "$$python" -m venv $(VENV)

$(RUN_STAMP): requirements-run.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Guantong needs"
	@$(PIP) --require-hashes --no-deps -r requirements-run.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what developing Guantong needs"
	@$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(RUN_STAMP)

$(ASSETS_STAMP): assets/package-lock.json assets/copy.json scripts/assets.py | $(RUN_STAMP)
	@echo "Fetching style sheets, scripts and fonts"
	@$(PY) scripts/assets.py
	@touch $@

$(MESSAGES): $(PARTS) scripts/messages.py | $(RUN_STAMP)
	@$(PY) scripts/messages.py

run: $(RUN_STAMP) $(ASSETS_STAMP) $(MESSAGES)
	@$(PY) scripts/port_free.py $(PORT)
	@$(BIN)/guantong migrate
	@$(BIN)/guantong demo --if-empty
	@GUANTONG_DEMO=1 $(BIN)/guantong serve --port $(PORT)

test: $(DEV_STAMP) $(ASSETS_STAMP) $(MESSAGES) lint
	@$(BIN)/pytest -n $(TEST_WORKERS) --dist loadgroup

# The same tests on a PostgreSQL of one's own; the machine's, unless OWN_BIN names another's programs.
test-own: $(DEV_STAMP) $(ASSETS_STAMP) $(MESSAGES)
	@$(PY) scripts/own_server.py $(if $(OWN_BIN),--bin $(OWN_BIN)) $(BIN)/pytest -n $(TEST_WORKERS) --dist loadgroup

# Each carried clause is taken from a copy of the measures; the tests that bear its id must then fail.
check-clauses: $(DEV_STAMP) $(MESSAGES)
	@$(PY) scripts/check_clauses.py

lint: $(DEV_STAMP) $(ASSETS_STAMP) $(MESSAGES)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint src --lint --quiet
	@$(BIN)/guantong manage makemigrations --check --dry-run
	@$(PY) scripts/messages.py --check
	@$(PY) scripts/locks.py
	@$(PY) scripts/notices.py --check

format: $(DEV_STAMP)
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

messages: $(RUN_STAMP)
	@$(PY) scripts/messages.py

assets: $(RUN_STAMP)
	@$(PY) scripts/assets.py
	@touch $(ASSETS_STAMP)

bench: $(DEV_STAMP) $(ASSETS_STAMP) $(MESSAGES)
	@$(PY) -m bench

bundle: $(DEV_STAMP) $(ASSETS_STAMP) $(MESSAGES)
	@$(PY) scripts/bundle.py

lock: $(DEV_STAMP)
	@$(BIN)/$(LOCK) -o requirements.lock
	@$(BIN)/$(LOCK) --group run -o requirements-run.lock
	@$(BIN)/$(LOCK) --group dev -o requirements-dev.lock
	@$(PY) scripts/assets.py --lock
	@$(PY) scripts/notices.py
	@$(PY) scripts/locks.py

screenshot: $(DEV_STAMP) $(ASSETS_STAMP) $(MESSAGES)
	@$(PY) scripts/screenshot.py

notices: $(DEV_STAMP) $(ASSETS_STAMP)
	@$(PY) scripts/notices.py

clean:
	@rm -rf $(VENV) assets/node_modules build dist /dev/shm/guantong-test-$$(id -u)-$$(printf %s '$(CURDIR)' | sha256sum | cut -c1-8)
	@echo "The data folder var/ was kept."
