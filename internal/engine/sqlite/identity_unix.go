//go:build unix

package sqlite

import (
	"fmt"
	"io/fs"
	"syscall"
)

// fileIdentity is another one for another file at the same place, except that a new
// file may get the number of one that was removed.
func fileIdentity(info fs.FileInfo) string {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d:%d", s.Dev, s.Ino)
	}
	return ""
}
