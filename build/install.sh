#!/usr/bin/env bash
# install.sh PREFIX: installs bin/cofre on a Linux desktop, so that it is in the menu and opens backup files. It replaces
# what an earlier one put there, and makes it known where the system has the programs for that.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=$1
if [ "$(uname -s)" != Linux ]; then
	echo "make package builds what is installed on this system." >&2
	exit 1
fi
mkdir -p "$prefix/bin"
# A running Cofre keeps the file that it was started from.
cp bin/cofre "$prefix/bin/.cofre.new"
mv -f "$prefix/bin/.cofre.new" "$prefix/bin/cofre"
build/share.sh "$prefix/share"
# A desktop does not have every folder for programs on its PATH.
sed -i "s|^Exec=cofre |Exec=\"$prefix/bin/cofre\" |" "$prefix/share/applications/cofre.desktop"
known() { ! command -v "$1" >/dev/null || "$@"; }
known update-mime-database "$prefix/share/mime"
known update-desktop-database -q "$prefix/share/applications"
echo "Cofre is in $prefix/bin and in the menu of the desktop."
