# Every target sets up .venv by itself; only Python >= 3.11 and make are needed.
PYTHON ?= python3
BIN := .venv/bin
MODULE := fraud_assets.definitions
READY := .venv/.ready
# Files beside each other, in the order of tests/conftest.py.
BESIDE := -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help run test test-slow check fix ui serve stack stack-status stack-down lock clean bench-search \
	bench-serve bench-features bench-quality bench-coverage bench-alarm bench-online bench-decisions

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

$(READY): requirements/bootstrap.lock requirements/dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 to 3.13 is needed, this is %d.%d; try make PYTHON=python3.12" % sys.version_info[:2] if not (3, 11) <= sys.version_info[:2] < (3, 14) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python \
		--require-hashes -r requirements/dev.lock \
		|| $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

run: $(READY) ## one week: from raw transactions to a published, proven model
	$(BIN)/fraud-assets run
	@$(BIN)/fraud-assets models show

ui: $(READY) ## the Dagster UI with the weekly schedule
	$(BIN)/dagster dev -w workspace.yaml

serve: $(READY) ## the scoring service on the current version
	$(BIN)/fraud-assets serve

stack: $(READY) ## all of it on loopback: databases, store, two services, Dask, Dagster's three
	$(BIN)/python -m stack up

stack-status: $(READY) ## what of it runs, and where it answers
	$(BIN)/python -m stack status

stack-down: $(READY) ## stop that; the data stay in .stack
	$(BIN)/python -m stack down

check: $(READY) ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: $(READY) ## mend what format and lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: $(READY) ## the specification, a few minutes
	$(BIN)/python -m pytest -m "not slow" $(BESIDE)

test-slow: $(READY) ## races, kills, browsers, large data
	$(BIN)/python -m pytest -m "slow and not alone" $(BESIDE)
	$(BIN)/python -m pytest -m "slow and alone"

lock: $(READY) ## pin the newest versions again, with hashes
	$(BIN)/uv pip compile pyproject.toml --extra chain --extra serve --extra s3 --extra stack --group dev --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-strip-extras --upgrade --quiet -o requirements/dev.lock
	$(BIN)/uv pip compile pyproject.toml --extra boosting --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-strip-extras --constraints requirements/dev.lock --quiet -o requirements/boosting.lock
	$(BIN)/uv pip compile pyproject.toml --group peers --extra boosting --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-strip-extras --constraints requirements/dev.lock --quiet -o requirements/peers.lock
	$(BIN)/uv pip compile pyproject.toml --extra serve --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--no-strip-extras --constraints requirements/dev.lock --quiet -o requirements/serve.lock

bench-quality: $(READY) ## public sets and peers; ARGS="--only peers --set ulb_creditcard"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes \
		-r requirements/peers.lock || echo "Peers that could not be installed are left out."
	$(BIN)/python -m benchmarks.quality $(ARGS)

bench-search bench-features bench-coverage bench-alarm bench-online bench-decisions: \
		bench-%: $(READY) ## both sides in one run; bench-features ARGS="--rows 100000000"
	$(BIN)/python -m benchmarks.$* $(ARGS)

bench-serve: $(READY) ## requests a second and latencies; then promotions under full load
	status=0; $(BIN)/python -m benchmarks.serve || status=1; \
		$(BIN)/python -m benchmarks.serve --swap || status=1; exit $$status

clean: ## all that was made here, the published models excepted
	rm -rf .venv .dagster dist .mypy_cache .ruff_cache .pytest_cache .hypothesis benchmarks/out
