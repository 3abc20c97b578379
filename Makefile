# Cofre. `make` prints what can be made; `make run` and `make test` need nothing installed but Go, Node.js, git and make.

SHELL := bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## The program

.PHONY: run build cli dev bindings package install
run: ## build Cofre and open its window on a sample database (no display: the same story on the command line)
	@build/run.sh

build: ## build the window: bin/cofre
	@build/build.sh window

cli: ## build the command line alone, static: bin/cofre-cli
	@build/build.sh cli

dev: ## open the window on the sources of frontend/, reloading as they change
	@build/dev.sh

bindings: ## write frontend/wailsjs, the page's view of the Go methods, from app.go
	@build/build.sh bindings

install: build ## put the window, its icon and its file types where this desktop finds them (PREFIX=~/.local)
	@build/install.sh "$(or $(PREFIX),$(HOME)/.local)"

package: ## make what can be shipped from this system, in bin/dist
	@build/package.sh

## The tests

.PHONY: test test-go test-frontend test-e2e lint bench matrix torture fuzz screenshots
test: ## run every test: Go, frontend, end to end
	@build/deps.sh build test && node build/test.mjs go frontend e2e

test-go: ## run the Go tests
	@build/deps.sh build test && node build/test.mjs go

test-frontend: ## check the frontend, run its tests, and Playwright against the real backend
	@build/deps.sh build test && node build/test.mjs frontend

test-e2e: ## drive the finished program in a real window
	@build/deps.sh build test && node build/test.mjs e2e

lint: ## hold the walls between the packages and the style of the code
	@build/lint.sh

bench: ## measure speed and memory as ratios to the databases' own tools
	@bench/bench.sh

matrix: ## run the PostgreSQL tests against every server and client version that is here
	@build/matrix.sh

torture: ## kill restores, cut their connections, fill their disks, feed them damage (TIMES=200 a scenario)
	@e2e/torture.sh

fuzz: ## fuzz the readers of foreign files (FUZZTIME=30s each)
	@build/fuzz.sh

screenshots: ## take the pictures of docs/screenshots
	@e2e/screenshots.sh

## The rest

.PHONY: clean
clean: ## remove what was built; the sample database of make run and its backups stay
	@rm -rf bin build/bin frontend/node_modules frontend/test-results e2e/.out
	@find frontend/dist -mindepth 1 ! -name .gitkeep -delete
	@if [ -d .cache ]; then find .cache -mindepth 1 -maxdepth 1 ! -name demo -exec rm -rf {} +; fi
