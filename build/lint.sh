#!/usr/bin/env bash
# lint.sh: the walls and the style of the Go code, for every system and with the window; then the frontend's checks.
set -euo pipefail
cd "$(dirname "$0")/.."

version=2.15.0
lint=$PWD/.cache/bin/golangci-lint
if [ "$("$lint" version --short 2>/dev/null)" != "$version" ]; then
	echo "Building golangci-lint $version into .cache/bin (about a minute)"
	GOBIN=$PWD/.cache/bin go install -p 2 "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$version"
fi

echo "== walls =="
build/walls.sh "$lint"
echo "== Go =="
"$lint" run ./...
for system in windows darwin; do
	echo "== Go on $system =="
	GOOS=$system CGO_ENABLED=0 go vet ./...
done
echo "== Go with the window =="
build/deps.sh build
"$lint" run --build-tags desktop,production,webkit2_41 .
echo "== frontend =="
build/build.sh frontend
npm --prefix frontend run --silent check
npm --prefix frontend run --silent lint
