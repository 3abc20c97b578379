#!/usr/bin/env bash
# torture.sh: kills the command line TIMES (200) times in each scenario, cuts its connections at every message, fills its
# disks at every step, writes beside it, and gives it MUTANTS (400) damaged files of each format; prints a table and fails
# where a database was mixed or something was left over. SEED repeats a run.
set -euo pipefail
cd "$(dirname "$0")/.."

build/deps.sh build test
export COFRE_TORTURE=${TIMES:-200} COFRE_SEED=${SEED:-} COFRE_MUTANTS=${MUTANTS:-400}
{
	go test -count=1 -timeout 4h -v ./e2e/torture
	go test -count=1 -timeout 4h -v -run TestADamagedFileRestored ./internal/cli
} | grep --line-buffered -v -E '^=== (RUN|PAUSE|CONT)'
