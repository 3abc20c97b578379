//go:build linux || darwin || freebsd

package archive

import "syscall"

// freeSpace is how many bytes this user may still write on the disk of dir.
func freeSpace(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	block := int64(s.Bsize) //nolint:unconvert // 32 bits on macOS
	return int64(s.Bavail) * block, nil
}
