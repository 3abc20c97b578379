package sqlite

import (
	"fmt"
	"io/fs"
	"syscall"
)

// fileIdentity is another one for another file at the same place, except that a new
// file gets the time of one that was removed within the last seconds.
func fileIdentity(info fs.FileInfo) string {
	if s, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		return fmt.Sprint(s.CreationTime.Nanoseconds())
	}
	return ""
}
