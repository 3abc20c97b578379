#!/usr/bin/env bash
# share.sh FOLDER: puts what a Linux desktop knows a program by into FOLDER, such as ~/.local/share.
set -euo pipefail
cd "$(dirname "$0")/.."

share=$1
mkdir -p "$share"/{applications,metainfo,mime/packages,icons/hicolor/256x256/apps,icons/hicolor/scalable/apps,doc/cofre}
cp build/linux/cofre.desktop "$share/applications/"
cp build/linux/cofre.metainfo.xml "$share/metainfo/"
cp build/linux/cofre-mime.xml "$share/mime/packages/cofre.xml"
cp build/linux/cofre.png "$share/icons/hicolor/256x256/apps/"
cp build/appicon.svg "$share/icons/hicolor/scalable/apps/cofre.svg"
cp LICENSE README.md README.pt-BR.md "$share/doc/cofre/"
