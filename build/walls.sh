#!/usr/bin/env bash
# walls.sh GOLANGCI-LINT: proves that the walls in .golangci.yml stand. It plants one wrong import after the other in a
# small copy of the house, all rooms of which are empty, and expects depguard to refuse each of them, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
lint=$1
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT

wrong='
internal/errs               cofre/internal/text
internal/profile            cofre/internal/archive
internal/archive            cofre/internal/backup
internal/archive            github.com/jackc/pgx/v5
internal/backup             cofre/internal/service
internal/backup             cofre/internal/engine/sqlite
internal/backup             database/sql
internal/backup             github.com/rs/zerolog
internal/backup             github.com/wailsapp/wails/v2/pkg/runtime
internal/engine/sqlite      cofre/internal/engine/postgres
internal/engine/sqlite      cofre/internal/service
internal/engine/sqlite      github.com/jackc/pgx/v5
internal/engine/postgres    cofre/internal/state
internal/engine/postgres    modernc.org/sqlite
internal/storage/local      cofre/internal/engine/sqlite
internal/storage/local      cofre/internal/storage/s3
internal/state              cofre/internal/service
internal/state              cofre/internal/engine/sqlite
internal/service            cofre/internal/state
internal/service            cofre/internal/boot
internal/service            cofre/internal/engine/sqlite
internal/service            github.com/jackc/pgx/v5
internal/job                cofre/internal/backup
internal/auth               cofre/internal/state
internal/text               cofre/internal/service
internal/boot               cofre/internal/cli
internal/cli                cofre/internal/state
internal/cli                cofre/internal/engine/postgres
internal/cli                github.com/wailsapp/wails/v2/pkg/runtime
internal/service            log
internal/boot               github.com/rs/zerolog/log
.                           cofre/internal/engine/sqlite
.                           github.com/wailsapp/wails/v2/pkg/runtime
'
rooms() { awk 'NF { print $1 } $2 ~ /^cofre\// { sub("cofre/", "", $2); print $2 }' <<<"$wrong" | sort -u; }

cp go.mod go.sum .golangci.yml "$house"
cd "$house"
export GOFLAGS=-mod=mod
for room in $(rooms); do
	mkdir -p "$room"
	name=$(basename "$room")
	[ "$room" = . ] && name=main
	echo "package $name" >"$room/app.go"
done

# One file of its own for each wrong import; an import of itself by way of another would be the compiler's business, so
# each is looked at alone.
failed=0 planted=0
while read -r room import; do
	[ -n "$room" ] || continue
	name=$(basename "$room")
	[ "$room" = . ] && name=main
	printf 'package %s\n\nimport _ "%s"\n' "$name" "$import" >"$room/app.go"
	said=$("$lint" run --enable-only depguard "./$room" 2>&1 || true)
	if [[ $said != *"import '$import' is not allowed"* ]]; then
		echo "the wall is open: $room may import $import"
		failed=1
	fi
	echo "package $name" >"$room/app.go"
	planted=$((planted + 1))
done <<<"$wrong"
[ $failed = 0 ] && echo "the walls stand: $planted wrong imports refused"
exit $failed
