package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestARehearsalWithoutRoomSaysSoAndLeavesTheBackupAsGood(t *testing.T) {
	home, live := t.TempDir(), liveSQLite(t)
	sqliteExec(t, live.url, "CREATE TABLE much AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT i, hex(randomblob(500)) AS pad FROM n")
	id := backedUp(t, home, live.url)
	cache := filepath.Join(home, "cache")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", cache, "tmpfs", 0, "size=1048576"); err != nil {
		t.Skipf("a small disk can only be made by root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(cache, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	p := cofre(t, home, "verify", id, "--rehearse", "--json").want(t, 14).problem(t)
	if !strings.Contains(p.Error.Message, "read whole and is good") || !strings.Contains(p.Error.Details, cache) {
		t.Errorf("it says %+v", p)
	}
	if b := listedIn(t, home, id); b.State != "good" {
		t.Errorf("the list says %+v", b)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "work", "*")); len(left) > 0 {
		t.Error("left behind:", left)
	}
}
