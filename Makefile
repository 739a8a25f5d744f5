# Every target starts from a bare machine: scripts/bootstrap.sh makes .venv when it is not current.
PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadgroup

.PHONY: help format run setup test test-all test-slow lint bench bench-full screens services lock messages

help: ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: ## the portal with demonstration data on http://localhost:8000 (PORT= changes it)
	@scripts/bootstrap.sh base && exec scripts/run.sh

setup: ## .venv with run-time and development packages
	@scripts/bootstrap.sh

test: setup ## all but the slow tests; what needs an absent server is skipped
	@$(PYTEST) -m "not slow"

test-all: setup services ## everything but the slow tests, nothing skipped, on SQLite and PostgreSQL
	@scripts/test_all.sh

test-slow: setup services ## the slow tests
	@REQUIRE_SERVICES=1 $(PYTHON) -m pytest -m slow

lint: setup ## format, types, layers, templates, translations, sizes
	@scripts/lint.sh

format: setup ## let the formatters write
	@.venv/bin/ruff format --quiet . && .venv/bin/ruff check --quiet --fix . ; .venv/bin/djlint templates apps --reformat --quiet

bench: setup ## benchmarks, under 20 minutes
	@$(PYTHON) -m benchmarks

bench-full: setup ## benchmarks with the million-row sets
	@$(PYTHON) -m benchmarks --full

screens: setup ## screenshots of every page into docs/screens/
	@$(PYTHON) -m tests.e2e.screens

services: ## install the servers that the full suite talks to
	@scripts/services.sh

messages: setup ## bring locale/ up to the texts in code and templates (needs gettext)
	@$(PYTHON) scripts/messages.py --write

lock: ## compile pyproject.toml into requirements/ (needs uv)
	@scripts/lock.sh
