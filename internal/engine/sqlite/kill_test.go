package sqlite

import (
	"bufio"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cofre/internal/backup"
)

// wide is more than a connection keeps in memory: pages of the live file are
// overwritten long before the end.
const wide = `CREATE TABLE wide(id INTEGER PRIMARY KEY, state, x BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO wide SELECT i, 'old', zeroblob(4000) FROM n;`

const (
	renew = "UPDATE wide SET state = 'new'; DELETE FROM wide WHERE id % 10 = 0; CREATE TABLE later(x);"
	ask   = "PRAGMA integrity_check; SELECT state, count(*) FROM wide GROUP BY state; SELECT count(*) FROM sqlite_schema;"
)

func TestAKilledRestoreLeavesAllOfTheOldOrAllOfTheNew(t *testing.T) {
	for mode, rounds := range map[string]int{"DELETE": 20, "WAL": 10} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			old := made(t, "PRAGMA journal_mode = "+mode, wide)
			file, _ := dumped(t, made(t, "", wide+renew))
			tables := map[string][]backup.Table{
				"ok\nold|10000\n1": {{Name: "wide", Rows: 10000}},
				"ok\nnew|9000\n2":  {{Name: "later", Rows: 0}, {Name: "wide", Rows: 9000}},
			}
			took := timed(func() { order{Do: "restore", Path: copied(t, old).Path, File: file}.elsewhere(t) })
			ended := map[string]int{}
			for i := range rounds { // each a little later
				target := copied(t, old)
				interrupted(t, order{Do: "restore", Path: target.Path, File: file}, took*time.Duration(i+1)/time.Duration(rounds))
				// A probe sees the truth before anybody has recovered anything.
				c, err := (&Engine{Work: t.TempDir()}).Probe(t.Context(), target)
				if err != nil {
					t.Fatalf("kill %d: probe: %v", i, err)
				}
				now := script(t, target.Path, ask)
				if want, ok := tables[now]; !ok || !slices.Equal(c.Tables, want) {
					t.Fatalf("kill %d: neither the old nor the new: %q; Probe = %v", i, now, c.Tables)
				}
				ended[now]++
			}
			t.Logf("%d killed restores left %v", rounds, ended)
			if len(ended) == 1 && ended["ok\nold|10000\n1"] == 0 {
				t.Error("no restore was killed before its end")
			}
		})
	}
}

func TestAKilledRestoreLeavesNoDatabaseWhereThereWasNone(t *testing.T) {
	file, _ := dumped(t, made(t, "", content))
	want := fingerprint(t, targetAt(file))
	for i := range 5 {
		target := targetAt(filepath.Join(t.TempDir(), "new.sqlite3"))
		interrupted(t, order{Do: "restore", Path: target.Path, File: file}, time.Duration(i)*20*time.Millisecond)
		if stampOf(target.Path).there && fingerprint(t, target) != want {
			t.Errorf("kill %d: half a database was left", i)
		}
	}
}

// interrupted starts another process and kills it after a while.
func interrupted(t *testing.T, o order, after time.Duration) {
	t.Helper()
	cmd := o.process(t, testBinary(t))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	io.Copy(io.Discard, bufio.NewReader(out))
	cmd.Wait() // it was killed, or it was through
}

func timed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}
