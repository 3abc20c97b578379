#!/usr/bin/env bash
# deps.sh GROUP...: makes sure that what the groups need is on this machine.
#
#   build    what compiling and opening the window takes
#   test     what the tests take besides: PostgreSQL, a display without a screen, browsers
#   bench    what is measured against; it does without what a system does not have
#
# Where everything is there it answers at once and touches nothing. On Debian and Ubuntu it installs what is
# missing with apt (through sudo where the caller is not root, and without asking anything). On other systems it
# names the missing packages, with the command that installs them, and stops.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)

# One line a thing: group, probe, then its package for apt, dnf, pacman, Homebrew and winget; "-" where that system
# needs none. Probes: cmd:PROGRAM (one of a comma-separated list), pc:PKG-CONFIG-MODULE, pg:PROGRAM of PostgreSQL,
# font:FAMILY, browser: for any Chromium.
things() {
	cat <<-'END'
		build cmd:cc                     gcc                    gcc                    gcc              xcode          -
		build cmd:pkg-config,pkgconf     pkg-config             pkgconf-pkg-config     pkgconf          -              -
		build pc:gtk+-3.0                libgtk-3-dev           gtk3-devel             gtk3             -              -
		build pc:webkit2gtk-4.1          libwebkit2gtk-4.1-dev  webkit2gtk4.1-devel    webkit2gtk-4.1   -              -
		test  pg:initdb                  postgresql             postgresql-server      postgresql       postgresql@17  PostgreSQL.PostgreSQL.17
		test  pg:pg_dump                 postgresql-client      postgresql             postgresql       postgresql@17  PostgreSQL.PostgreSQL.17
		test  cmd:sqlite3                sqlite3                sqlite                 sqlite           sqlite         SQLite.SQLite
		test  browser:                   chromium               chromium               chromium         -              -
		test  cmd:Xvfb                   xvfb                   xorg-x11-server-Xvfb   xorg-server-xvfb -              -
		test  cmd:openbox                openbox                openbox                openbox          -              -
		test  cmd:xdotool                xdotool                xdotool                xdotool          -              -
		test  cmd:xwininfo               x11-utils              xwininfo               xorg-xwininfo    -              -
		test  cmd:gio                    libglib2.0-bin         glib2                  glib2            -              -
		test  cmd:dbus-run-session       dbus                   dbus-daemon            dbus             -              -
		test  cmd:WebKitWebDriver        webkit2gtk-driver      webkit2gtk-driver      webkit2gtk-4.1   -              -
		test  font:Liberation            fonts-liberation       liberation-sans-fonts  ttf-liberation   -              -
		test  font:Noto                  fonts-noto-core        google-noto-sans-fonts noto-fonts       -              -
		test  font:Inter                 fonts-inter            rsms-inter-fonts       inter-font       -              -
		bench cmd:pgloader               pgloader               -                      -                pgloader       -
	END
}

stop() {
	printf '\n%s\n' "$1" >&2
	shift
	[ $# -eq 0 ] || printf '    %s\n' "$@" >&2
	exit 1
}

on_path() {
	local name
	for name in ${1//,/ }; do
		command -v "$name" >/dev/null 2>&1 && return 0
	done
	return 1
}

# Debian keeps the servers' programs off the PATH, Fedora and Homebrew put some of them aside too.
postgres_program() {
	local dir
	command -v "$1" >/dev/null 2>&1 && return 0
	for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin \
		/Applications/Postgres.app/Contents/Versions/*/bin "/c/Program Files/PostgreSQL"/*/bin; do
		[ -x "$dir/$1" ] || [ -x "$dir/$1.exe" ] && return 0
	done
	return 1
}

# read whole: a list that is cut off by grep -q would fail under pipefail
font() { on_path fc-list && [[ $(fc-list : family) == *"$1"* ]]; }

# Playwright's own build counts: it is what Ubuntu gets, whose chromium is a snap that does not run in containers.
browser() {
	on_path chromium,google-chrome || compgen -G "${XDG_CACHE_HOME:-$HOME/.cache}/ms-playwright/chromium-*" >/dev/null
}

present() {
	case $1 in
	cmd:*) on_path "${1#cmd:}" ;;
	pc:*) on_path pkg-config && pkg-config --exists "${1#pc:}" ;;
	pg:*) postgres_program "${1#pg:}" ;;
	browser:) browser ;;
	font:*) font "${1#font:}" ;;
	esac
}

system() {
	case $(uname -s) in
	Darwin) echo brew ;;
	MINGW* | MSYS* | CYGWIN*) echo windows ;;
	Linux)
		local tool
		for tool in apt-get dnf pacman; do
			on_path "$tool" && { echo "$tool"; return; }
		done
		echo linux
		;;
	*) uname -s ;;
	esac
}

