package service

import (
	"strings"

	"cofre/internal/backup"
)

// AroundOf reads what the form, or the command line, says about the application
// around a database at path ("" for one on a server).
func AroundOf(v AroundView, path string) (a backup.Around, err error) {
	a = backup.Around{LockFile: strings.TrimSpace(v.LockFile), ReloadFile: strings.TrimSpace(v.ReloadFile), Seconds: v.CommandSeconds}
	if a.Before, err = backup.ParseCommand(v.Before); err != nil {
		return a, err
	}
	if a.After, err = backup.ParseCommand(v.After); err != nil {
		return a, err
	}
	return a, a.Valid(path)
}

func aroundView(a backup.Around) AroundView {
	return AroundView{LockFile: a.LockFile, ReloadFile: a.ReloadFile, Before: backup.CommandLine(a.Before), After: backup.CommandLine(a.After), CommandSeconds: a.Seconds}
}
