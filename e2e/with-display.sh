#!/usr/bin/env bash
# with-display.sh COMMAND...: runs COMMAND on a display of its own (Xvfb), with a window manager, a D-Bus session and
# empty user folders. SCREEN_FILE names the picture of that screen in memory, for e2e/screen.mjs. When COMMAND ends, or
# this is told to end, all of it goes.
set -um

folder=$(mktemp -d)
jobs=()
finish() {
	local job
	trap - EXIT TERM INT HUP
	for job in "${jobs[@]}"; do kill -- "-$job" 2>/dev/null; done
	wait 2>/dev/null
	rm -rf "$folder"
}
trap finish EXIT
trap 'finish; exit 143' TERM INT HUP

mkfifo "$folder/number"
mkdir "$folder/screen"
# -r: no key repeats by itself, which one does that is held down while the machine stands still
Xvfb -r -displayfd 3 -screen 0 1360x900x24 -fbdir "$folder/screen" -nolisten tcp 3>"$folder/number" >"$folder/xvfb.log" 2>&1 &
jobs+=($!)
read -r number <"$folder/number"
export DISPLAY=:$number SCREEN_FILE=$folder/screen/Xvfb_screen0
export GDK_BACKEND=x11 NO_AT_BRIDGE=1 LIBGL_ALWAYS_SOFTWARE=1 LANG=C.UTF-8 LC_ALL=C.UTF-8
unset WAYLAND_DISPLAY

export HOME=$folder/home XDG_RUNTIME_DIR=$folder/run
export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share XDG_CACHE_HOME=$HOME/.cache XDG_STATE_HOME=$HOME/.local/state
mkdir -p "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME"
mkdir -m 700 "$XDG_RUNTIME_DIR"

openbox >"$folder/openbox.log" 2>&1 &
jobs+=($!)
until xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id'; do
	kill -0 $! 2>/dev/null || { cat "$folder"/*.log >&2; exit 1; }
	sleep 0.05
done

# The bus and what it starts talk on both outputs; the command's own go round them.
dbus-run-session -- sh -c 'exec "$@" >&3 2>&4 3>&- 4>&-' sh "$@" 3>&1 4>&2 >"$folder/dbus.log" 2>&1 &
command=$!
jobs=("$command" "${jobs[@]}")
wait "$command"
