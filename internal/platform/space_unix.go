//go:build unix

package platform

import "golang.org/x/sys/unix"

// diskSpace counts what is free for an ordinary user: a part of the disk is kept for root.
func diskSpace(dir string) (free, total int64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	block := int64(s.Bsize) //nolint:unconvert // 32 bits on macOS
	return int64(s.Bavail) * block, int64(s.Blocks) * block, nil
}
