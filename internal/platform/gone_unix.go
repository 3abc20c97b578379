//go:build unix

package platform

import (
	"errors"
	"syscall"
)

// gone says whether there is surely no process of that number.
func gone(pid int) bool { return pid > 0 && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
