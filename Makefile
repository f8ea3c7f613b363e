# make demo     sets everything up and decides a claim
# make test     sets everything up and runs every check and every test
# make lint     the checks alone
# make bench    measures what a decision costs, against reading the same bytes
# make symbolic proves the contracts of time and money with wider bounds than the tests; it takes some minutes
# make prove    proves all that can be proven, engine against oracle on a million cases above all, and prints one table;
#               goes on where it was stopped; ARGS=--quick proves less, ARGS="--case 123456" shows one case again
# make docs     builds the documentation into build/docs
# make mutate   breaks the packs and the fold on purpose, and tells what no test noticed; FRESH=1 forgets
#               earlier runs, ONLY="douyin_global.* ..." breaks a part
# make format   puts the code in order, as far as a tool can
# make words    drafts in Traditional Chinese what there is in Simplified only, for a person to correct
# make lock     writes requirements/*.txt anew from pyproject.toml; UPGRADE=1 takes the newest versions
# make clean    removes what was set up and what the tools left behind
#
# Nothing but Python (3.11 to 3.13), git and make is expected. Another Python: make test PYTHON=python3.12

PYTHON ?= python3
VENV ?= .venv

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
LOCKED := --require-hashes --no-deps
SEEN := build/clauses.json
PROJECT := --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format bench docs lock clean words symbolic prove mutate

# An environment whose Python is gone, or that was only half made, is made anew.
$(shell test -x $(BIN)/python || rm -rf $(VENV))

help:
	@sed -n 's/^# //p;/^$$/q' Makefile

demo: $(VENV)/ready-to-run
	@$(BIN)/adjudicator demo

test: lint
	$(BIN)/python -m pytest --numprocesses auto --sightings $(SEEN)

lint: $(VENV)/ready-to-develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

symbolic: $(VENV)/ready-to-develop
	SYMBOLIC_BOUNDS=wide $(BIN)/python -m pytest tests/proofs/symbolic

format: $(VENV)/ready-to-develop
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(VENV)/ready-to-develop
	@PYTHONPATH=tests/support:tests/proofs $(BIN)/python -m benchmarks $(BENCH)

words: $(VENV)/ready-to-develop
	$(BIN)/python tools/draft_words.py

prove: $(VENV)/ready-to-develop
	@PYTHONPATH=tests/support:tests/proofs $(BIN)/python -m proving $(ARGS)

docs: $(VENV)/ready-to-document $(SEEN)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "Open build/docs/index.html"

# What the tests saw of each clause, which the handbook shows: anew after every change to what they test.

$(SEEN): $(VENV)/ready-to-develop $(shell find adjudicator policies tests -name '*.py')
	$(BIN)/python -m pytest --quiet --sightings $@ tests/laws/test_clauses.py

# The stamps are as new as the last installation: after a change to a lock or to pyproject.toml it is done again.

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { \
		echo "This needs Python 3.11, 3.12 or 3.13. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "This Python cannot make an environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV), once; this takes about a minute."
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/ready-to-run: $(VENV)/pyvenv.cfg pyproject.toml requirements/run.txt requirements/build.txt
	@$(INSTALL) $(LOCKED) -r requirements/run.txt -r requirements/build.txt
	@$(INSTALL) $(PROJECT)
	@touch $@

$(VENV)/ready-to-develop: $(VENV)/pyvenv.cfg pyproject.toml requirements/dev.txt
	@$(INSTALL) $(LOCKED) -r requirements/dev.txt
	@$(INSTALL) $(PROJECT)
	@touch $(VENV)/ready-to-run $@

$(VENV)/ready-to-document: $(VENV)/ready-to-run requirements/docs.txt
	@$(INSTALL) $(LOCKED) -r requirements/docs.txt
	@touch $@

# mutmut, in an environment of its own. What was found before is kept, so that a run can be broken off and taken up again.

MUTATION := build/mutation

mutate: $(MUTATION)/env/ready
	$(if $(FRESH),rm -rf $(MUTATION)/tree)
	@nice $(MUTATION)/env/bin/python tests/proofs/mutation/run.py $(MUTATION)/tree $(ONLY)

$(MUTATION)/env/ready: pyproject.toml requirements/run.txt requirements/mutate.txt
	@$(PYTHON) -m venv --clear $(MUTATION)/env
	@$(MUTATION)/env/bin/python -m pip install -qq --disable-pip-version-check --no-input $(LOCKED) \
		-r requirements/run.txt -r requirements/mutate.txt
	@$(MUTATION)/env/bin/python -m pip install -qq --disable-pip-version-check --no-input $(PROJECT)
	@touch $@

# uv, in an environment of its own that is thrown away: one lock serves every supported Python and every platform.

UV := build/uv/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock:
	$(PYTHON) -m venv --clear build/uv
	build/uv/bin/python -m pip install -qq --disable-pip-version-check uv
	$(COMPILE) --all-extras --group dev --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --output-file requirements/run.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --extra service --extra postgresql --extra telemetry \
		--output-file requirements/serve.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --group build --output-file requirements/build.txt
	$(COMPILE) --constraint requirements/dev.txt --group docs --output-file requirements/docs.txt
	$(COMPILE) --constraint requirements/dev.txt --group mutate --output-file requirements/mutate.txt
	rm -rf build/uv

clean:
	rm -rf $(VENV) build dist .benchmarks .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
