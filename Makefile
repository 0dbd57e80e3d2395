# `make demo` runs the main job, `make test` the tests; both set up .venv themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: demo test e2e check bench prove fuzz mutants dist sbom lock rules-docs clean
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
	BIN=$(BIN) .ci/audit

sbom: $(STAMP) ## bill of materials of what a user installs (CycloneDX), in build/
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --mc-type application --output-reproducible --of JSON -o build/tkelog.cdx.json

# PROVE=10 multiplies the figures; ONLY=P3 proves one promise; the rows of the others stay as they are.
PROVE ?= 1
prove: $(STAMP) ## every promise with its full figures; writes docs/promises.md
	PROVE=$(PROVE) $(BIN)/python -m pytest -q -n 2 -m "promise or prove" $(if $(ONLY),--promise $(ONLY))

# COUNT=1000000 is runs a target instead of its share of ten minutes. atheris has wheels for some interpreters only.
fuzz: $(STAMP) ## coverage-guided fuzzing of all that reads foreign bytes; findings stay in fuzz/inputs/
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'atheris>=2.3.0' || true
	COUNT=$(COUNT) $(BIN)/python -m fuzz

# ONLY="conditions safe" makes mutants of these groups (or of a module); the rows of the others stay as they are.
mutants: $(STAMP) ## faults put into the code that the tests must notice; writes docs/mutants.md (COUNT=0: all of them)
	COUNT=$(COUNT) $(BIN)/python -m mutants $(ONLY)

bench: $(STAMP) ## ratios against gzip and ripgrep in one run
	$(BIN)/python -m benchmarks

rules-docs: $(STAMP) ## write docs/rules and docs/remedies.md anew from the rules
	$(BIN)/tkelog rules docs docs/rules
	$(BIN)/python -m tests.e2e.page

DIST := build/dist
dist: $(STAMP) ## one executable file with its own Python, the wheel, and checksums; needs the shared libpython
	rm -rf $(DIST) && $(PYTHON) -m venv $(DIST)/venv
	$(DIST)/venv/bin/pip install --quiet --disable-pip-version-check . 'pyinstaller>=6.11'
	$(DIST)/venv/bin/python packaging/single_file.py dist $(DIST)/work
	env -i PATH=/usr/bin:/bin TKELOG_HOME=$(CURDIR)/$(DIST)/home dist/tkelog-*-linux-$$(uname -m) analyze --exit-zero fixtures/logs/all-in-one-public-ip >/dev/null
	$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	$(BIN)/tkelog man > dist/tkelog.1
	for s in bash zsh fish; do $(BIN)/tkelog completion $$s > dist/tkelog.$$s; done
	cd dist && sha256sum tkelog*[!6] > SHA256SUMS && cat SHA256SUMS

lock: ## write requirements-dev.lock anew (needs uv)
	uv pip compile --quiet --universal --no-annotate --no-header --no-emit-index-url --generate-hashes --group dev --python-version 3.11 pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --universal --no-annotate --no-header --no-emit-index-url --generate-hashes --python-version 3.11 --constraint requirements-dev.lock pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) build dist bench-data .mypy_cache .ruff_cache .pytest_cache .hypothesis
