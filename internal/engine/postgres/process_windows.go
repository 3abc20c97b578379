package postgres

import (
	"os"
	"os/exec"
	"syscall"
)

// interrupt ends the program: Windows has no signal that would let it cancel its
// session first. What the session left running is ended by its name (leftovers).
func interrupt(p *os.Process) error { return p.Kill() }

// hide keeps a console window from flashing up.
func hide(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: 0x08000000} // CREATE_NO_WINDOW
}
