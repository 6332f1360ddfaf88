# The commands of the README. Every target does its own set-up and says what is missing when it can't go on.
.DEFAULT_GOAL := help
SHELL := /bin/sh
TEST := node -r ts-node/register/transpile-only test/run.ts
SOURCES := $(shell find cli components engine provider resources sandbox testing tools validation -name '*.ts' 2>/dev/null)

.PHONY: help demo demo-down test test-unit test-lab check build bench generate

help:
	@echo 'make demo        build a whole lab in a box on this machine and look at it (root, Debian 12 or 13)'
	@echo 'make demo-down   take it away without a trace'
	@echo 'make test        all tests, on real daemons in a sandbox of their own'
	@echo 'make test-unit   the tests that need neither root nor a sandbox'
	@echo 'make test-lab    the tests that run on the machines of a sandbox'
	@echo 'make check       types, linter, formatter, layers'
	@echo 'make bench       measure, and write docs/benchmarks.md'

demo: build
	@node dist/tools/demo.js up

demo-down: build
	@node dist/tools/demo.js down

test: check
	@$(TEST)

test-unit: build
	@$(TEST) unit

test-lab: build
	@$(TEST) lab

check: build
	@npm run --silent check

bench: build
	@node dist/tools/bench.js

generate: build
	@npm run --silent generate

build: dist/.tsbuildinfo

dist/.tsbuildinfo: node_modules/.package-lock.json tsconfig.json tsconfig.build.json $(SOURCES)
	@echo 'compiling'
	@npm run --silent build && touch $@

node_modules/.package-lock.json: package.json package-lock.json tools/prerequisites
	@tools/prerequisites
	@echo 'installing npm packages'
	@npm ci --silent && touch $@
