#!/usr/bin/env bash
# torture.sh: kills the command line TIMES (200) times in each scenario, and cuts its connections at every message;
# prints a table and fails where a database was mixed or something was left over. SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/.."

build/deps.sh build test
export COFRE_TORTURE=${TIMES:-200} COFRE_SEED=${SEED:-}
go test -count=1 -timeout 4h -v ./e2e/torture | grep -v -E '^=== (RUN|PAUSE|CONT)'
