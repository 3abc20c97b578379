//go:build unix

package postgres

import (
	"os"
	"os/exec"
)

// interrupt lets a client tool cancel what its session does before it ends.
func interrupt(p *os.Process) error { return p.Signal(os.Interrupt) }

func hide(*exec.Cmd) {}
