# `make demo` runs the main job, `make test` the tests; both set up .venv themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: demo test e2e check bench prove fuzz mutants lock rules-docs clean
.DEFAULT_GOAL := demo

$(STAMP): pyproject.toml requirements-dev.lock
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## analyze the all-in-one bundle
	@mkdir -p build
	@tar -C fixtures/logs -czf build/all-in-one-public-ip.tar.gz all-in-one-public-ip
	@$(BIN)/tkelog analyze --exit-zero build/all-in-one-public-ip.tar.gz

test: $(STAMP) ## all tests, in parallel
	$(BIN)/python -m pytest -q -n 2 --ignore tests/e2e

e2e: $(STAMP) ## remedies proven: real programs, real faults, the printed commands (needs root and Debian's packages)
	$(BIN)/python -m pytest -q -n 2 tests/e2e

check: $(STAMP) ## lint, types, import contracts, rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tkelog rules lint

# PROVE=10 multiplies the figures; ONLY=P3 proves one promise; the rows of the others stay as they are.
PROVE ?= 1
prove: $(STAMP) ## every promise with its full figures; writes docs/promises.md
	PROVE=$(PROVE) $(BIN)/python -m pytest -q -n 2 -m promise $(if $(ONLY),--promise $(ONLY))

bench: $(STAMP) ## ratios against gzip and ripgrep in one run
	$(BIN)/python -m benchmarks

rules-docs: $(STAMP) ## write docs/rules anew from the rules
	$(BIN)/tkelog rules docs docs/rules

lock: ## write requirements-dev.lock anew (needs uv)
	uv pip compile --quiet --universal --no-annotate --no-header --no-emit-index-url --generate-hashes --group dev --python-version 3.11 pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist bench-data .mypy_cache .ruff_cache .pytest_cache .hypothesis
