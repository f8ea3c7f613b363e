# make demo     sets everything up and decides a claim that you can edit
# make test     sets everything up and runs every check and every test; the budget is eight minutes on two cores
# make quick    checks the files that you changed and runs the unit tests, in under a minute;
#               TESTS=tests/unit/test_money.py runs others
# make pythons  runs the unit tests and the laws under each supported Python that this machine has
# make watch    runs the unit tests again whenever you save a file, or TESTS=...; Control-C ends it
# make lint     runs the checks alone
# make format   fixes what tools can fix: imports and layout
# make bench    measures what a decision costs, compared with parsing the same bytes
# make bench-replay measures how many past cases a second are decided in bulk, and on Spark; BENCH="--cases 1000000" takes more
# make bench-evidence measures how many barcodes are found, missed and read wrongly in generated pictures;
#               BENCH="--pictures 5000" takes more
# make symbolic proves the contracts of time and money with wider bounds than the tests; some minutes
# make prove    runs all proofs, above all engine against oracle on a million cases, and prints one table;
#               resumes where you stopped it; ARGS=--quick proves less, ARGS="--case 123456" shows one case;
#               for ten minutes of it, the service is under load while its processes are killed (ARGS="--only soak")
# make mutate   mutates the packs and the engine, and lists the changes that no test noticed; FRESH=1 forgets
#               earlier runs, ONLY="douyin_global.* ..." mutates a part
# make pictures takes the screenshots of the documentation again, in Chromium
# make docs     builds the documentation into build/docs
# make words    drafts in Traditional Chinese what exists only in Simplified, for a person to correct
# make lock     rewrites requirements/*.txt from pyproject.toml; UPGRADE=1 takes the newest versions
# make clean    removes the environments and the files that the tools left behind
#
# You need Python 3.11 to 3.14, git and make. To choose a Python: make test PYTHON=python3.12
# `make test` and `make bench-replay` also need Java 17 or later for Spark, and `make test` Chromium, PgBouncer and kubectl; if possible,
# they install them from Debian.

PYTHON ?= python3
VENV ?= .venv

BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
LOCKED := --require-hashes --no-deps
SEEN := build/clauses.json
PROJECT := --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test quick pythons watch lint format bench bench-evidence bench-replay docs pictures lock clean words symbolic prove mutate

# Start again if the environment is incomplete or its Python is gone.
$(shell test -x $(BIN)/python || rm -rf $(VENV))

help:
	@sed -n 's/^# //p;/^$$/q' Makefile

demo: $(VENV)/ready-to-run
	@$(BIN)/adjudicator demo

# Many tests wait for a database, a browser or a server, so three processes keep two processors busy.
PROCESSES = $(shell $(PYTHON) -c 'import os; print((3 * os.cpu_count() + 1) // 2)')

test: lint $(VENV)/ready-to-test
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist worksteal --sightings=$(SEEN)

# The unit tests with few generated examples each. `make test` has more of both.

TESTS ?= tests/unit
CHANGED = $(shell git diff --name-only --diff-filter=d HEAD -- '*.py'; git ls-files --others --exclude-standard -- '*.py')
UNIT := HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest --quiet --numprocesses auto --dist worksteal

quick: $(VENV)/ready-to-develop
	$(if $(CHANGED),$(BIN)/ruff check $(CHANGED))
	$(if $(CHANGED),$(BIN)/ruff format --check $(CHANGED))
	$(if $(CHANGED),$(BIN)/mypy $(CHANGED))
	$(UNIT) $(TESTS)

SUPPORTED := python3.11 python3.12 python3.13 python3.14

pythons:
	@for each in $(SUPPORTED); do \
		$$each -c '' 2>/dev/null || { echo "There is no $$each."; continue; }; \
		echo "$$each:"; \
		$(MAKE) --no-print-directory PYTHON=$$each VENV=build/$$each TESTS="tests/unit tests/laws" quick || exit 1; \
	done

watch: $(VENV)/ready-to-develop
	$(BIN)/watchfiles --filter python "env $(UNIT) --exitfirst $(TESTS)" adjudicator policies tests

lint: $(VENV)/ready-to-develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers auto
	$(BIN)/lint-imports

symbolic: $(VENV)/ready-to-develop
	SYMBOLIC_BOUNDS=wide $(BIN)/python -m pytest --override-ini=faulthandler_timeout=0 tests/proofs/symbolic

format: $(VENV)/ready-to-develop
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(VENV)/ready-to-measure
	@PYTHONPATH=tests/support:tests/proofs $(BIN)/python -m benchmarks $(BENCH)

bench-replay: $(VENV)/ready-for-spark
	@PYTHONPATH=tests/support:tests/proofs $(BIN)/python -m benchmarks.replaying $(BENCH)

