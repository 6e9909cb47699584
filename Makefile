# Every target does its own set-up in .venv; nothing needs root or an active environment.
#   make demo        the whole story on generated data
#   make test        the test suite
#   make test-long   the long tests as well, with many more examples (those of test-soak apart)
#   make test-soak   the long tests of counters and streams, servers killed by the hundred
#   make test-redis  what concerns counters, on this system's redis-server
#   make mutation    small changes to the code, and whether tests notice them
#   make bench       the benchmarks
#   make lint        ruff, mypy, import-linter
#   make table       compiles the numbering table again from phonenumbers
#   make package     builds sdist and wheel, and tries the wheel in an environment of its own
#   make clean       removes what was made, the environment included
# PYTHON=/path/to/python3 chooses the interpreter of the environment (3.11 or later).

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/stamp
PYTEST := $(BIN)/python -m pytest
# A file's tests share servers and registries, so they stay together in one process.
# The slowest are listed at the end, so that a test that grows too long is seen.
PARALLEL := -n 2 --dist loadfile --durations=15
COUNTERS := tests/counters tests/failures
STREAMS := tests/integrations/redis_stream

.PHONY: demo test test-long test-soak test-redis mutation bench bench-smoke lint format table package clean
.DELETE_ON_ERROR:

demo: $(STAMP)-takedown
	$(BIN)/callguard demo

test: $(STAMP)-test
	$(PYTEST) $(PARALLEL)

test-long: $(STAMP)-test-long
	CALLGUARD_LONG=1 $(PYTEST) $(PARALLEL) $(addprefix --ignore=,$(COUNTERS) $(STREAMS))

# Ten million events through every store, hundreds of kills: most of an hour.
test-soak: $(STAMP)-test-long
	CALLGUARD_LONG=1 $(PYTEST) $(COUNTERS) $(STREAMS)

test-redis: $(STAMP)-test
	@command -v redis-server >/dev/null || { \
	    echo "test-redis: no redis-server here; install it (.ci/install-redis)" >&2; exit 1; }
	CALLGUARD_REDIS_SERVER="$$(command -v redis-server)" $(PYTEST) $(COUNTERS)

# An hour; what is done is kept in .cache/mutation, and `make mutation` goes on from there.
# MUTATION='--seed 7 --count 800' draws another sample.
mutation: $(STAMP)-mutation
	$(BIN)/python -m tools.mutation $(MUTATION)

bench: $(STAMP)-bench
	$(PYTEST) bench

# Equal answers only, on small sizes: no time is measured.
bench-smoke: $(STAMP)-bench
	CALLGUARD_BENCH_SMOKE=1 $(PYTEST) bench --benchmark-disable

lint: $(STAMP)-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(STAMP)-lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

table: $(STAMP)-table
	$(BIN)/python -m tools.numbering_table

package: $(STAMP)-package
	.ci/try-package $(BIN)/python

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache \
	    .import_linter_cache .hypothesis .benchmarks
	find callguard tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp for each extra that a target needs.
$(STAMP)-%: $(STAMP)-python setup.cfg setup.py pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[$*]' || { \
	    echo "make: the packages of '.[$*]' could not be installed in $(VENV); pip says why above." \
	        "If no package index was reached, set PIP_INDEX_URL and run make again" >&2; exit 1; }
	@touch $@

$(STAMP)-python: .ci/make-venv
	.ci/make-venv $(VENV) $(PYTHON)
	@touch $@
