#!/usr/bin/env bash
# matrix.sh: runs the tests that use PostgreSQL against every server version that is here: those installed in the usual
# places, and those below the folder PG_MATRIX, as server-18/bin. Client programs of other versions are found by Cofre
# itself; those below PG_MATRIX, as client-17/bin, are put on the PATH. Arguments are go test's: build/matrix.sh -run Aside
set -euo pipefail
cd "$(dirname "$0")/.."

servers() {
	local bin
	for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin "${PG_MATRIX:-/nonexistent}"/server-*/bin; do
		[ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && echo "$bin"
	done
}

for bin in "${PG_MATRIX:-/nonexistent}"/client-*/bin; do
	[ ! -d "$bin" ] || PATH=$PATH:$bin
done
export PATH

mapfile -t packages < <(git grep -l 'testdb\.Main' -- 'internal/*_test.go' | xargs -n 1 dirname | sort -u | sed 's|^|./|')
mapfile -t bins < <(servers)
[ ${#bins[@]} -gt 0 ] || { echo "no PostgreSQL server programs found" >&2; exit 1; }

failed=()
for bin in "${bins[@]}"; do
	version=$("$bin/postgres" --version)
	echo "== $version ($bin) =="
	COFRE_TEST_PG_BIN=$bin go test -count=1 -timeout 20m "${packages[@]}" "$@" || failed+=("$version")
done

echo
if [ ${#failed[@]} -gt 0 ]; then
	printf 'failed: %s\n' "${failed[@]}"
	exit 1
fi
echo "${#bins[@]} server versions, all passed"
