#!/usr/bin/env bash
# bench.sh: builds the finished program and measures it; see bench.mjs.
set -euo pipefail
cd "$(dirname "$0")/.."

build/deps.sh build test
build/build.sh cli
if [ "$(uname -s)" = Linux ]; then
	build/build.sh window
	exec e2e/with-display.sh node bench/bench.mjs
fi
exec node bench/bench.mjs
