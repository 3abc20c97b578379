package state

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/audit"
)

// trailOf is the trail of db, at noon.
func trailOf(db *DB) *audit.Trail {
	return &audit.Trail{Store: db.Audit(), Now: func() time.Time { return noon }}
}

// written is a trail of n entries in a file of its own.
func written(t *testing.T, n int) (*DB, *audit.Trail) {
	t.Helper()
	db := open(t)
	trail := trailOf(db)
	for i := range n {
		add(t, trail, audit.Entry{Who: "mariana", What: audit.Backup, Ending: "succeeded", Database: "família", Backup: fmt.Sprint("b", i)})
	}
	return db, trail
}

func add(t *testing.T, trail *audit.Trail, e audit.Entry) {
	t.Helper()
	if err := trail.Add(ctx, e); err != nil {
		t.Fatal(err)
	}
}

// force changes the trail as somebody does who means it.
func force(t *testing.T, db *DB, statements ...string) {
	t.Helper()
	all := append([]string{"DROP TRIGGER IF EXISTS audit_is_not_changed", "DROP TRIGGER IF EXISTS audit_is_not_cut"}, statements...)
	for _, s := range all {
		if _, err := db.sql.ExecContext(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func judged(t *testing.T, trail *audit.Trail, witnesses ...audit.Witness) audit.Verdict {
	t.Helper()
	v, err := trail.Verify(ctx, witnesses)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func head(t *testing.T, trail *audit.Trail) audit.Head {
	t.Helper()
	h, err := trail.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestATrailThatNobodyTouchedIsWhole(t *testing.T) {
	_, trail := written(t, 2500)
	h := head(t, trail)
	v := judged(t, trail, audit.Witness{Head: h, File: "b.json"})
	if v.Damage != nil || v.Entries != 2500 || v.Head != h || v.Witnesses != 1 || v.Strangers != 0 {
		t.Errorf("%+v", v)
	}
	if v := judged(t, trailOf(open(t))); v.Damage != nil || v.Entries != 0 {
		t.Errorf("an empty one: %+v", v)
	}
}

func TestEachChangeOfTheTrailIsFoundAtItsFirstEntry(t *testing.T) {
	cases := []struct {
		name   string
		change []string
		n      int64
		how    audit.How
	}{
		{"an entry edited", []string{`UPDATE audit SET line = replace(line, 'mariana', 'nobody') WHERE n = 7`}, 7, audit.Changed},
		{"an entry's number edited", []string{`UPDATE audit SET line = replace(line, '"n":7', '"n":8') WHERE n = 7`}, 7, audit.Changed},
		{"a hash edited", []string{`UPDATE audit SET hash = replace(hash, 'a', 'b') WHERE n = 7`}, 7, audit.Changed},
		{"an entry taken out", []string{`DELETE FROM audit WHERE n = 7`}, 7, audit.Missing},
		{"the beginning taken out", []string{`DELETE FROM audit WHERE n < 4`}, 1, audit.Missing},
		{"an entry taken out and the rest moved up", []string{`DELETE FROM audit WHERE n = 7`, `UPDATE audit SET n = n - 1 WHERE n > 7`}, 7, audit.Changed},
		{"two entries exchanged", []string{`UPDATE audit SET n = -7 WHERE n = 7`, `UPDATE audit SET n = 7 WHERE n = 8`, `UPDATE audit SET n = 8 WHERE n = -7`}, 7, audit.Changed},
		{"the tail cut off", []string{`DELETE FROM audit WHERE n > 7`}, 8, audit.Cut},
		{"all of it cut off", []string{`DELETE FROM audit`}, 1, audit.Cut},
		{"an entry emptied", []string{`UPDATE audit SET line = '{}' WHERE n = 7`}, 7, audit.Changed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			db, trail := written(t, 20)
			force(t, db, c.change...)
			v := judged(t, trail)
			if v.Damage == nil || v.Damage.N != c.n || v.Damage.How != c.how {
				t.Errorf("%+v", v.Damage)
			}
		})
	}
}

func TestTheTrailIsNotChangedByAccident(t *testing.T) {
	db, _ := written(t, 3)
	for _, s := range []string{`UPDATE audit SET line = '{}'`, `DELETE FROM audit`} {
		if _, err := db.sql.ExecContext(ctx, s); err == nil {
			t.Errorf("%s went through", s)
		}
	}
}

func TestWhatIsWrittenAfterACutDoesNotHideIt(t *testing.T) {
	db, trail := written(t, 20)
	force(t, db, `DELETE FROM audit WHERE n > 7`)
	add(t, trail, audit.Entry{What: audit.Login, Ending: "succeeded"})
	if v := judged(t, trail); v.Damage == nil || v.Damage.N != 8 || v.Damage.How != audit.Missing {
		t.Errorf("%+v", v.Damage)
	}
}

func TestACutThatTheDatabaseHasForgottenIsKnownToAWitness(t *testing.T) {
	db, trail := written(t, 20)
	seen := audit.Witness{Head: head(t, trail), File: "b.json"}
	force(t, db, `DELETE FROM audit WHERE n > 7`, `UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'`)
	if v := judged(t, trail); v.Damage != nil {
		t.Fatalf("without a witness: %+v", v.Damage)
	}
	if v := judged(t, trail, seen); v.Damage == nil || *v.Damage != (audit.Damage{N: 8, How: audit.Cut, File: "b.json"}) {
		t.Errorf("%+v", v.Damage)
	}
}

func TestAnOlderCopyOfTheStateIsKnownToAWitness(t *testing.T) {
	db, trail := written(t, 10)
	copied := filepath.Join(t.TempDir(), "older.db")
	if _, err := db.sql.ExecContext(ctx, "VACUUM INTO ?", copied); err != nil {
		t.Fatal(err)
	}
	add(t, trail, audit.Entry{What: audit.Delete, Ending: "succeeded"})
	seen := audit.Witness{Head: head(t, trail), File: "later.json"}
	add(t, trail, audit.Entry{What: audit.Login, Ending: "succeeded"})

	older := trailOf(openAt(t, copied))
	if v := judged(t, older, seen); v.Damage == nil || *v.Damage != (audit.Damage{N: 11, How: audit.Cut, File: "later.json"}) {
		t.Errorf("put back: %+v", v.Damage)
	}
	add(t, older, audit.Entry{What: audit.Login, Ending: "succeeded"})
	add(t, older, audit.Entry{What: audit.Login, Ending: "succeeded"})
	if v := judged(t, older, seen); v.Damage == nil || *v.Damage != (audit.Damage{N: 11, How: audit.Replaced, File: "later.json"}) {
		t.Errorf("put back and used: %+v", v.Damage)
	}
}

func TestAWitnessOfAnotherTrailIsNoDamage(t *testing.T) {
	_, trail := written(t, 3)
	other := trailOf(open(t))
	add(t, other, audit.Entry{What: audit.Login, Ending: "succeeded", Who: "somebody else"})
	if v := judged(t, trail, audit.Witness{Head: head(t, other)}); v.Damage != nil || v.Strangers != 1 || v.Witnesses != 0 {
		t.Errorf("%+v", v)
	}
}

func TestATrailThatWasWrittenAnewFromItsFirstEntryIsKnownToAWitnessOfHere(t *testing.T) {
	_, before := written(t, 3)
	_, anew := written(t, 4)
	other := head(t, before)
	if other.Trail == head(t, anew).Trail { // the same entries make the same trail
		other.Trail = "another"
	}
	v := judged(t, anew, audit.Witness{Head: other, File: "b.json", Own: true})
	if v.Damage == nil || *v.Damage != (audit.Damage{N: 1, How: audit.Replaced, File: "b.json"}) {
		t.Errorf("%+v", v.Damage)
	}
}

func TestAClockThatIsSetBackLeavesTheOrderAsItHappened(t *testing.T) {
	db := open(t)
	now := noon
	trail := &audit.Trail{Store: db.Audit(), Now: func() time.Time { return now }}
	for _, step := range []time.Duration{0, time.Hour, -48 * time.Hour, time.Minute} {
		now = now.Add(step)
		add(t, trail, audit.Entry{What: audit.Login, Ending: "succeeded", Subject: step.String()})
	}
	if v := judged(t, trail); v.Damage != nil || !v.Last.Before(v.First) {
		t.Errorf("%+v", v)
	}
	since, err := trail.Entries(ctx, audit.Query{Since: noon.Truncate(time.Millisecond), Until: noon.Add(time.Hour)})
	if err != nil || len(since) != 1 || since[0].N != 1 {
		t.Errorf("%+v %v", since, err)
	}
	all, err := trail.Entries(ctx, audit.Query{Oldest: true})
	if err != nil || len(all) != 4 || all[2].Subject != "-48h0m0s" || !all[2].At.Equal(noon.Add(-47*time.Hour).Truncate(time.Millisecond)) {
		t.Errorf("%+v %v", all, err)
	}
}

func TestProcessesThatAppendAtOnceMakeOneTrail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	const processes, each = 3, 40
	var running []*exec.Cmd
	for i := range processes {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "COFRE_TEST_TRAIL="+path, fmt.Sprint("COFRE_TEST_NAME=", i))
		cmd.Stderr = &strings.Builder{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", err, cmd.Stderr)
		}
	}
	trail := trailOf(openAt(t, path))
	if v := judged(t, trail); v.Damage != nil || v.Entries != processes*each {
		t.Errorf("%+v", v)
	}
	for i := range processes {
		if mine, err := trail.Entries(ctx, audit.Query{Who: fmt.Sprint(i)}); err != nil || len(mine) != each {
			t.Errorf("process %d: %d entries, %v", i, len(mine), err)
		}
	}
}

// appendElsewhere is what another process does with the trail.
func appendElsewhere(path, name string) error {
	db, err := Open(ctx, path, time.Now)
	if err != nil {
		return err
	}
	for range 40 {
		if err := trailOf(db).Add(ctx, audit.Entry{Who: name, What: audit.Backup, Ending: "succeeded"}); err != nil {
			return err
		}
	}
	return db.Close()
}

// TestAHundredThousandEntriesAreFoundAPageAtATime has a bound that a slow machine
// keeps, too: some 30 times what a quick one takes, and less than reading all of it.
func TestAHundredThousandEntriesAreFoundAPageAtATime(t *testing.T) {
	db := open(t)
	var last string
	err := db.in(ctx, "fill", func(tx *sql.Tx) error {
		keep := audit.Trail{Now: func() time.Time { return noon }}
		for i := range int64(100_000) {
			keep.Store = appending(func(l audit.Line) error {
				last = l.Hash
				_, err := tx.ExecContext(ctx, "INSERT INTO audit (n, line, hash) VALUES (?, ?, ?)", l.N, l.Text, l.Hash)
				return err
			}, i, last)
			e := audit.Entry{Who: "mariana", What: audit.Backup, Ending: "succeeded", Database: "family", Place: "/home/mariana/app/instance/family.sqlite3", TookMS: 1234, Job: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
			if i%5000 == 0 {
				e.Who, e.What = "joão", audit.Restore
			}
			if err := keep.Add(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	trail := trailOf(db)
	if v := judged(t, trail); v.Damage != nil || v.Entries != 100_000 {
		t.Fatalf("%+v", v)
	}
	for _, c := range []struct {
		q    audit.Query
		want int
	}{
		{audit.Query{Limit: 100}, 100},
		{audit.Query{Limit: 100, From: 50_000}, 100},
		{audit.Query{Limit: 100, Who: "joão"}, 20},
		{audit.Query{Limit: 100, Who: "joão", What: "restore"}, 20},
		{audit.Query{Limit: 100, Who: "mariana", What: "restore"}, 0},
		{audit.Query{Limit: 100, Database: "another"}, 0},
		{audit.Query{Limit: 100, Since: noon.Add(time.Hour)}, 0},
		{audit.Query{Limit: 100, Search: "JOãO"}, 20},
		{audit.Query{From: 50_000, Span: 20}, 20},
		{audit.Query{From: 50_000, Span: 20, Oldest: true}, 20},
		{audit.Query{Limit: 100, Search: "in none_of%them"}, 0},
	} {
		began := time.Now()
		found, err := trail.Entries(ctx, c.q)
		took := time.Since(began)
		if err != nil || len(found) != c.want {
			t.Errorf("%+v: %d entries, %v", c.q, len(found), err)
		}
		t.Logf("%8s %+v", took.Round(10*time.Microsecond), c.q)
		if took > time.Second {
			t.Errorf("%+v: %s", c.q, took)
		}
	}
}

// appender is a store that only appends, behind a line that is known.
type appender struct {
	audit.Store
	append func(audit.Line) error
	n      int64
	last   string
}

func appending(f func(audit.Line) error, n int64, last string) appender {
	return appender{append: f, n: n, last: last}
}

func (a appender) Append(_ context.Context, next func(int64, string) (audit.Line, error)) error {
	l, err := next(a.n+1, a.last)
	if err != nil {
		return err
	}
	return a.append(l)
}
