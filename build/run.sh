#!/usr/bin/env bash
# run.sh: opens Cofre on a sample database that it made; without a display it tells the same story on the command line.
#
# All of it lives in .cache/demo: Cofre's own data (COFRE_HOME, unless the caller has set one) and the sample, which is
# made once and then left to the person who is playing with it.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
	echo "There is no display here (DISPLAY and WAYLAND_DISPLAY are empty), so there can be no window."
	echo "Running the main job on the command line instead: cofre demo"
	echo
	build/build.sh cli
	exec bin/cofre-cli demo
fi

build/build.sh window
demo=$PWD/.cache/demo
sample=$demo/family-finance.sqlite3
export COFRE_HOME=${COFRE_HOME:-$demo/home}
mkdir -p "$demo"
[ -e "$sample" ] || bin/cofre sample "$sample" --app finance
echo "Opening Cofre on the sample database $sample"
COFRE_SAMPLE=$sample exec bin/cofre
