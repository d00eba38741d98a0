# One line per thing to do; each prepares what it needs, and is quick the second time.
#
#   make run        MOM on https://localhost:8443 with a small simulated fleet, all under ./var
#                   (HTTPS_PORT=9443 FLEET_PORT=13701 choose other ports at the first run)
#   make test       everything: checks, feature list, tests (installs what they need)
#   make test-fast  the tests without processes, databases to start or browsers, in seconds
#   make soak       what takes hours: long lives, many kills, thousands of random histories
#   make check      style, types and the arrows between the rooms
#   make features   which rows of the feature list no test names
#   make format     write the style instead of checking it
#   make audit      known weaknesses in the locked dependencies (asks the package index)
#   make lock       choose new versions and write the three requirements files
#   make clean      remove what the tools leave behind; the environment and ./var stay

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test
SIDE_BY_SIDE := -n auto --maxprocesses 4 --dist loadfile
CODE := mom twisted tests benchmarks tools

.PHONY: run test test-fast soak check format features audit lock system-packages web-parts clean
.DEFAULT_GOAL := test

$(BIN)/python:
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "MOM needs Python 3.11 or newer with venv: apt-get install python3 python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): $(BIN)/python requirements-build.txt requirements.txt setup.cfg
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements-build.txt -r requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(TEST_READY): $(RUN_READY) requirements-test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements.txt -r requirements-test.txt
	@touch $@

system-packages:
	@tools/system_packages.sh

web-parts: $(RUN_READY)
	@tools/web_parts.sh

run: $(RUN_READY) web-parts
	@tools/run_demo.sh

check: $(TEST_READY)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(TEST_READY)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

features: $(TEST_READY)
	@$(BIN)/python tools/features.py

test-fast: $(TEST_READY)
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not soak and not system"

test: $(TEST_READY) system-packages web-parts check features
	$(BIN)/pytest $(SIDE_BY_SIDE)

soak: $(TEST_READY)
	$(BIN)/pytest -m soak

audit: $(TEST_READY)
	$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements.txt

lock:
	@tools/lock.sh $(PYTHON)

clean:
	rm -rf build dist .mypy_cache .ruff_cache .hypothesis
