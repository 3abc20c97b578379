//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// owner is the user and the group that a file belongs to.
func owner(info os.FileInfo) [2]uint32 {
	s := info.Sys().(*syscall.Stat_t)
	return [2]uint32{s.Uid, s.Gid}
}
