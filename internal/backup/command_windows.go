package backup

import (
	"os/exec"
	"syscall"
)

// together keeps a console window from flashing up. What the command started in
// its turn is not ended with it: Windows does not know it by its parent.
func together(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: 0x08000000} // CREATE_NO_WINDOW
}
