package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"cofre/internal/errs"
)

func TestErrorsOfTheFileSystemGetACode(t *testing.T) {
	for _, c := range []struct {
		err    error
		code   errs.Code
		reason string
	}{
		{noSpace[0], errs.Unavailable, "archive.no_space"},
		{noSpace[1], errs.Unavailable, "archive.no_space"},
		{readOnly[0], errs.Denied, "archive.read_only"},
		{inUse[0], errs.Busy, "archive.in_use"},
		{tooLarge[0], errs.Unavailable, "archive.too_large"},
		{badName[0], errs.Invalid, "archive.bad_name"},
		{notThere[0], errs.NotFound, "archive.not_found"},
		{fs.ErrNotExist, errs.NotFound, "archive.not_found"},
		{fs.ErrExist, errs.Invalid, "archive.exists"},
		{fs.ErrPermission, errs.Denied, "archive.denied"},
		{syscall.EACCES, errs.Denied, "archive.denied"},
		{errors.New("something else"), errs.Unavailable, "archive.io"},
	} {
		err := FileError(&fs.PathError{Op: "write", Path: "p", Err: c.err}, "/a/p")
		wantError(t, err, c.code, c.reason)
		if !errors.Is(err, c.err) {
			t.Errorf("%v lost its cause", err)
		}
	}
}

func TestErrorsWithACodeAndCancellationsStayAsTheyAre(t *testing.T) {
	own := errs.New(errs.Corrupt, "archive.cut", nil)
	for _, err := range []error{nil, own, context.Canceled, context.DeadlineExceeded} {
		if got := FileError(err, "p"); got != err { //nolint:errorlint // the very same
			t.Errorf("FileError(%v) = %v", err, got)
		}
	}
}

func TestFullDiskIsNamed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full, a disk that is always full; the mapping itself is tested above")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f, err := CreateFile(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	part := f.part
	f.part = full
	_, err = f.Write([]byte("x"))
	f.part = part
	full.Close()
	wantError(t, err, errs.Unavailable, "archive.no_space")
}
