# policymine: `make` lists what there is. Needs make and Python 3.11 or later; everything else is installed into .venv.
# Without make (Windows): README.md names the same commands.

PYTHON ?= python3
VENV   ?= .venv
WHEEL  ?= .venv-wheel
RAW    ?= data/raw
OUT    ?= data/processed
BASE   ?= main
JOBS   ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() or 1)" 2>/dev/null)

ifeq ($(OS),Windows_NT)
BIN  := Scripts
else
BIN  := bin
endif
PY   := $(VENV)/$(BIN)/python
PIP  := -m pip install --quiet --disable-pip-version-check -c constraints.txt
PARTS := pyproject.toml constraints.txt src/policymine/__init__.py

.DEFAULT_GOAL := help
.PHONY: help demo extract test test-wheel test-full lint accuracy report-accuracy accuracy-diff bench bench-versions notebooks clean

help: ## List the targets
	@echo "make TARGET [RAW=folder] [OUT=folder] [PYTHON=python3.12]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

demo: extract ## Set up .venv, mine data/raw into data/processed, say where to look
	@echo
	@echo "The tables are in $(OUT): open targets.csv in a spreadsheet, or read the Parquet files in a notebook."
	@echo "One document, marked:  $(VENV)/$(BIN)/policymine show \"$$(ls $(RAW)/*.txt | head -n 1)\""
	@echo "Your own documents:    $(VENV)/$(BIN)/policymine extract FOLDER --out TABLES"

extract: $(VENV)/ready ## Mine RAW into OUT; documents that have not changed are not mined again
	$(PY) -m policymine extract "$(RAW)" --out "$(OUT)"

test: lint $(VENV)/ready-test test-wheel ## Everything that CI runs: ruff, mypy, the tests, the tests against the built wheel
	$(PY) -m pytest -n $(JOBS)

test-wheel: ## Build the wheel and run the tests of the command and of the laws against it, in a venv of its own
	rm -rf build/wheel $(WHEEL)
	$(PYTHON) -m venv $(WHEEL)
	$(WHEEL)/$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/wheel .
	$(WHEEL)/$(BIN)/python $(PIP) build/wheel/*.whl hypothesis pytest pytest-xdist
	$(WHEEL)/$(BIN)/python -m pytest -n $(JOBS) tests/test_wheel.py tests/test_cli.py tests/test_laws.py tests/test_rules.py

test-full: lint $(VENV)/ready-test test-wheel ## As test, with many more generated texts and a Spark cluster where there is Java (some ten minutes)
	$(PY) $(PIP) -e ".[spark]"
	POLICYMINE_SLOW=1 $(PY) -m pytest -n $(JOBS)

lint: $(VENV)/ready-test ## ruff and mypy --strict
	$(PY) -m ruff check src tests benchmarks
	$(PY) -m mypy

accuracy: $(VENV)/ready-test ## Score against the annotated samples, and ../shared where it is present
	$(PY) tests/scoring.py

report-accuracy: $(VENV)/ready-test ## As accuracy, with every error
	$(PY) tests/scoring.py --errors

accuracy-diff: $(VENV)/ready-test ## Every row gained, lost or changed against a commit: make accuracy-diff BASE=main
	$(PY) tests/row_diff.py $(BASE)

bench: $(VENV)/ready-test ## Processor time of extract and of each stage against jieba alone and reading alone
	$(PY) benchmarks/speed.py

bench-versions: $(VENV)/ready-test ## How well versions are found, on documents of known relation
	$(PY) benchmarks/versions.py quality

notebooks: $(VENV)/ready-test ## Run the notebooks and write them as web pages into build/
	$(PY) $(PIP) -e ".[notebook]"
	$(PY) -m nbconvert --execute --to html --output-dir build notebooks/*.ipynb
	@echo "see build/01_tour.html"

clean: ## Remove what make made (.venv, build, data/processed)
	rm -rf $(VENV) $(WHEEL) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(OUT) -mindepth 1 ! -name .gitkeep -delete

$(VENV)/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "policymine needs Python 3.11 or later; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/ready: $(VENV)/python $(PARTS)
	$(PY) $(PIP) -e .
	@touch $@

$(VENV)/ready-test: $(VENV)/python $(PARTS)
	$(PY) $(PIP) -e ".[test,dev]"
	@touch $@ $(VENV)/ready
