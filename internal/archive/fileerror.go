package archive

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"cofre/internal/errs"
)

// FileError gives an error of the file system a code and a reason that a person
// can act on: no space, no right, read-only, not found, in use. Path is the file
// or folder that was worked on. Nil, cancellations and errors that have a code
// already come back as they are.
func FileError(err error, path string) error {
	var coded *errs.Error
	if err == nil || errors.As(err, &coded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	args := errs.Args{"path": path, "file": filepath.Base(path)}
	is := func(of []error) bool {
		for _, e := range of {
			if errors.Is(err, e) {
				return true
			}
		}
		return false
	}
	wrap := func(code errs.Code, reason string) error { return errs.New(code, reason, args).Because(err) }
	switch {
	case is(noSpace):
		return wrap(errs.Unavailable, "archive.no_space")
	case is(readOnly):
		return wrap(errs.Denied, "archive.read_only")
	case is(inUse):
		return wrap(errs.Busy, "archive.in_use")
	case is(tooLarge):
		return wrap(errs.Unavailable, "archive.too_large")
	case is(badName):
		return wrap(errs.Invalid, "archive.bad_name")
	case errors.Is(err, fs.ErrExist):
		return wrap(errs.Invalid, "archive.exists")
	case is(notThere), errors.Is(err, fs.ErrNotExist):
		return wrap(errs.NotFound, "archive.not_found")
	case errors.Is(err, fs.ErrPermission):
		return wrap(errs.Denied, "archive.denied")
	}
	return wrap(errs.Unavailable, "archive.io")
}
