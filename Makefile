# Needs make, Python 3.11 or newer, and a package index that pip reaches.
PYTHON ?= $(shell command -v python3.11 || echo python3)
# Most tests wait more than they work, so there are more of them at a time than processors.
PYTEST_ARGS ?= -n 3 --dist loadscope --no-loadscope-reorder
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"
# What `check --deploy` looks at: the site as it runs behind a TLS proxy.
PRODUCTION := OMEGA_MODE=live OMEGA_HTTPS=1 ALLOWED_HOSTS=example.org OMEGA_DATA_DIR=$(VENV)/check

# Where rows are written and read: some five minutes. Of what is left most uses no database, and real processes have
# one of their own (tests/system/test_postgres.py gives them PostgreSQL).
POSTGRES_TESTS := tests/dashboard/api tests/positions/api tests/positions/storage tests/feeds/api tests/feeds/storage tests/feeds/worker tests/feeds/queries tests/querying $(wildcard tests/feeds/test_*.py) \
	tests/dashboard/accounts tests/dashboard/tokens \
	$(patsubst %,tests/dashboard/%.py,test_clients_api feed/test_history feed/test_reader feed/test_uptime system/test_health system/test_system system/test_told test_views) \
	$(patsubst %,tests/dashboard/sockets/test_%.py,identity inspector revocation access) \
	$(patsubst %,tests/feeds/connection/test_%.py,feed feed_gaps feed_holder feed_rows journal ledger ledger_audit)

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-postgres check bench faults load autobahn soak simulation screenshots texts lock clean

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

setup: $(VENV)/.runtime ## install what the site needs into .venv

run: $(VENV)/.runtime ## start the site on the live exchanges
	@$(BIN)/python -m omega_site.process run

demo: $(VENV)/.runtime $(VENV)/.demo ## start the site on the bundled replay exchange
	@$(BIN)/python -m omega_site.process demo

test: $(VENV)/.dev ## run all tests; PYTEST_ARGS="-k htx" runs some
	$(BIN)/python -m pytest -q $(PYTEST_ARGS)

test-postgres: $(VENV)/.dev ## run the tests that touch the database once more, on a PostgreSQL of their own
	$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q $(PYTEST_ARGS) $(POSTGRES_TESTS)

check: $(VENV)/.dev ## style, types, layers, templates, Django's own checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --check --lint --quiet
	$(BIN)/python manage.py check
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

texts: $(VENV)/.dev ## bring the German texts up to the code; what waits for a translator is counted
	@$(BIN)/python -m tests.texts

bench: $(VENV)/.dev ## measure against the bars, and against other libraries; ROWS=10000000 asks a longer history
	$(BIN)/python -m tests.bench $(if $(ROWS),--rows $(ROWS))

faults: $(VENV)/.dev ## play the timed faults 30 times each; ROWS=E1,E7 RUNS=5 plays a few
	$(BIN)/python -m tests.faults --rows "$(ROWS)" $(if $(RUNS),--runs $(RUNS)) $(if $(JOBS),--jobs $(JOBS))

autobahn: $(VENV)/.dev ## Autobahn's WebSocket suite, where Python 2.7 is; COMPRESSION=1 adds a quarter of an hour
	@$(BIN)/python -m tests.conformance $(if $(COMPRESSION),--compression)

load: $(VENV)/.dev ## put hundreds of clients on the site, and measure; ROWS=C1,C3 SECONDS=10 is a part of it
	$(BIN)/python -m tests.load --rows "$(ROWS)" $(if $(SECONDS),--seconds $(SECONDS))

soak: $(VENV)/.dev ## leave a page open for eight hours of its own, and measure; HOURS=2 SECONDS=10 is a part of it
	$(BIN)/python -m tests.soak $(if $(HOURS),--hours $(HOURS)) $(if $(SECONDS),--seconds $(SECONDS))

simulation: $(VENV)/.dev ## run the supervisor through 500 bad hours, and plant bugs in it
	$(BIN)/python -m tests.simulation --seeds 500 --hours 1 --doubles 50 --mutants

screenshots: $(VENV)/.dev ## take the pictures of docs/screens.md again, on the demo with a made-up past
	$(BIN)/python -m tests.screenshots

lock: $(VENV)/.dev ## pin again what the requirements*.in ask for
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-demo.in -o requirements-demo.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt

clean: ## remove .venv and the tools' caches; var/ holds your data and stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "OMEGA needs Python 3.11 or newer: install it, or say where it is: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python cannot make environments: install its venv module (Debian: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# A stamp is newer than the list that it was installed from.
$(VENV)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing $< into $(VENV) ..."
	@$(PIP) -r $<
	@touch $@

$(VENV)/.demo: requirements-demo.txt $(VENV)/.runtime
	@echo "Installing $< into $(VENV) ..."
	@$(PIP) -r $<
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.demo
	@echo "Installing $< into $(VENV) ..."
	@$(PIP) -r $<
	@touch $@
