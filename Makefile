# Every target works on a machine that has only Python 3.11, pip and make: .venv is made on first use.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt

.PHONY: demo test fix bench clean

demo: .venv/ready-to-run  ## from EEG to a patient-wise report: writes report.html
	$(BIN)/python examples/plot_01_seizure_types.py $(ARGS)

test: .venv/ready-to-develop  ## all that CI runs: lint, types, tests, doctests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist loadfile $(ARGS)

fix: .venv/ready-to-develop  ## format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/ready-to-bench  ## measure again: rewrites benchmarks/results and the tables made from it
	for script in benchmarks/speed_*.py benchmarks/score_*.py; do \
		if [ -e "$$script" ]; then $(BIN)/python "$$script" || exit 1; fi; done
	$(BIN)/python benchmarks/tables.py

clean:
	rm -rf .venv

.venv/ready-to-run: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --upgrade "pip>=25.1"
	$(INSTALL) --editable ".[io]"
	touch $@

.venv/ready-to-develop: .venv/ready-to-run
	$(INSTALL) --editable ".[all]" --group dev
	touch $@

.venv/ready-to-bench: .venv/ready-to-develop
	$(INSTALL) --group bench
	$(PIP) install --quiet --no-deps --requirement benchmarks/peers.txt
	touch $@
