# Every target does its own set-up in .venv; nothing needs root or an active environment.
#   make demo        the whole story on generated data
#   make test        the test suite
#   make test-long   the long tests as well, with many more examples (those of test-soak apart)
#   make test-soak   the long tests of counters and streams, servers killed by the hundred; all
#                    regions' numbers at all homes
#   make test-redis  what concerns counters, on this system's redis-server
#   make fuzz        every fuzzer for a minute; FUZZ='--minutes 60' for an hour
#   make mutation    small changes to the code, and whether tests notice them
#   make bench       the benchmarks
#   make lint        ruff, mypy, import-linter
#   make table       compiles the numbering table again from phonenumbers
#   make characters  compiles the tables of characters again from Unicode's data files
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
NUMBERS := tests/rule_pack/test_allocated_numbers.py

# What to do when a step fails, said below what it printed. No commas in the text.
or_say = || { echo "make $@: $(1)" >&2; exit 1; }
FAILING_TEST := run one alone with '$(PYTEST) FILE::TEST'

.PHONY: demo test test-long test-soak test-redis fuzz mutation bench bench-smoke lint format table characters package clean
.DELETE_ON_ERROR:

demo: $(STAMP)-takedown
	$(BIN)/callguard demo

test: $(STAMP)-test
	@$(PYTEST) $(PARALLEL) $(call or_say,$(FAILING_TEST))

test-long: $(STAMP)-test-long
	@CALLGUARD_LONG=1 $(PYTEST) $(PARALLEL) $(addprefix --ignore=,$(COUNTERS) $(STREAMS)) \
	    $(call or_say,$(FAILING_TEST) and CALLGUARD_LONG=1 before it)

# Ten million events through every store, hundreds of kills: most of an hour. Every region's numbers
# at every home: another one.
test-soak: $(STAMP)-test-long
	@CALLGUARD_LONG=1 CALLGUARD_EVERY=1 $(PYTEST) $(PARALLEL) -m long $(NUMBERS) \
	    $(call or_say,$(FAILING_TEST) and CALLGUARD_LONG=1 CALLGUARD_EVERY=1 before it)
	@CALLGUARD_LONG=1 $(PYTEST) $(COUNTERS) $(STREAMS) \
	    $(call or_say,$(FAILING_TEST) and CALLGUARD_LONG=1 before it)

test-redis: $(STAMP)-test
	@command -v redis-server >/dev/null $(call or_say,no redis-server here; run .ci/install-redis)
	@CALLGUARD_REDIS_SERVER="$$(command -v redis-server)" $(PYTEST) $(COUNTERS) \
	    $(call or_say,$(FAILING_TEST) and CALLGUARD_REDIS_SERVER=$$(command -v redis-server) before it)

# Inputs that reach new code are kept in .cache/fuzz. FUZZ='--minutes 60 --only sip,pcap' runs these
# for an hour each; FUZZ='--blind' runs many more mutants of what was found, without a look at coverage.
fuzz: $(STAMP)-fuzz
	@$(BIN)/python -m tests.fuzz $(FUZZ) $(call or_say,fix the cause; keep the input in tests/fuzz/corpus)

# An hour; what is done is kept in .cache/mutation, and `make mutation` goes on from there.
# MUTATION='--seed 7 --count 800' draws another sample.
mutation: $(STAMP)-mutation
	$(BIN)/python -m tools.mutation $(MUTATION)

bench: $(STAMP)-bench
	@$(PYTEST) bench $(call or_say,$(FAILING_TEST))

# Equal answers only, on small sizes: no time is measured.
bench-smoke: $(STAMP)-bench
	@CALLGUARD_BENCH_SMOKE=1 $(PYTEST) bench --benchmark-disable \
	    $(call or_say,$(FAILING_TEST) and CALLGUARD_BENCH_SMOKE=1 before it)

lint: $(STAMP)-lint
	@$(BIN)/ruff check . $(call or_say,fix what is listed above; 'make format' fixes what it can)
	@$(BIN)/ruff format --check . $(call or_say,run 'make format')
	@$(BIN)/mypy $(call or_say,fix the types that are listed above)
	@$(BIN)/lint-imports --no-logo \
	    $(call or_say,an import points up; CONTRIBUTING.md has the layers and setup.cfg the contract)

format: $(STAMP)-lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

table: $(STAMP)-table
	@$(BIN)/python -m tools.numbering_table \
	    $(call or_say,the compiler must learn what phonenumbers has added; see tools/numbering_table)

# UNICODE=FOLDER holds the four data files; without them the command says where they are to be had.
characters: $(STAMP)-table
	@$(BIN)/python -m tools.unicode_tables "$(or $(UNICODE),.)" \
	    $(call or_say,get the files that are named above and say where they are: make characters UNICODE=FOLDER)

package: $(STAMP)-package
	.ci/try-package $(BIN)/python

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache \
	    .import_linter_cache .hypothesis .benchmarks
	find callguard tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +

# One stamp for each extra that a target needs.
$(STAMP)-%: $(STAMP)-python setup.cfg setup.py pyproject.toml
	@echo "installing '.[$*]' into $(VENV)"
	@$(BIN)/python -m pip install --quiet --editable '.[$*]' $(call or_say,pip says above why \
	    '.[$*]' cannot be installed. If it reached no package index: set PIP_INDEX_URL and run make again)
	@touch $@

$(STAMP)-python: .ci/make-venv
	.ci/make-venv $(VENV) $(PYTHON)
	@touch $@
