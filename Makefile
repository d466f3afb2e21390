# Everything there is to know is `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

python := .venv/bin/python
# Tests that run at once: half of their time they wait for processes, so two for each processor.
# Those marked `alone` measure time and come afterwards, one by one.
JOBS ?= $(shell echo $$((2 * $$(nproc))))
PYTEST_ARGS ?=
BENCH ?= $(basename $(notdir $(filter-out bench/_%,$(wildcard bench/*.py))))

.PHONY: help demo test adversary check format web bench lock clean

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: ## run a province in miniature; CHECK=1 verifies it, BREAK=name spoils one thing, RESET=1 forgets
	@began=$$(date +%s); scripts/setup.sh demo; \
	SETUP_SECONDS=$$(($$(date +%s) - began)) exec $(python) -m scripts.demo

test: ## set up and run every test; PYTEST_ARGS='-k word' for some
	@scripts/setup.sh test
	@scripts/run_tests.sh $(JOBS) $(PYTEST_ARGS)

adversary: ## run the demo and try every hostile act against its meeting; ACTS=name,name for some
	@scripts/setup.sh demo
	@$(python) -m scripts.demo --check --only begin,floor,adversaries-all --drawn --data .demo/adversary

install-test: ## as root: install a centre and a point for real, in two booted Debians
	@tests/installation/run.sh

wheels: ## fill dist/wheels with what systemd/install.sh --wheels installs without the Internet
	@systemd/wheels.sh dist/wheels

check: ## format, lint, types, import rules
	@scripts/setup.sh check
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy --config-file tests/mypy.ini tests bench & beside=$$!; own=0; \
	$(python) -m mypy || own=$$?; wait $$beside; exit $$own
	@.venv/bin/lint-imports
	@$(python) scripts/build_web.py --check

format: ## rewrite what `make check` would complain about, where a tool can
	@scripts/setup.sh check
	@$(python) -m ruff check --fix-only .
	@$(python) -m ruff format .
	@$(python) scripts/build_web.py --format

web: ## build the pages' TypeScript and styles anew
	@scripts/setup.sh check
	@$(python) scripts/build_web.py --force

bench: ## benchmarks beside their peers, into bench/results/; BENCH='agent' for one, about a quarter of an hour each
	@scripts/setup.sh bench
	@for name in $(BENCH); do $(python) -m "bench.$$name"; done

lock: ## write requirements/*.txt anew from pyproject.toml
	@scripts/lock.sh

clean: ## remove what was made here
	@rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@rm -rf controller/web/static agent/room/kiosk/static web/node_modules dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
