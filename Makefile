# `make help` lists the targets. Each does only what has changed since the last time: the stamps below remember.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run dev test check format lock wheel clean

PY := .venv/bin/python
RUNTIME := .venv/.runtime
DEV := .venv/.dev
NODE_MODULES := web/node_modules/.installed
WEB := web/dist/index.html

# Folders are listed too: a file that was removed changes its folder.
WEB_SOURCES := $(shell find web/src web/public ! -name '*.test.*' 2>/dev/null) \
	$(wildcard web/*.html web/*.json web/*.ts web/*.js)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(RUNTIME) $(WEB) ## install everything into this folder and build the web UI

run: setup ## start BotArmy on http://localhost:8000
	@exec .venv/bin/botarmy serve

dev: $(DEV) $(NODE_MODULES) ## the server with reload on port 8000 and Vite on port 3000
	@exec scripts/dev

test: $(DEV) $(WEB) ## set up, then run every check and test
	@scripts/install-test-packages
	@$(PY) scripts/check

check: $(DEV) $(WEB) ## every check without the tests
	@$(PY) scripts/check --no-tests

format: $(DEV) $(NODE_MODULES) ## bring the code into shape
	@$(PY) -m ruff check --fix-only --quiet . && $(PY) -m ruff format --quiet .
	@cd web && npm run --silent format

lock: $(DEV) ## write the lock files anew after pyproject.toml changed (UPGRADE=1: newest of everything)
	@scripts/lock $(if $(UPGRADE),--upgrade)

wheel: $(DEV) ## build the wheel into dist/ and check what is inside
	@$(PY) scripts/check-wheel dist

clean: ## remove what the other targets made
	rm -rf .venv dist web/dist web/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

# A virtual environment holds its own path: in a folder that was moved or copied it is made anew.
ifneq ($(shell cat .venv/.home 2>/dev/null),$(CURDIR))
.PHONY: .venv/.home
endif
.venv/.home:
	@scripts/require-node # what is missing is said before anything is downloaded
	@scripts/make-venv

# The development lock holds all of the runtime's, so one that is installed is enough to run.
$(RUNTIME): requirements/runtime.lock pyproject.toml hatch_build.py .venv/.home
	@scripts/install-python $(if $(wildcard $(DEV)),dev,runtime)
	@touch $@

$(DEV): requirements/dev.lock pyproject.toml hatch_build.py .venv/.home
	@scripts/install-python dev
	@touch $@ $(RUNTIME)

$(NODE_MODULES): web/package.json web/package-lock.json
	@scripts/require-node
	@echo "Installing the web UI's packages …"
	@cd web && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(WEB): $(NODE_MODULES) $(WEB_SOURCES)
	@echo "Building the web UI …"
	@cd web && npm run --silent build
	@touch $@
