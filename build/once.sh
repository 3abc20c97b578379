#!/usr/bin/env bash
# once.sh NAME MADE INPUT... -- COMMAND...
#
# Runs COMMAND, unless it came to its end before with the same inputs (files and folders, by their content) and the
# file MADE is still there. What was seen is kept in .cache/once/NAME. Content and not time decides: a fresh clone, a
# change of branch and back, or a touched file cause no work.
set -euo pipefail

name=$1 made=$2
shift 2
inputs=()
while [ "$1" != -- ]; do
	inputs+=("$1")
	shift
done
shift

cd "$(dirname "$0")/.."
files() {
	find "${inputs[@]}" \( -name node_modules -o -name dist -o -name test-results \) -prune -o -type f -print | LC_ALL=C sort
}
seen=$({ echo "$*"; files; files | git hash-object --stdin-paths; } | git hash-object --stdin)
record=.cache/once/$name
if [ -e "$made" ] && [ "$(cat "$record" 2>/dev/null)" = "$seen" ]; then
	exit 0
fi
rm -f "$record"
"$@"
mkdir -p .cache/once
echo "$seen" >"$record"
