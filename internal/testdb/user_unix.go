//go:build unix

package testdb

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// apart puts the keeper into a process group of its own: an interrupt typed at
// the tests must not reach it before it has cleaned up.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// asServer runs a program as the user postgres where we are root, whom the
// server refuses.
func asServer() *syscall.SysProcAttr {
	uid, gid, err := serverUser()
	if err != nil {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// give hands files to the server's user.
func give(paths ...string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := serverUser()
	if err != nil {
		return fmt.Errorf("a PostgreSQL server does not run as root, and there is no other user for it: %w", err)
	}
	for _, path := range paths {
		if err := os.Chown(path, uid, gid); err != nil {
			return err
		}
	}
	return nil
}

func serverUser() (uid, gid int, err error) {
	if os.Getuid() != 0 {
		return 0, 0, errors.New("not root")
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return 0, 0, err
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}
