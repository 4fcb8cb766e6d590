# Everything runs in .venv, which the targets set up by themselves (scripts/setup.sh).
# A stamp older than its lock, pyproject.toml or scripts/setup.sh means: set up again.

BIN := .venv/bin
RUN := .venv/run-time-is-set-up
DEV := .venv/development-is-set-up

# Locked beside the dependencies of pyproject.toml: what installs the package (hatchling needs
# editables for an editable install), and what makes the locks.
BUILD_TOOLS := 'hatchling>=1.27' 'editables>=0.5'
LOCK_TOOL := 'uv>=0.9'

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

# Tests wait for the database and the browser: two at a time for each processor.
PYTEST = $(BIN)/python -m pytest -n $$((2 * $$(getconf _NPROCESSORS_ONLN)))
ON_POSTGRESQL = $(BIN)/python scripts/with_postgresql.py

# For commands that need settings but no data.
SCRATCH = ACCORD_DATA=$$(mktemp -d)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo check-example test test-everything lint-and-engine lint permissions guide bench words schema lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "PYTHON=/path/to/python3 picks the Python (3.11 or newer) that a new .venv is made with."

demo: $(RUN) ## Open a sample firm in the browser, and print where (PORT=8000)
	@$(BIN)/accord demo $(if $(PORT),--port $(PORT))

check-example: $(RUN) ## Check the promises of examples/portal.yaml at the command line
	@$(BIN)/accord check examples/portal.yaml || test $$? -eq 1 # 1: not all promises are backed

test: lint-and-engine ## Run lint and the tests; of those with a database one of three on PostgreSQL too, where it is installed
	@$(PYTEST) -m "not thorough"
	@$(ON_POSTGRESQL) $(PYTEST) -m "django_db and not journey" --one-of 3 --ignore tests/people/test_permission_matrix.py

test-everything: lint-and-engine ## Run lint and every test there is, and all with a database on PostgreSQL too (takes an hour or less)
	@$(PYTEST)
	@$(ON_POSTGRESQL) $(PYTEST) -m django_db

# The engine is compiled once for a machine; here by one process beside lint, not by each of those that test.
lint-and-engine: $(DEV)
	@$(BIN)/accord check examples/portal.yaml >/dev/null 2>&1 & $(MAKE) --no-print-directory lint && wait

lint: $(DEV) ## Check style, types, templates, migrations and which room imports which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --quiet --lint src/accord
	@$(SCRATCH) $(BIN)/python -m django makemigrations --check --dry-run --settings accord.settings

permissions: $(DEV) ## Write who may do what (tests/people/permissions.txt)
	@ACCORD_WRITE_PERMISSIONS=1 $(BIN)/python -m pytest -q tests/people/test_permission_matrix.py

guide: $(DEV) ## Take the guide's pictures anew (docs/guide)
	@$(BIN)/python scripts/guide.py

bench: $(DEV) ## Run every benchmark in turn
	@set -e; for bench in $(sort $(wildcard benchmarks/bench_*.py)); do \
		echo "== $$bench"; $(BIN)/python -m "benchmarks.$$(basename "$$bench" .py)"; done

words: ## Compile what clients read in other languages (src/accord/locale; needs gettext's msgfmt)
	@for po in src/accord/locale/*/LC_MESSAGES/django.po; do msgfmt --check-format -o "$${po%.po}.mo" "$$po"; done

schema: $(RUN) ## Write the engagement file's JSON Schema to docs/
	@$(BIN)/accord schema > docs/engagement-file.schema.json.new
	@mv docs/engagement-file.schema.json.new docs/engagement-file.schema.json

# The run-time lock is held to the versions of the development lock, so that tests run what users run.
lock: $(DEV) ## Lock all dependencies with hashes (UPGRADE=1 takes newer versions)
	@printf '%s\n' $(BUILD_TOOLS) $(LOCK_TOOL) | \
		$(COMPILE) --extra optimise --extra postgresql --group dev -o requirements-dev.lock pyproject.toml - >/dev/null
	@printf '%s\n' $(BUILD_TOOLS) | \
		$(COMPILE) -c requirements-dev.lock -o requirements.lock pyproject.toml - >/dev/null
	@if grep -nE '://|^ *-' requirements.lock requirements-dev.lock | grep -v -- ' --hash='; then \
		echo "The lines above name an address or an option: a lock holds names, versions and hashes."; exit 1; fi

clean: ## Remove .venv and everything else that was made here
	@rm -rf .venv .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	@find src tests benchmarks -type d -name __pycache__ -prune -exec rm -rf {} +

# The development set holds the run-time set, so it makes both.
$(DEV): requirements-dev.lock pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh requirements-dev.lock $(RUN) $(DEV)

$(RUN): requirements.lock pyproject.toml scripts/setup.sh
	@PYTHON="$(PYTHON)" sh scripts/setup.sh requirements.lock $(RUN)
