package torture

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// written is where the rows of the writers begin.
const written = 1_000_000

// wideDB is one whose restore takes a moment.
type wideDB struct{ sqliteDB }

func (d wideDB) fill(t *testing.T, which int) {
	d.sqliteDB.fill(t, which)
	if which == 0 {
		d.query(t, fmt.Sprintf(numbers, 60_000)+"INSERT INTO payment SELECT 10000 + i, i % 500 + 1, printf('%.80c', 'x') || i FROM n")
	}
}

// traffic are programs that use a database while something happens to it.
type traffic struct {
	over chan struct{}
	all  sync.WaitGroup

	mu      sync.Mutex
	rows    []int          // that a writer was told are in
	seen    map[string]int // what readers saw
	longest time.Duration  // that one of them waited
	odd     error
}

// use runs one statement after another with a connection of its own until end.
func (u *traffic) use(path string, pause time.Duration, one func(*sql.Conn) error) {
	u.all.Go(func() {
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(20000)")
		if err != nil {
			u.fail(err)
			return
		}
		defer db.Close()
		c, err := db.Conn(context.Background())
		if err != nil {
			u.fail(err)
			return
		}
		defer c.Close()
		for {
			began := time.Now()
			if err := one(c); err != nil {
				u.fail(err)
				return
			}
			u.mu.Lock()
			u.longest = max(u.longest, time.Since(began))
			u.mu.Unlock()
			select {
			case <-u.over:
				return
			case <-time.After(pause):
			}
		}
	})
}

func (u *traffic) fail(err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.odd = err
}

func (u *traffic) end() {
	close(u.over)
	u.all.Wait()
}

// whose is a question that old and new content answer differently, and writers don't change.
const whose = `SELECT (SELECT count(*) FROM later) || ' ' || (SELECT count(*) FROM payment WHERE id < 1000000) || ' ' || (SELECT count(*) FROM person WHERE name LIKE '%!')`

// TestWritersInAnotherProcessLoseNoRow lets other programs write and read while a
// database is restored. A row that a writer was told is in is in the database
// afterwards or in the safety backup of the restore; or the restore was refused, and
// all of them are in the database. Readers see old or new.
func TestWritersInAnotherProcessLoseNoRow(t *testing.T) {
	for i, mode := range []string{"WAL", "DELETE"} {
		t.Run(mode, func(t *testing.T) {
			open := func(t *testing.T) database { return wideDB{openSQLite(t).(sqliteDB)} }
			v := &victim{scenario: scenario{open: open}, home: t.TempDir(), chance: rand.New(rand.NewPCG(7, uint64(i)))}
			v.prepare(t)
			d := v.db.(wideDB)
			d.query(t, "PRAGMA journal_mode = "+mode)
			restored, refused, longest, rows := 0, 0, time.Duration(0), 0
			for range max(1, setting(t, "COFRE_TORTURE", 20)/20) {
				for _, pause := range []time.Duration{0, 60 * time.Millisecond, 2 * time.Second} {
					u := v.amongWriters(t, d, pause, &restored, &refused)
					longest, rows = max(longest, u.longest), rows+len(u.rows)
					if t.Failed() {
						return
					}
				}
			}
			t.Logf("%d restored, %d refused, %d rows written; the longest that a reader or writer waited: %v", restored, refused, rows, longest)
			if restored == 0 {
				t.Error("no restore took place")
			}
		})
	}
}

func (v *victim) amongWriters(t *testing.T, d wideDB, pause time.Duration, restored, refused *int) *traffic {
	t.Helper()
	before := v.now
	old := d.query(t, whose)[0]
	u := &traffic{over: make(chan struct{}), seen: map[string]int{}}
	for w := range 2 {
		next := written + w*written
		u.use(d.path, pause, func(c *sql.Conn) error {
			next++
			_, err := c.ExecContext(context.Background(), "INSERT INTO payment (id, person, note) VALUES (?, 1, 'written meanwhile')", next)
			if err == nil {
				u.mu.Lock()
				u.rows = append(u.rows, next)
				u.mu.Unlock()
			}
			return err
		})
		u.use(d.path, pause, func(c *sql.Conn) error {
			var saw string
			err := c.QueryRowContext(context.Background(), whose).Scan(&saw)
			u.mu.Lock()
			u.seen[saw]++
			u.mu.Unlock()
			return err
		})
	}
	e := run(t, v.home, nil, v.attack()...)
	u.end()
	what := fmt.Sprintf("a pause of %v: exit %d", pause, e.code)
	if u.odd != nil {
		t.Errorf("%s: a program failed: %v", what, u.odd)
	}
	var r struct {
		Status string
		Safety *struct{ File string }
	}
	decode(t, e.out, &r)
	live := d.query(t, "SELECT id FROM payment WHERE id > 1000000")
	kept := live
	switch {
	case e.code == 0 && r.Safety != nil:
		*restored++
		v.now = 1 - before
		kept = append(kept, sqliteDB{r.Safety.File}.query(t, "SELECT id FROM payment WHERE id > 1000000")...)
	case (e.code == 11 || e.code == 3) && r.Status == "untouched" && worded(e): // 3: written between the plan and the restore
		*refused++
	default:
		t.Errorf("%s\n%s%s", what, e.out, e.err)
	}
	have := map[string]bool{}
	for _, id := range kept {
		have[id] = true
	}
	for _, id := range u.rows {
		if !have[strconv.Itoa(id)] {
			t.Errorf("%s: row %d of %d is lost", what, id, len(u.rows))
			break
		}
	}
	d.query(t, "DELETE FROM payment WHERE id > 1000000")
	if now := d.content(t); now != v.holds[v.now] {
		t.Errorf("%s: the content is another, %d", what, slices.Index(v.holds[:], now))
	}
	for saw, n := range u.seen {
		if now := d.query(t, whose)[0]; saw != old && saw != now {
			t.Errorf("%s: %d times %q was seen, neither %q nor %q", what, n, saw, old, now)
		}
	}
	return u
}