bench-evidence: $(VENV)/ready-to-develop
	@PYTHONPATH=tests/support:tests/proofs $(BIN)/python -m benchmarks.examining $(BENCH)

words: $(VENV)/ready-to-develop
	$(BIN)/python tools/draft_words.py

prove: $(VENV)/ready-to-develop
	@PYTHONPATH=tests/support:tests/proofs:tests/shells $(BIN)/python -m proving $(ARGS)

pictures: $(VENV)/ready-to-test
	UPDATE_PICTURES=1 $(BIN)/python -m pytest --quiet tests/shells/desk/test_pictures.py

docs: $(VENV)/ready-to-document $(SEEN)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "Open build/docs/index.html"

# The coverage of each clause by the tests, for the handbook; made again when code, policies or tests change.

$(SEEN): $(VENV)/ready-to-develop $(shell find adjudicator policies tests -name '*.py')
	$(BIN)/python -m pytest --quiet --sightings=$@ tests/laws/test_clauses.py

# Each stamp dates the last installation, which is repeated after a change to a lock or to pyproject.toml.

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { \
		echo "This needs Python 3.11, 3.12, 3.13 or 3.14. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
		echo "This Python cannot make an environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV), once; this takes about a minute."
	@$(PYTHON) -m venv --clear $(VENV)

$(VENV)/ready-to-run: $(VENV)/pyvenv.cfg pyproject.toml requirements/run.txt requirements/build.txt
	@$(INSTALL) $(LOCKED) -r requirements/run.txt -r requirements/build.txt
	@$(INSTALL) $(PROJECT)
	@touch $@

$(VENV)/ready-to-develop: $(VENV)/pyvenv.cfg pyproject.toml requirements/dev.txt
	@$(INSTALL) $(LOCKED) -r requirements/build.txt
	@DIST_EXTRA_CONFIG="$(CURDIR)/tools/build_quickly.cfg" $(INSTALL) $(LOCKED) --use-pep517 --no-build-isolation --no-compile -r requirements/dev.txt
	@$(INSTALL) $(PROJECT)
	@touch $(VENV)/ready-to-run $@

$(VENV)/ready-for-spark: $(VENV)/ready-to-develop tools/set_up_programs.py
	@$(BIN)/python tools/set_up_programs.py java
	@touch $@

$(VENV)/ready-to-test: $(VENV)/ready-to-develop tools/set_up_programs.py
	@$(BIN)/python tools/set_up_programs.py java chromium pgbouncer kubectl
	@touch $(VENV)/ready-for-spark $@

$(VENV)/ready-to-measure: $(VENV)/ready-to-develop requirements/bench.txt
	@$(INSTALL) $(LOCKED) -r requirements/bench.txt
	@touch $@

$(VENV)/ready-to-document: $(VENV)/ready-to-run requirements/docs.txt
	@$(INSTALL) $(LOCKED) -r requirements/docs.txt
	@touch $@

# mutmut runs in an environment of its own. It keeps its results, so you can stop a run and resume it.

MUTATION := build/mutation

mutate: $(MUTATION)/env/ready
	$(if $(FRESH),rm -rf $(MUTATION)/tree)
	@nice $(MUTATION)/env/bin/python tests/proofs/mutation/run.py $(MUTATION)/$(if $(ONLY),part,tree) $(ONLY)

$(MUTATION)/env/ready: pyproject.toml requirements/run.txt requirements/mutate.txt
	@$(PYTHON) -m venv --clear $(MUTATION)/env
	@$(MUTATION)/env/bin/python -m pip install -qq --disable-pip-version-check --no-input $(LOCKED) \
		-r requirements/run.txt -r requirements/mutate.txt
	@$(MUTATION)/env/bin/python -m pip install -qq --disable-pip-version-check --no-input $(PROJECT)
	@touch $@

# uv runs in an environment that is thrown away afterwards. One lock serves every supported Python and every platform.

UV := build/uv/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock:
	$(PYTHON) -m venv --clear build/uv
	build/uv/bin/python -m pip install -qq --disable-pip-version-check uv
	$(COMPILE) --all-extras --group dev --output-file requirements/dev.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --output-file requirements/core.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --extra cli --output-file requirements/run.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --extra cli --extra service --extra postgresql --extra telemetry \
		--output-file requirements/serve.txt pyproject.toml
	$(COMPILE) --constraint requirements/dev.txt --group build --output-file requirements/build.txt
	$(COMPILE) --constraint requirements/dev.txt --group bench --output-file requirements/bench.txt
	$(COMPILE) --constraint requirements/dev.txt --group docs --output-file requirements/docs.txt
	$(COMPILE) --constraint requirements/dev.txt --group mutate --output-file requirements/mutate.txt
	rm -rf build/uv

clean:
	rm -rf $(VENV) build dist .benchmarks .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
