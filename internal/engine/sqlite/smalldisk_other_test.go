//go:build !linux

package sqlite

import "testing"

func smallDisk(t *testing.T, _ int) string {
	t.Skip("a small disk is made on Linux only")
	return ""
}
