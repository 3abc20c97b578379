package torture

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cofre/internal/testdb"
)

// disk is a small disk of its own, whose size can be changed while it is in use.
type disk struct{ dir string }

const roomy = 256 << 20

func newDisk(t *testing.T, dir string) disk {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", roomy)); err != nil {
		t.Skipf("a small disk can only be made by root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return disk{dir}
}

// leave makes it a disk with so many free bytes.
func (d disk) leave(t *testing.T, free int64) {
	var now syscall.Statfs_t
	err := syscall.Statfs(d.dir, &now)
	for try := 0; err == nil && try < 9; try++ { // somebody may be writing
		used := int64(now.Blocks-now.Bfree) * now.Bsize
		if err = syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", max(used+free, now.Bsize))); err == nil {
			return
		}
		err = syscall.Statfs(d.dir, &now)
	}
	t.Errorf("leave %d bytes in %s: %v", free, d.dir, err)
}

func (d disk) heal(t *testing.T) {
	t.Helper()
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", roomy)); err != nil {
		t.Fatal(err)
	}
}

// fullDisk is a place where the disk may be full.
type fullDisk struct {
	name, place string   // below Cofre's own folder; "" is that folder itself, with state.db
	options     []string // of the backups
	scenarios   []scenario
	open        func(*testing.T, disk) database // a database that is on the disk
	said        string                          // how a message names the disk; "" by its folder
}

var fullDisks = []fullDisk{
	{name: "the backups'", place: "backups", scenarios: scenarios[:6]},
	{name: "the temporary files'", place: "cache", scenarios: scenarios[:6], options: []string{"--compress", "zstd"}},
	{name: "that of Cofre's state", scenarios: scenarios[:6]},
	{name: "the database's", scenarios: scenarios[0:2], open: func(_ *testing.T, d disk) database { return sqliteDB{filepath.Join(d.dir, "live.sqlite3")} }},
	{name: "the server's", scenarios: scenarios[2:4], open: onDisk(""), said: "disk of the server"},
	{name: "the server's", scenarios: scenarios[4:6], open: onDisk("CREATEDB"), said: "disk of the server"},
	{name: "the server's", scenarios: scenarios[6:7], open: onDisk(""), said: "The server has no room"},
	{name: "the server's", scenarios: scenarios[8:9], open: onDisk("CREATEDB"), said: "server"},
}

// onDisk opens a PostgreSQL database whose files are on a disk of their own.
func onDisk(attributes string) func(*testing.T, disk) database {
	return func(t *testing.T, d disk) database {
		space := testdb.Postgres(t).Tablespace(t, d.dir)
		db := newPostgres(t, attributes)
		testdb.Exec(t, db.elsewhere(), "GRANT CREATE ON TABLESPACE "+space+" TO "+db.role)
		testdb.Exec(t, db.elsewhere(), "ALTER DATABASE "+db.name()+" SET TABLESPACE "+space)
		return db
	}
}

// TestAFullDiskChangesNothing fills one disk after another before a backup, a restore
// or an undo begins, and as each step begins: what then fails says which disk is full,
// and leaves all of the old content and nothing beside it. With COFRE_TORTURE there
// are more of each.
func TestAFullDiskChangesNothing(t *testing.T) {
	for i, f := range fullDisks {
		for j, s := range f.scenarios {
			if !long() && i < 3 && j != 0 && j != 4 || !long() && i > 3 && s.undo {
				continue
			}
			t.Run(f.name+", "+s.name, func(t *testing.T) {
				if f.said == "" {
					t.Parallel() // else alone: where one tablespace is full, no checkpoint of the whole server succeeds
				}
				f.try(t, s, rand.New(rand.NewPCG(uint64(i), uint64(j))))
			})
		}
	}
}

func long() bool { return os.Getenv("COFRE_TORTURE") != "" }

// rooms are how many bytes are left.
var rooms = []int64{0, 8 << 10, 64 << 10, 200 << 10, 700 << 10, 1500 << 10, 4 << 20, 9 << 20}

func (f fullDisk) try(t *testing.T, s scenario, chance *rand.Rand) {
	v := &victim{scenario: s, home: t.TempDir(), options: f.options, chance: chance}
	var full disk
	switch {
	case f.open != nil:
		full = newDisk(t, reachable(t))
		v.open = func(t *testing.T) database { return f.open(t, full) }
	case f.place == "": // the folders below have disks of their own
		full = newDisk(t, v.home)
		newDisk(t, folder(t, v.home, "backups"))
		newDisk(t, folder(t, v.home, "cache"))
	default:
		full = newDisk(t, folder(t, v.home, f.place))
	}
	v.prepare(t)
	failed := 0
	attack := func(free int64, at *interruption) {
		full.heal(t)
		v.ready(t)
		before := v.now
		what := fmt.Sprintf("%d bytes left at the start", free)
		if at != nil {
			what = fmt.Sprintf("%d bytes left at %q", free, at.step)
			at.do = func() { full.leave(t, free) }
		} else {
			full.leave(t, free)
		}
		e := run(t, v.home, at, v.attack()...)
		full.heal(t)
		v.rounds++
		if _, ok := v.look(t, what, before); !ok {
			return
		}
		if e.code != 0 {
			failed++
		}
		f.judge(t, what, full, e, v.now != before)
	}
	starts, steps := rooms, v.points[1:]
	if !long() {
		starts, steps = []int64{0, rooms[1+chance.IntN(len(rooms)-1)]}, []moment{steps[chance.IntN(len(steps))], steps[len(steps)-1]}
	}
	for _, free := range starts {
		attack(free, nil)
	}
	for _, p := range steps {
		attack(rooms[chance.IntN(len(rooms)/2)], &interruption{step: p.step})
	}
	// A backup, too.
	full.leave(t, 0)
	e := run(t, v.home, nil, append([]string{"backup", "--db", v.db.url()}, f.options...)...)
	full.heal(t)
	f.judge(t, "a backup", full, e, e.code == 0)
	if left := append(v.db.leftovers(t, false), v.files(t)...); len(left) > 0 {
		t.Errorf("a backup: left over: %q", left)
	}
	t.Logf("%d of %d failed", failed, len(starts)+len(steps))
}

// folder makes one.
func folder(t *testing.T, parts ...string) string {
	t.Helper()
	path := filepath.Join(parts...)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// reachable makes a folder that the server's user gets to.
func reachable(t *testing.T) string {
	t.Helper()
	path := t.TempDir()
	if err := os.Chmod(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// judge reads what a run on a full disk has said.
func (f fullDisk) judge(t *testing.T, what string, full disk, e ended, changed bool) {
	t.Helper()
	if e.code == 0 {
		if !changed {
			t.Errorf("%s: it says that it has succeeded", what)
		}
		return
	}
	said := f.said
	if said == "" {
		said = full.dir
	}
	wanted := e.code == 14 || e.code == 20 // 20: the new content was in, and went out again
	named := strings.Contains(lastLine(e.err), said) ||
		f.said != "" && strings.Contains(lastLine(e.err), "could not write init file") // all that the server says of it
	if changed || !wanted || !worded(e) || !named {
		t.Errorf("%s: exit %d, changed %v\n%s%s", what, e.code, changed, e.out, lastLine(e.err))
	}
}