# missing SYSTEM GROUP...: the packages of that system whose probes fail, one a line.
missing() {
	local system=$1 group probe apt dnf pacman brew windows
	shift
	# shellcheck disable=SC2034 # read through ${!system}
	while read -r group probe apt dnf pacman brew windows; do
		[[ " $* " == *" $group "* ]] || continue
		[ "${!system}" = - ] || present "$probe" || echo "${!system}"
	done < <(things) | sort -u
}

check_toolchains() {
	on_path go || stop "Go is not on the PATH. Install Go 1.26 or newer from https://go.dev/dl/."
	on_path node || stop "Node.js is not on the PATH. Install Node.js 20.19 or newer from https://nodejs.org/."
	on_path npm || stop "npm is not on the PATH; it belongs to Node.js."
	node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
		stop "Node.js $(node --version) is too old: 20.19 or newer is needed."
	# With GOTOOLCHAIN=auto an older Go fetches the version that go.mod names; only then may it be older.
	go -C "$root" list -m >/dev/null 2>&1 || stop "$(go -C "$root" list -m 2>&1)" "Install Go 1.26 or newer."
}

# Whoever may become root without being asked does; a person at a terminal is asked for the password by sudo.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

may_install() {
	[ "$(id -u)" = 0 ] && return 0
	on_path sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }
}

log=$root/.cache/log/deps.log
quietly() { "$@" >>"$log" 2>&1; }

apt_get() {
	quietly as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

apt_install() {
	apt_get install --no-install-recommends "$@" && return 0
	tail -n 25 "$log" >&2
	stop "apt could not install what is missing; its whole output is in $log."
}

has_package() {
	[ -n "$(apt-cache show "$1" 2>/dev/null)" ] || return 1
	[ "$1" != chromium ] || [[ $(apt-cache depends chromium) != *snapd* ]]
}

# Installing a PostgreSQL server also starts one, then and at every boot. Nobody asked for that: the tests run their
# own. So its first cluster is switched off while the package is installed, and the setting is put back.
postgres_without_cluster() {
	local conf=/etc/postgresql-common/createcluster.conf
	apt_install postgresql-common
	as_root cp -p "$conf" "$conf.before-cofre"
	echo 'create_main_cluster = false' | as_root tee -a "$conf" >/dev/null
	(apt_install postgresql) && local status=0 || local status=$?
	as_root mv "$conf.before-cofre" "$conf"
	[ "$status" = 0 ] || exit "$status"
}

install_with_apt() {
	local package packages=()
	may_install || stop "These packages are missing, and installing them takes an administrator. Run this, then try again:" \
		"apt-get install --no-install-recommends $*"
	mkdir -p "$(dirname "$log")"
	: >"$log"
	echo "Installing with apt: $*"
	apt_get update || echo "apt-get update had a problem, see $log; going on with the package lists that are there." >&2
	for package in "$@"; do
		case $package in
		libwebkit2gtk-4.1-dev)
			has_package "$package" || stop "This system has no WebKitGTK 4.1: the window needs Debian 12, Ubuntu 22.04 or newer." \
				"The command line works here too: make cli"
			;;
		chromium | fonts-* | pgloader) has_package "$package" || continue ;;
		postgresql)
			postgres_without_cluster
			continue
			;;
		esac
		packages+=("$package")
	done
	[ ${#packages[@]} = 0 ] || apt_install "${packages[@]}"
}

main() {
	[ $# -gt 0 ] || { echo "usage: deps.sh build|test|bench..." >&2; exit 2; }
	check_toolchains
	local os list
	os=$(system)
	case $os in
	apt-get) list=$(missing apt "$@") ;;
	dnf | pacman | brew) list=$(missing "$os" "$@") ;;
	windows) list=$(missing windows "$@") ;;
	*) list=$(missing apt "$@") ;;
	esac
	[ -n "$list" ] || return 0
	# shellcheck disable=SC2086 # package names hold no blanks
	set -- $list
	case $os in
	apt-get) install_with_apt "$@" ;;
	dnf) stop "Some packages are missing. Run this, then try again:" "sudo dnf install $*" ;;
	pacman) stop "Some packages are missing. Run this, then try again:" "sudo pacman -S --needed $*" ;;
	windows) stop "Some programs are missing. Run this, open a new terminal, then try again:" "${@/#/winget install }" ;;
	brew)
		[[ " $* " != *" xcode "* ]] || stop "Apple's command line tools are missing. Run this, then try again:" "xcode-select --install"
		stop "Some packages are missing. Run this, then try again:" "brew install $*"
		;;
	*) stop "Some packages are missing, and the package manager of this system is not known here. By their Debian names:" "$*" ;;
	esac
}

main "$@"
