# The commands of this repository. A fresh machine needs Swift, git, make and apt; the rest is installed on demand.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Debug by default: a first debug build is ready as soon as a release build (both about three and a half minutes on two
# cores), the tests share it, and a change rebuilds in three seconds. `make run CONFIGURATION=release` for the fast one.
CONFIGURATION ?= debug
# Extra arguments: `make run ARGS=--once`, `make test ARGS=RedisTests`.
ARGS ?=
IMAGE ?= ai-assistant
PYTHON_ENVIRONMENT := .build-venv
OLDER_CELERY := .build-venv-older

.PHONY: help run build test chaos once canvases streams soak quality docs bench lint format test-sanitize image clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

run: ## build and start everything here, play one conversation (ARGS=--once: end after it)
	@.ci/packages run
	swift build --configuration $(CONFIGURATION)
	@exec "$$(swift build --configuration $(CONFIGURATION) --show-bin-path)/ai-assistant" dev $(ARGS)

build: ## build every program
	@.ci/packages build
	swift build --configuration $(CONFIGURATION)

test: $(PYTHON_ENVIRONMENT)/ready $(OLDER_CELERY)/ready ## run every test
	@.ci/packages test
	swift build --build-tests
	@.ci/test $(ARGS)
	@.ci/checks $(PYTHON_ENVIRONMENT)/bin/python

# The tests' other side of the wire: Celery, Feishu's own SDK, a browser's driver, a model server, MCP's SDK. The model
# server is compiled here, without what a model of 100 KB has no use for: some three minutes of one core, once, since pip
# keeps the wheel.
MODEL_SERVER := -DCMAKE_C_FLAGS_RELEASE=-O0 -DCMAKE_CXX_FLAGS_RELEASE=-O0 -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF \
	-DGGML_LLAMAFILE=OFF -DMTMD_BUILD=OFF -DLLAMA_CURL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_TOOLS=OFF
$(PYTHON_ENVIRONMENT)/ready: Tests/requirements.txt
	@.ci/packages test
	python3 -m venv --clear $(PYTHON_ENVIRONMENT)
	CMAKE_ARGS="$(MODEL_SERVER)" $(PYTHON_ENVIRONMENT)/bin/pip install --quiet --disable-pip-version-check --requirement Tests/requirements.txt
	@touch $@

# Celery again, as it was three years ago: a second version on the other side.
$(OLDER_CELERY)/ready: Tests/requirements-older-celery.txt
	@.ci/packages test
	python3 -m venv --clear $(OLDER_CELERY)
	$(OLDER_CELERY)/bin/pip install --quiet --disable-pip-version-check --requirement Tests/requirements-older-celery.txt
	@touch $@

docs: ## build the reference of the library products with DocC, into .build/documentation
	@.ci/packages build
	.ci/docs

# How long, and which decisions; a seed repeats the decisions of a run, not its timing.
CHAOS_SECONDS ?= 3600
CHAOS_SEED ?=
SOAK_MINUTES ?= 30

chaos: ## storms of random harm to workers, connections and Redis (CHAOS_SECONDS=3600, CHAOS_SEED=…)
	@.ci/packages test
	swift build --build-tests
	CHAOS_SECONDS=$(CHAOS_SECONDS) CHAOS_SEED=$(CHAOS_SEED) \
		swift test --skip-build --disable-xctest --filter '^ChaosTests\.StormTests'

# An app may send a thousand replies a minute: ten thousand messages take ten minutes.
ONCE_EVENTS ?= 10000
ONCE_SEED ?=
ONCE_STREAMS ?= 10000

once: ## one visible answer to each message, while everything is killed (ONCE_EVENTS=10000, ONCE_SEED=…)
	@.ci/packages test
	swift build --build-tests
	ONCE_EVENTS=$(ONCE_EVENTS) ONCE_SEED=$(ONCE_SEED) \
		swift test --skip-build --disable-xctest --filter '^OnceTests\.OnceTests'

CANVASES ?= 1000
CANVAS_SEED ?= 0

canvases: $(PYTHON_ENVIRONMENT)/ready $(OLDER_CELERY)/ready ## random canvases on Celery's workers, on ours, on ours under SIGKILL (CANVASES=1000)
	@.ci/packages test
	swift build --product canvas-worker
	AI_ASSISTANT_BINARIES="$$(swift build --show-bin-path)" CANVASES=$(CANVASES) CANVAS_SEED=$(CANVAS_SEED) CANVAS_HARM=1 \
		$(PYTHON_ENVIRONMENT)/bin/python Tests/Conformance/check_canvas.py

streams: ## memory of a worker with many slow answers, of a release build (ONCE_STREAMS=10000)
	@.ci/packages test
	swift build --configuration release
	swift build --build-tests
	AI_ASSISTANT_BINARIES="$$(swift build --configuration release --show-bin-path)" ONCE_STREAMS=$(ONCE_STREAMS) \
		swift test --skip-build --disable-xctest --filter '^OnceTests\.StreamsTests'

soak: ## memory under steady load, of a release build (SOAK_MINUTES=30; 360 for six hours)
	@.ci/packages test
	swift build --configuration release
	swift build --build-tests
	AI_ASSISTANT_BINARIES="$$(swift build --configuration release --show-bin-path)" SOAK_MINUTES=$(SOAK_MINUTES) \
		swift test --skip-build --disable-xctest --filter '^ChaosTests\.SoakTests'

# A folder of meetings as JSON: utterances with speaker and text, references as docs/minutes.md describes.
MEETINGS ?=

quality: $(PYTHON_ENVIRONMENT)/ready ## minutes of a folder of meetings: by a fake model in twelve modes, and without one (MEETINGS=path)
	@[[ -n "$(MEETINGS)" ]] || { echo "usage: make quality MEETINGS=path" >&2; exit 2; }
	@.ci/packages build
	swift build --configuration $(CONFIGURATION) --product minutes-quality
	swift build --configuration $(CONFIGURATION) --product extraction-quality
	@programs="$$(swift build --configuration $(CONFIGURATION) --show-bin-path)"; failed=0; \
	"$$programs/minutes-quality" --meetings "$(MEETINGS)" $(ARGS) || failed=1; \
	$(PYTHON_ENVIRONMENT)/bin/python Tests/Quality/check_extraction.py "$(MEETINGS)" --program "$$programs/extraction-quality" \
		|| failed=1; exit $$failed

bench: ## measure the budgets (a package of its own in Benchmarks); ARGS=peers: against other queues
	@.ci/packages $(if $(filter peers observed,$(ARGS)),peers,bench)
	Benchmarks/run $(ARGS)

lint: ## check formatting and conventions
	@.ci/lint

format: ## rewrite the sources in the house format
	swift format --in-place --parallel --recursive Package.swift Sources Tests

test-sanitize: ## run the unit tests under the thread and the address sanitizer
	@.ci/packages test
	.ci/sanitize thread
	.ci/sanitize address

image: ## build the container image
	docker build --tag $(IMAGE) .

clean: ## remove everything that was built
	rm -rf .build Benchmarks/.build Benchmarks/.build-peers .build-thread .build-address $(PYTHON_ENVIRONMENT) $(OLDER_CELERY)
