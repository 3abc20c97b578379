package sqlite

import "os"

// writable says whether a file has no read-only attribute. Of a folder Windows
// says nothing without being asked to write.
func writable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && (info.IsDir() || info.Mode().Perm()&0o200 != 0)
}
