//go:build unix

package archive

import (
	"path/filepath"
	"syscall"
	"testing"

	"cofre/internal/errs"
)

func TestPipesAreNeverWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Identify(path)
	wantError(t, err, errs.Invalid, "archive.not_a_file")
	_, _, err = HashFile(t.Context(), path, nil)
	wantError(t, err, errs.Invalid, "archive.not_a_file")
}
