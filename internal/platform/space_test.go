package platform

import (
	"path/filepath"
	"testing"
)

func TestFreeSpaceIsThatOfTheNearestFolder(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "not", "made", "yet")} {
		free, total, err := FreeSpace(path)
		if err != nil {
			t.Fatal(err)
		}
		if free <= 0 || total < free {
			t.Errorf("%s: %d free of %d", path, free, total)
		}
	}
}
