# Everything a newcomer needs is one word away: `make demo`, `make test`. `make help` lists the rest.
# Each target makes what it needs first; nothing is installed outside .venv but the test servers (scripts/install-servers).

BIN := .venv/bin
STAMP := .venv/.installed
ARGS ?=

.PHONY: help dev check check-migrations test demo bench corpus quality fuzz soak lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

dev: $(STAMP) ## make .venv with the pinned requirements and the `inflow` command

$(STAMP): requirements/dev.txt pyproject.toml
	sh scripts/make-venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	touch $@

check: dev ## format, lint, types, imports, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -d src/inflow/store/migrations ]; then $(MAKE) -s check-migrations; fi

check-migrations: dev
	$(BIN)/inflow db check

test: dev ## all tests, on real servers (installs Dovecot and PostgreSQL where it may)
	sh scripts/install-servers
	$(BIN)/python -m pytest -n 2 $(ARGS)

demo: dev ## the whole of it on this machine, with nothing to set up
	$(BIN)/inflow demo $(ARGS)

bench: dev ## messages per second, beside the floor of the shortest honest script
	sh scripts/install-servers
	$(BIN)/python -m benchmarks.throughput $(ARGS)

corpus quality fuzz soak: dev ## the longer measurements, each benchmarks/NAME.py
	@test -f benchmarks/$@.py || { echo "benchmarks/$@.py is not written yet" >&2; exit 1; }
	$(BIN)/python -m benchmarks.$@ $(ARGS)

lock: dev ## pin the newest of everything anew, with hashes
	sh scripts/lock

clean: ## remove what make made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist
