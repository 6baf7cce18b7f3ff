# What one needs of Sortie: `make demo` shows it, `make test` tests it. Everything else is below.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The agent is static and is built apart: its flags would rebuild everything else.
AGENT_BUILD := swift build -c release --product sortie-agent --scratch-path .build-agent \
  -Xswiftc -static-executable -Xlinker -s
DEMO := .sortie/demo

.PHONY: help build agent test demo bench bench-api soak fuzz fuzz-api sanitize lint format clean prepare

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

prepare: ## Install what the build and the demo need (apt; root or sudo)
	@.ci/prepare

agent: prepare
	@$(AGENT_BUILD) 2>&1 | .ci/quiet

build: agent .venv/ready ## Build .build/release/sortie and the static .build/release/sortie-agent
	@swift build -c release --product sortie 2>&1 | .ci/quiet
	@cp -f .build-agent/release/sortie-agent .build/release/sortie-agent

# One virtual environment for the Python drivers.
.venv/ready: tiers/requirements.txt
	@python3.11 -m venv .venv
	@.venv/bin/pip --quiet --disable-pip-version-check install -r tiers/requirements.txt
	@touch $@

# The other worlds' clients that the collection API is tested with; they want other versions than the drivers.
.venv-clients/ready: Tests/Clients/requirements.txt
	@python3.11 -m venv .venv-clients
	@.venv-clients/bin/pip --quiet --disable-pip-version-check install --no-deps -r Tests/Clients/requirements.txt
	@touch $@

test: agent .venv/ready .venv-clients/ready ## Install what tests need, build, lint, and pass all tests
	@swift build --build-tests 2>&1 | .ci/quiet
	@.ci/lint
	@.ci/test

demo: build ## Raise a lab of three SSH nodes, run the shipped tiers there, publish, and show what came of it
	@.ci/demo $(DEMO)

bench: build ## Measure against xargs, GNU parallel and ssh
	@Benchmarks/run

bench-api: build ## Measure the collection API: durable posts, pages of a million results, paddles' lists
	@Benchmarks/api/run

# A failing seed prints the line that replays it: make soak SEED=4711
SEEDS ?= 100000
soak: ## Play SEEDS simulated worlds (default 100,000), or replay SEED
	@swift build --product soak -Xswiftc -O --scratch-path .build-soak 2>&1 | .ci/quiet
	@.build-soak/debug/soak $(if $(SEED),--seed $(SEED) --trace,--seeds $(SEEDS))

fuzz: agent ## A million mutated inputs each for decoder, journal, catalog and HTTP parser
	@.ci/fuzz

.venv-fuzz/ready: Tests/Clients/fuzz-requirements.txt
	@python3.11 -m venv .venv-fuzz
	@.venv-fuzz/bin/pip --quiet --disable-pip-version-check install --no-deps -r Tests/Clients/fuzz-requirements.txt
	@touch $@

fuzz-api: prepare .venv-fuzz/ready ## Hold the collection API against the OpenAPI document it serves (EXAMPLES=1000, SEED)
	@swift build --product sortie 2>&1 | .ci/quiet
	@.ci/fuzz-api

sanitize: agent ## The tests under the thread and the address sanitizer
	@.ci/sanitize

lint: ## Check format and imports
	@.ci/lint

format: ## Bring all Swift into the one format
	@swift format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## Delete what was built; runs in .sortie stay
	@rm -rf .build .build-* .venv .venv-*
