package platform

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"cofre/internal/errs"
)

// Reveal opens the system's file manager at path: on macOS and Windows with the
// file selected, elsewhere its folder. It returns as soon as the file manager was
// started. A missing path is errs.NotFound.
func Reveal(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return errs.New(errs.Invalid, "platform.reveal", errs.Args{"path": path}).Because(err)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return errs.New(errs.NotFound, "platform.missing", errs.Args{"path": path}).Because(err)
	}
	if err != nil {
		return errs.New(errs.Unavailable, "platform.reveal", errs.Args{"path": path}).Because(err)
	}
	cmd := fileManager(path, info.IsDir())
	if err := cmd.Start(); err != nil {
		return errs.New(errs.Unavailable, "platform.reveal", errs.Args{"path": path}).Because(err)
	}
	reap(cmd)
	return nil
}

// reap waits for the program in the background, only so that it does not stay
// behind as a zombie: file managers may run for hours, and Explorer ends with 1
// also where all went well.
func reap(cmd *exec.Cmd) { go func() { _ = cmd.Wait() }() }
