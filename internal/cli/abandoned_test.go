package cli

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestWhatALookThatWasKilledHasLeftIsRemovedAfterADay(t *testing.T) {
	home := t.TempDir()
	work := filepath.Join(home, "cache", "work")
	old := time.Now().Add(-25 * time.Hour)
	for name, at := range map[string]time.Time{".cofre-partial-old": old, "rows-old": old, "server-old": old, ".cofre-partial-new": time.Now()} {
		folder := filepath.Join(work, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "app.sqlite3"), []byte("rows"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(folder, at, at); err != nil {
			t.Fatal(err)
		}
	}
	cofre(t, home, "list").want(t, 0)
	var left []string
	entries, err := os.ReadDir(work)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{".cofre-partial-new", "server-old"}; err != nil || !slices.Equal(left, want) {
		t.Errorf("left are %v, not %v; %v", left, want, err)
	}
}
