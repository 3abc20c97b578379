//go:build unix

package main

import (
	"os"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

// peak is the largest resident memory of a process that has ended. The kernel
// counts what the process that started it had, too: this program stays small.
func peak(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss // bytes there
	}
	return usage.Maxrss * 1024
}

// asServer runs a program as the user postgres where we are root, whom the server refuses.
func asServer() *syscall.SysProcAttr {
	uid, gid, ok := serverUser()
	if !ok {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// handOver lets that user through the folder, and gives it the paths.
func handOver(folder string, paths ...string) error {
	uid, gid, ok := serverUser()
	if !ok {
		return nil
	}
	if err := os.Chmod(folder, 0o711); err != nil { //nolint:gosec // to pass through, not to list
		return err
	}
	for _, path := range paths {
		if err := os.Chown(path, uid, gid); err != nil {
			return err
		}
	}
	return nil
}

func serverUser() (uid, gid int, ok bool) {
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, false
	}
	uid, errUID := strconv.Atoi(u.Uid)
	gid, errGID := strconv.Atoi(u.Gid)
	return uid, gid, errUID == nil && errGID == nil
}
