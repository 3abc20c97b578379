#!/usr/bin/env bash
# bench.sh: builds the finished program and measures it: main.go against the databases' own tools, window.mjs in a window.
# ROWS (1000000) and RUNS (3) are how much and how often.
set -euo pipefail
cd "$(dirname "$0")/.."

build/deps.sh build test bench
build/build.sh cli
go run ./bench -cofre bin/cofre-cli -rows "${ROWS:-1000000}" -runs "${RUNS:-3}"
if [ "$(uname -s)" = Linux ]; then
	build/build.sh window
	exec e2e/with-display.sh node bench/window.mjs
fi
