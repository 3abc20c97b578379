#!/usr/bin/env bash
# torture.sh: builds the command line and tortures it; see torture.mjs.
set -euo pipefail
cd "$(dirname "$0")/.."

build/deps.sh build test
build/build.sh cli
exec node e2e/torture.mjs
