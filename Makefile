# make install | lab | test | test-all | bench | clean.   See CONTRIBUTING.md.
ifndef SIDE_BY_SIDE
.NOTPARALLEL:
endif
.DEFAULT_GOAL := help
SHELL := /bin/bash

# The environment's node comes from the Python index, so no target needs one on the machine.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# With it, each of the hundreds of Pythons that tests start would compile all our files again.
unexport PYTHONDONTWRITEBYTECODE
PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
ALLOW_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
LAB_ARGS ?=

.PHONY: help
help:
	@echo "make install   create .venv with everything for development"
	@echo "make lab       open notebooks/01_quickstart.ipynb in JupyterLab (LAB_ARGS=--no-browser passes on)"
	@echo "make test      every check but the slow ones: what CI runs"
	@echo "make test-all  the slow ones too, and installs into fresh environments"
	@echo "make bench     measure, print a table"
	@echo "make clean     remove what was built, keep .venv"

# --- install -------------------------------------------------------------------------------------

.PHONY: install
install: .venv/.installed modules bundles

.venv/bin/python:
	@echo "==> creating .venv"
	@python3 -m venv .venv

.venv/.installed: pyproject.toml constraints.txt js/package-lock.json hatch_build.py | .venv/bin/python
	@echo "==> installing the package and its tools into .venv"
	@$(PYTHON) -m pip install --quiet -c constraints.txt -e '.[sb3,video,torch,tables,test,dev]'
	@touch $@

# Building a wheel installs less than checks need. npm writes .package-lock.json at each install.
.PHONY: modules
modules: .venv/.installed
	@test -d js/node_modules/vitest -a js/node_modules/.package-lock.json -nt js/package-lock.json || { \
		echo "==> installing the JavaScript tools into js/node_modules"; \
		cd js && npm ci --no-audit --no-fund --loglevel=error; }

# The panels and the extension, which JupyterLab then loads from where it is built.
.PHONY: bundles
bundles: .venv/.installed
	@$(PYTHON) hatch_build.py

.PHONY: lab
lab: install
	@echo "==> starting JupyterLab on notebooks/01_quickstart.ipynb"
	@$(PYTHON) -m jupyterlab $(ALLOW_ROOT) --ContentsManager.allow_hidden=True \
		--LabApp.default_url=/lab/tree/notebooks/01_quickstart.ipynb $(LAB_ARGS)

# --- checks --------------------------------------------------------------------------------------

.PHONY: test
test: install chromium static unit browser notebooks
	@echo "==> all checks passed"

.PHONY: test-all
test-all: test slow
	@echo "==> all checks passed, the slow ones too"

.PHONY: chromium
chromium: .venv/.installed
	@echo "==> looking for Chromium"
	@$(PYTHON) -m tests.browser.chromium

# mypy has one thread; the others fit beside it. What each says comes out in one piece.
.PHONY: static
static: install
	@$(MAKE) --no-print-directory SIDE_BY_SIDE=yes -j 2 --output-sync=target types lint contracts js

.PHONY: lint
lint: .venv/.installed
	@echo "==> ruff: rules and format"
	@ruff check .
	@ruff format --check .

.PHONY: types
types: .venv/.installed
	@echo "==> mypy"
	@mypy

.PHONY: contracts
contracts: .venv/.installed
	@echo "==> import contracts"
	@lint-imports

# Half of the time these tests wait for processes that they started, hence more workers than cores.
.PHONY: unit
unit: install
	@echo "==> unit tests"
	@$(PYTEST) -m "not slow and not browser" -n 4 --dist worksteal --ignore tests/storms --ignore tests/browser
	@$(PYTEST) -m "not slow and not browser" tests/storms

.PHONY: js
js: modules
	@echo "==> JavaScript: types, lint, tests"
	@cd js && npm run --silent check

.PHONY: browser
browser: install chromium
	@echo "==> browser tests"
	@$(PYTEST) -m "browser and not slow" --timeout 600 -n 2 --dist loadfile tests/browser

# On a copy: a project left beside a notebook by its reader is neither used nor touched.
.PHONY: notebooks
notebooks: install
	@echo "==> notebooks"
	@rm -rf build/notebooks && mkdir -p build && cp -r notebooks build/notebooks
	@rm -rf build/notebooks/.gymdash-projects build/notebooks/.ipynb_checkpoints
	@$(PYTEST) -p nbval --nbval-lax --nbval-current-env -p no:cacheprovider -n 2 --dist loadfile build/notebooks

.PHONY: slow
slow: install chromium
	@echo "==> slow tests, and installs into fresh environments"
	@$(PYTEST) -m slow --timeout 1200
	@echo "==> hypothesis, with new examples"
	@$(PYTEST) -m "hypothesis and not browser" --hypothesis-profile "new examples" -n 4

.PHONY: bench
bench: install
	@echo "==> measuring"
	@$(PYTHON) -m tests.benchmarks

.PHONY: clean
clean:
	@echo "==> removing what was built (.venv stays)"
	@rm -rf build dist gymdash_jupyter/static gymdash_jupyter/labextension js/lib js/node_modules
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find gymdash_jupyter tests -name __pycache__ -type d -prune -exec rm -rf {} +
