package platform

import (
	"os/exec"
	"syscall"
)

// fileManager writes the command line itself: Explorer wants the quotes after
// "/select,", and a Windows path cannot contain a quote.
func fileManager(path string, folder bool) *exec.Cmd {
	cmd := exec.Command("explorer.exe")
	line := `explorer.exe /select,"` + path + `"`
	if folder {
		line = `explorer.exe "` + path + `"`
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: line}
	return cmd
}
