package testdb

import "syscall"

// apart keeps an interrupt typed at the tests from the keeper.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// asServer has nothing to do: on Windows pg_ctl itself gives up an administrator's rights.
func asServer() *syscall.SysProcAttr { return nil }

func give(...string) error { return nil }
