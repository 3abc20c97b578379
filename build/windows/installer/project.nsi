Unicode true

# The installer for Windows. `make package` builds it through Wails, which writes wails_tools.nsh beside this file and
# names the program to pack (ARG_WAILS_AMD64_BINARY).
#
# The uninstaller removes what the installer put there, file by file. It never removes a folder with what is in it: a
# person who installed into a folder of their own keeps everything else in it. Backups, settings and the catalogue are
# in the person's data folder, and stay.

!include "wails_tools.nsh"

VIProductVersion "${INFO_PRODUCTVERSION}.0"
VIFileVersion    "${INFO_PRODUCTVERSION}.0"
VIAddVersionKey "CompanyName"     "${INFO_COMPANYNAME}"
VIAddVersionKey "FileDescription" "${INFO_PRODUCTNAME} Installer"
VIAddVersionKey "ProductVersion"  "${INFO_PRODUCTVERSION}"
VIAddVersionKey "FileVersion"     "${INFO_PRODUCTVERSION}"
VIAddVersionKey "LegalCopyright"  "${INFO_COPYRIGHT}"
VIAddVersionKey "ProductName"     "${INFO_PRODUCTNAME}"

ManifestDPIAware true

!include "MUI2.nsh"

!define MUI_ICON "..\icon.ico"
!define MUI_UNICON "..\icon.ico"
!define MUI_ABORTWARNING

!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "..\..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "PortugueseBR"

Name "${INFO_PRODUCTNAME}"
OutFile "..\..\bin\${INFO_PROJECTNAME}-${ARCH}-installer.exe"
InstallDir "$PROGRAMFILES64\${INFO_PRODUCTNAME}"
ShowInstDetails show

Function .onInit
    !insertmacro wails.checkArchitecture
FunctionEnd

!macro offer EXTENSION
    WriteRegStr SHCTX "Software\Classes\.${EXTENSION}\OpenWithProgids" "Cofre.Backup" ""
!macroend

!macro takeBack EXTENSION
    DeleteRegValue SHCTX "Software\Classes\.${EXTENSION}\OpenWithProgids" "Cofre.Backup"
!macroend

Section
    !insertmacro wails.setShellContext
    !insertmacro wails.webview2runtime

    SetOutPath $INSTDIR
    !insertmacro wails.files
    CreateShortcut "$SMPROGRAMS\${INFO_PRODUCTNAME}.lnk" "$INSTDIR\${PRODUCT_EXECUTABLE}"

    # Cofre is offered for such files, and takes none away from another program.
    WriteRegStr SHCTX "Software\Classes\Cofre.Backup" "" "Database backup"
    WriteRegStr SHCTX "Software\Classes\Cofre.Backup\DefaultIcon" "" "$INSTDIR\${PRODUCT_EXECUTABLE},0"
    WriteRegStr SHCTX "Software\Classes\Cofre.Backup\shell\open\command" "" '"$INSTDIR\${PRODUCT_EXECUTABLE}" "%1"'
    !insertmacro offer "sqlite3"
    !insertmacro offer "sqlite"
    !insertmacro offer "db"
    !insertmacro offer "dump"
    !insertmacro offer "pgdump"
    !insertmacro wails.writeUninstaller
SectionEnd

Section "uninstall"
    !insertmacro wails.setShellContext

    Delete "$INSTDIR\${PRODUCT_EXECUTABLE}"
    Delete "$SMPROGRAMS\${INFO_PRODUCTNAME}.lnk"
    !insertmacro takeBack "sqlite3"
    !insertmacro takeBack "sqlite"
    !insertmacro takeBack "db"
    !insertmacro takeBack "dump"
    !insertmacro takeBack "pgdump"
    DeleteRegKey SHCTX "Software\Classes\Cofre.Backup"
    !insertmacro wails.deleteUninstaller
    # Only where nothing else is left in it.
    RMDir "$INSTDIR"
SectionEnd
