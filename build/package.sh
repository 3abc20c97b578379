#!/usr/bin/env bash
# package.sh: builds what this system can build of what people download, into bin/dist:
#
#   everywhere   cofre-cli for Linux, Windows and macOS on amd64 and arm64: static, one file each
#   Linux        the window for Linux as a tree that unpacks into /usr/local or ~/.local; the window for Windows, with
#                its installer where makensis is here
#   macOS        the window for macOS as an application bundle
#
# The window is built through the Wails command line, which puts icons and manifests into programs and bundles.
set -euo pipefail
cd "$(dirname "$0")/.."

version=${VERSION:-$(node -p 'require("./wails.json").info.productVersion')}
wails_version=v2.15.0
wails=$PWD/.cache/bin/wails
dist=bin/dist
flags="-s -w -X cofre/internal/boot.Version=$version"
rm -rf "$dist"
mkdir -p "$dist"

command_lines() {
	local system arch suffix
	for system in linux windows darwin; do
		for arch in amd64 arm64; do
			suffix=''
			[ $system != windows ] || suffix=.exe
			CGO_ENABLED=0 GOOS=$system GOARCH=$arch go build -trimpath -buildvcs=false -ldflags "$flags" \
				-o "$dist/cofre-cli-$version-$system-$arch$suffix" .
		done
	done
}

with_wails() {
	if [ "$("$wails" version 2>/dev/null | head -n 1)" != "$wails_version" ]; then
		GOBIN=$PWD/.cache/bin go install -p 2 "github.com/wailsapp/wails/v2/cmd/wails@$wails_version"
	fi
	"$wails" build -s -skipbindings -m -nosyncgomod -nocolour -v 0 -trimpath -ldflags "$flags" "$@"
}

linux_tree() {
	local name tree
	name=cofre-$version-linux-$(go env GOARCH)
	tree=$dist/$name
	mkdir -p "$tree/bin"
	go build -trimpath -buildvcs=false -tags desktop,production,webkit2_41 -ldflags "$flags" -o "$tree/bin/cofre" .
	build/share.sh "$tree/share"
	tar -C "$dist" --owner=0 --group=0 --numeric-owner --sort=name -czf "$dist/$name.tar.gz" "$name"
	rm -rf "$tree"
}

windows_window() {
	local nsis=()
	if command -v makensis >/dev/null; then
		nsis=(-nsis)
	else
		echo "makensis is not here: the program for Windows is built without its installer."
	fi
	with_wails -platform windows/amd64 -clean "${nsis[@]}"
	cp build/bin/cofre.exe "$dist/cofre-$version-windows-amd64.exe"
	[ ${#nsis[@]} = 0 ] || cp build/bin/cofre-amd64-installer.exe "$dist/cofre-$version-windows-amd64-installer.exe"
}

mac_bundle() {
	with_wails -platform darwin/universal -clean
	ditto -c -k --keepParent build/bin/cofre.app "$dist/cofre-$version-macos.zip"
}

build/deps.sh build
build/build.sh frontend
command_lines
case $(uname -s) in
Linux)
	linux_tree
	windows_window
	;;
Darwin) mac_bundle ;;
esac
sums=sha256sum
command -v sha256sum >/dev/null || sums='shasum -a 256'
(cd "$dist" && $sums -- * >.sums && mv .sums SHA256SUMS)
ls -l "$dist"
