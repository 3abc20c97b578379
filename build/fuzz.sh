#!/usr/bin/env bash
# fuzz.sh: runs every fuzz test for FUZZTIME (30s). What breaks one is kept in its testdata folder and is an ordinary
# test from then on.
set -euo pipefail
cd "$(dirname "$0")/.."

found=0
while read -r package; do
	# `go test -list` prints the names, then a line about the package.
	for fuzz in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		found=$((found + 1))
		echo "== $package $fuzz =="
		go test -run '^$' -fuzz "^$fuzz\$" -fuzztime "${FUZZTIME:-30s}" "$package"
	done
done < <(git grep -l -E '^func Fuzz' -- '*_test.go' | xargs -r -n 1 dirname | sort -u | sed 's|^|./|')
[ "$found" -gt 0 ] || { echo "no fuzz test found" >&2; exit 1; }
