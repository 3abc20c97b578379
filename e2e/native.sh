#!/usr/bin/env bash
# native.sh FOLDER: compiles the two helpers of the tests into FOLDER, where they are older than their sources.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p "$1"
stale() { [ ! -e "$2" ] || [ "$1" -nt "$2" ]; }
# shellcheck disable=SC2046 # pkg-config prints words
if stale automation.c "$1/automation.so"; then
	cc -shared -fPIC -O2 -Wall -o "$1/automation.so" automation.c $(pkg-config --cflags --libs webkit2gtk-4.1)
fi
# shellcheck disable=SC2046
if stale dragsource.c "$1/dragsource"; then
	cc -O2 -Wall -o "$1/dragsource" dragsource.c $(pkg-config --cflags --libs gtk+-3.0)
fi
