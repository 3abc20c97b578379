#!/usr/bin/env bash
# bench.sh: builds the finished program and measures it; see bench.mjs, and main.go for migrations.
set -euo pipefail
cd "$(dirname "$0")/.."

build/deps.sh build test bench
build/build.sh cli
go run ./bench -only migrate -cofre bin/cofre-cli -rows "${ROWS:-1000000}" -runs "${RUNS:-3}"
if [ "$(uname -s)" = Linux ]; then
	build/build.sh window
	exec e2e/with-display.sh node bench/bench.mjs
fi
exec node bench/bench.mjs
