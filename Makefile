# Two commands do everything on a fresh machine: make demo, make test. `make help` explains all.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
STAMP := .venv/.installed
CATALOGUE := qzcompete/translations/zh_Hans/LC_MESSAGES/messages
# The demo accounts sign in with a password alone; who wants to see the second factor sets one up.
DEMO := QZ_DATA_DIR=var/demo QZ_PORT=$(PORT) QZ_SECOND_FACTOR_ROLES=
TESTS ?= tests

.DEFAULT_GOAL := help
# Where they are not kept each process compiles the whole code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-test demo run test test-postgres check drill bench audit format screenshots clean

help: ## explain all targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: $(STAMP) $(CATALOGUE).mo ## make .venv with the locked libraries and check the system
	@$(PYTHON) tools/prepare_system.py run

setup-test: setup
	@$(PYTHON) tools/prepare_system.py test

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=…") if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Install the venv module: sudo apt-get install -y python3-venv"; exit 1; }
	@echo "Installing the locked libraries into .venv (some minutes the first time) …"
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

$(CATALOGUE).mo: $(CATALOGUE).po $(STAMP)
	@$(BIN)/pybabel --quiet compile -d qzcompete/translations

demo: setup ## fill a demo city in var/demo and serve it on http://localhost:8000
	@$(DEMO) $(BIN)/qzcompete db upgrade
	@$(DEMO) $(BIN)/qzcompete demo
	@$(DEMO) $(BIN)/qzcompete serve

run: setup ## serve without demo data (settings: docs/settings.md)
	@$(BIN)/qzcompete db upgrade
	@$(BIN)/qzcompete serve

# Three processes on two cores: browsers and servers let each other wait.
test: setup-test ## run every test, with a real PostgreSQL and a real browser
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --durations=20 $(TESTS)

test-postgres: setup-test ## run what touches the database, browser and drills apart, with PostgreSQL in SQLite's place, and more fields than the pages send
	@TEST_ENGINE=postgresql TEST_OVERPOST=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests \
		--ignore tests/e2e --ignore tests/drills --ignore-glob '*/rules/*'

check: setup-test ## style, types, house contracts, security lint, routes, migrations, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive qzcompete --configfile pyproject.toml
	@$(BIN)/python tools/vendor.py
	@$(BIN)/python -m pytest -q tests/house

drill: setup-test ## kill servers and workers, cut the power, follow every link: the long form (some 20 minutes)
	@QZ_DRILL=whole QZ_CRAWL=all QZ_SCHEDULES=500 $(BIN)/python -m pytest tests/drills tests/e2e/test_crawl.py tests/e2e/test_schedules.py

bench: setup-test ## measure against floors of the same run, one table
	@$(BIN)/python -m bench

audit: setup-test ## ask for known vulnerabilities of the locked libraries; says so where nobody answers
	@$(BIN)/python tools/audit.py

format: setup ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: setup-test ## take the pictures of docs/screenshots from a demo city
	@$(BIN)/python tools/screenshots.py

clean: ## remove what was made: .venv, var, caches
	rm -rf .venv var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
