#!/usr/bin/env bash
# build.sh window|cli|bindings|frontend|dev: builds one thing, and what it is made of where that changed.
#
#   window    bin/cofre       the program with its window (GTK 3 and WebKitGTK 4.1 on Linux)
#   cli       bin/cofre-cli   the same main without build tags: static, no window, any system
#   dev       bin/cofre-dev   the window that also serves its page and its methods to a browser; for tests only
#   frontend  frontend/dist   the page
#   bindings  frontend/wailsjs
set -euo pipefail
cd "$(dirname "$0")/.."

export npm_config_update_notifier=false
flags=(-trimpath -buildvcs=false)
exe=$(go env GOEXE)

packages() {
	build/once.sh npm frontend/node_modules/.package-lock.json frontend/package.json frontend/package-lock.json frontend/.npmrc -- \
		npm --prefix frontend ci --include=dev --no-audit --no-fund --loglevel=error
}

# The generator is the program itself: built with the tag "bindings" its main writes frontend/wailsjs and ends.
generate() {
	mkdir -p .cache/log
	go build -buildvcs=false -tags bindings -o "bin/bindings$exe" .
	tsoutputtype=interfaces "bin/bindings$exe" >.cache/log/bindings.log 2>&1 || { cat .cache/log/bindings.log >&2; return 1; }
	rm "bin/bindings$exe"
}

bindings() {
	build/once.sh bindings frontend/wailsjs/runtime/runtime.js ./*.go internal go.mod wails.json -- build/build.sh generate
}

# vite empties dist, and with it the file that keeps it in git and lets `go vet` embed it before the first build.
page() {
	npm --prefix frontend run build --silent -- --logLevel=error
	touch frontend/dist/.gitkeep
}

frontend() {
	packages
	bindings
	build/once.sh frontend frontend/dist/index.html frontend internal/text -- build/build.sh page
}

window() {
	build/deps.sh build
	frontend
	go build "${flags[@]}" -tags desktop,production,webkit2_41 -o "bin/cofre$exe" .
}

dev() {
	build/deps.sh build
	frontend
	go build -buildvcs=false -tags dev,webkit2_41 -o "bin/cofre-dev$exe" .
}

cli() {
	CGO_ENABLED=0 go build "${flags[@]}" -o "bin/cofre-cli$exe" .
}

case ${1:-} in
window | cli | dev | frontend | bindings | generate | page | packages) "$1" ;;
*)
	echo "usage: build.sh window|cli|dev|frontend|bindings" >&2
	exit 2
	;;
esac
