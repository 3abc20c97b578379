#!/usr/bin/env bash
# dev-server.sh [PORT]: serves the window's page, with the real Go program behind it, to a browser on this machine.
#
# It starts bin/cofre-dev on a display of its own, with its data in COFRE_HOME (else in a new folder that goes with it),
# prints "http://127.0.0.1:PORT" once that answers, and runs until it is told to end. What the program prints goes to
# the error output. The caller builds bin/cofre-dev before (build/build.sh dev).
set -um
cd "$(dirname "$0")/.."

port=${1:-$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')}
own=''
[ -n "${COFRE_HOME:-}" ] || own=$(mktemp -d)
export COFRE_HOME=${COFRE_HOME:-$own/home} COFRE_KEYRING=${COFRE_KEYRING:-off}
export assetdir=frontend/dist devserver=127.0.0.1:$port

e2e/with-display.sh bin/cofre-dev 1>&2 &
server=$!
finish() {
	trap - EXIT TERM INT HUP
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	[ -z "$own" ] || rm -rf "$own"
}
trap finish EXIT
trap 'finish; exit 143' TERM INT HUP

until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
	kill -0 "$server" 2>/dev/null || { echo "bin/cofre-dev ended before it served its page" >&2; exit 1; }
	sleep 0.05
done
echo "http://127.0.0.1:$port"
wait "$server"
