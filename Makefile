# Everything happens inside .venv; a second `make setup` does nothing.
.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint types style imports texts duties bench torture

BIN := .venv/bin
INSTALLED := .venv/.installed
COMPILED := .venv/.compiled
CATALOGUES := $(wildcard locales/*/LC_MESSAGES/*.po)
# Further arguments: make demo ARGS="--port 9000", make test ARGS="tests/domain -k offer".
ARGS ?=
# Two more than there are cores: tests wait for a browser, a clock or a process.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 2)

help:
	@echo 'make setup   virtual environment with the pinned dependencies'
	@echo 'make demo    the whole system on http://127.0.0.1:8080/demo, without network or token'
	@echo 'make run     the bot (settings: TAPSYRYS_* in the environment or in .env)'
	@echo 'make test    all tests; those in a browser need Chromium'
	@echo 'make lint    style, types, import rules, catalogues, proof of duties'
	@echo 'make bench   benchmarks, as tables'
	@echo 'make torture seeds of acts and faults against real processes: ARGS="--seeds 500"'

setup: $(INSTALLED) $(COMPILED)

$(INSTALLED): requirements.lock pyproject.toml
	@set -e; \
	for name in python3.13 python3.12 python3.11 python3; do \
	  if command -v $$name >/dev/null 2>&1 && \
	     $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$name; break; \
	  fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo 'Python 3.11 or newer is needed and was not found on PATH.' >&2; exit 1; \
	fi; \
	if [ ! -x $(BIN)/python ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  echo "Making .venv with $$python"; \
	  $$python -m venv .venv || { \
	    echo 'The venv module is missing (on Debian: apt-get install python3-venv).' >&2; exit 1; }; \
	fi
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@# By all processors at once, which pip does not; what it cannot compile, nobody imports.
	@$(BIN)/python -m compileall -qq -j 0 "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" || true
	@touch $@

$(COMPILED): $(INSTALLED) $(CATALOGUES)
	$(BIN)/python -m locales compile
	@touch $@

demo: setup
	@$(BIN)/tapsyrys demo $(ARGS)

run: setup
	@$(BIN)/tapsyrys run $(ARGS)

test: setup
	@if ! command -v "$${TAPSYRYS_CHROMIUM:-chromium}" >/dev/null 2>&1 && \
	    ! command -v chromium-browser >/dev/null 2>&1 && \
	    ! command -v google-chrome >/dev/null 2>&1; then \
	  echo 'Chromium was not found: the browser tests will not run.'; \
	fi
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

# Independent of each other: `make -j2 lint` takes as long as the types alone.
lint: types style imports texts duties

types: setup
	$(BIN)/mypy

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

imports: setup
	$(BIN)/lint-imports

texts: setup
	$(BIN)/python -m locales check

duties: setup
	$(BIN)/tapsyrys clauses --wave 1 --strict
	$(BIN)/tapsyrys clauses --wave 3 --strict

bench: setup
	@set -e; for file in bench/[a-z]*.py; do \
	  echo; echo "== $$file"; $(BIN)/python -m "bench.$$(basename $$file .py)" $(ARGS); \
	done

torture: setup
	@$(BIN)/python -m tests.torture $(ARGS)
