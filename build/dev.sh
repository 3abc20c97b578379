#!/usr/bin/env bash
# dev.sh: opens the window on the sources of frontend/, which reload as they change. A change of Go code takes a new
# start. Its data is in .cache/demo, as that of `make run`; http://127.0.0.1:34115 is the same page in a browser.
set -euo pipefail
cd "$(dirname "$0")/.."

build/build.sh dev
export COFRE_HOME=${COFRE_HOME:-$PWD/.cache/demo/home}
export devserver=127.0.0.1:34115 frontenddevserverurl=http://127.0.0.1:5173

npm --prefix frontend run dev --silent -- --host 127.0.0.1 --port 5173 --strictPort &
vite=$!
trap 'kill $vite 2>/dev/null' EXIT
bin/cofre-dev
