//go:build unix

package sqlite

import "golang.org/x/sys/unix"

// writable says whether this user may write to a file, or in a folder: by its
// rights and by how its disk is mounted.
func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }
