#!/usr/bin/env bash
# screenshots.sh: builds the window and takes the pictures of docs/screenshots; see screenshots.mjs.
set -euo pipefail
cd "$(dirname "$0")/.."

build/deps.sh build test
build/build.sh window
e2e/with-display.sh node e2e/screenshots.mjs
# Pages have few colours: a palette makes the pictures a third as large, and looks the same.
if command -v convert >/dev/null; then
	for picture in docs/screenshots/*.png; do
		convert "$picture" -dither None -colors 255 -strip -define png:compression-level=9 "$picture"
	done
fi
