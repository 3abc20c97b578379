package postgres

import "os/exec"

const hasSockets = false

func lendingPlace(work string) (string, error) { return work, nil }

func give(...string) error { return nil }

// asServer has nothing to do: pg_ctl itself gives up an administrator's rights.
func asServer(*exec.Cmd) {}
