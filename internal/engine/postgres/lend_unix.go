//go:build unix

package postgres

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"

	"cofre/internal/errs"
)

const hasSockets = true

// lendingPlace is work, or a folder that others can enter where we are root, whom
// a server refuses to run as.
func lendingPlace(work string) (string, error) {
	if os.Getuid() != 0 {
		return work, nil
	}
	_, _, err := serverUser()
	for _, place := range []string{"/var/tmp", os.TempDir()} { // the other is often in memory
		if info, e := os.Stat(place); e == nil && info.IsDir() {
			return place, err
		}
	}
	return os.TempDir(), err
}

// serverUser is whom a server runs as where we are root: nobody else, since what other
// programs run as could read the backup.
func serverUser() (uid, gid uint32, err error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, errs.New(errs.Unavailable, "postgres.lent_root", nil).Because(err)
	}
	id, err := strconv.ParseUint(u.Uid, 10, 32)
	group, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return uint32(id), uint32(group), errors.Join(err, err2)
}

// give hands files to the server's user.
func give(paths ...string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid, err := serverUser()
	for _, path := range paths {
		if err == nil {
			err = os.Chown(path, int(uid), int(gid))
		}
	}
	return err
}

func asServer(cmd *exec.Cmd) {
	if os.Getuid() != 0 {
		return
	}
	if uid, gid, err := serverUser(); err == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
}
