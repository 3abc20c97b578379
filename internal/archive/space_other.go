//go:build !linux && !darwin && !freebsd && !windows

package archive

import "errors"

// freeSpace is not known here; a full disk is then met when it is full.
func freeSpace(string) (int64, error) { return 0, errors.ErrUnsupported }
