package torture

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestAFullDiskOfCofresOwnChangesNothing puts Cofre's own folder (state.db, repository,
// temporary files) on a small disk and fills it to a few bytes, more each time, until
// a restore succeeds.
func TestAFullDiskOfCofresOwnChangesNothing(t *testing.T) {
	home := t.TempDir()
	if err := syscall.Mount("tmpfs", home, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small disk can only be made by root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(home, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", home, err)
		}
	})
	v := &victim{scenario: scenario{open: openSQLite}, home: home, chance: rand.New(rand.NewPCG(3, 3))}
	v.prepare(t)
	filler := filepath.Join(home, "filler")
	failed := 0
	for free := int64(0); ; free += 96 << 10 {
		os.Remove(filler)
		var disk syscall.Statfs_t
		if err := syscall.Statfs(home, &disk); err != nil {
			t.Fatal(err)
		}
		room := int64(disk.Bavail) * disk.Bsize
		if free > room {
			t.Fatal("no restore succeeded")
		}
		if err := os.WriteFile(filler, make([]byte, room-free), 0o600); err != nil {
			t.Fatal(err)
		}
		before := v.now
		e := run(t, home, nil, v.attack()...)
		if e.code == 0 {
			break
		}
		failed++
		if e.code != 14 || !worded(e) {
			t.Errorf("with %d bytes: exit %d\n%s%s", free, e.code, e.out, e.err)
		}
		if now := v.db.content(t); now != v.holds[before] {
			t.Errorf("with %d bytes the content is another", free)
		}
		os.Remove(filler)
		if left := append(v.db.leftovers(t, false), v.files(t)...); len(left) > 0 {
			t.Errorf("with %d bytes: left over: %q", free, left)
		}
	}
	if failed < 3 {
		t.Errorf("only %d restores failed", failed)
	}
	t.Logf("%d restores failed", failed)
}
