package sqlite

import (
	"bufio"
	"io"
	"slices"
	"testing"
	"time"

	"cofre/internal/backup"
)

// killRounds is how often the process that restores is killed, each time a little later.
const killRounds = 20

func TestAKilledRestoreLeavesAllOfTheOldOrAllOfTheNew(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			pragmas := "PRAGMA journal_mode = " + mode
			old := made(t, pragmas, content)
			file, dumped := dumped(t, made(t, pragmas, content+mutation+"UPDATE right_twin SET text = replace(text, 'r', 'R');"))
			want := map[string]string{fingerprint(t, old): "old", fingerprint(t, targetAt(file)): "new"}
			tables := map[string][]backup.Table{"old": counted(t, old), "new": dumped.Tables}

			took := timed(func() { order{Do: "restore", Path: copied(t, old).Path, File: file}.elsewhere(t) })
			ended := map[string]int{}
			for i := range killRounds {
				target := copied(t, old)
				interrupted(t, order{Do: "restore", Path: target.Path, File: file}, took*time.Duration(i+1)/killRounds)
				// The program itself sees the truth before anybody has recovered anything.
				c, err := (&Engine{Work: t.TempDir()}).Probe(t.Context(), target)
				if err != nil {
					t.Fatalf("kill %d: probe: %v", i, err)
				}
				state := want[fingerprint(t, target)]
				if !slices.Equal(c.Tables, tables[state]) {
					t.Errorf("kill %d: Probe = %v, the database is the %s one", i, c.Tables, state)
				}
				if got := script(t, target.Path, "PRAGMA integrity_check;"); state == "" || got != "ok" {
					t.Fatalf("kill %d: the database is neither the old nor the new; integrity_check says %q", i, got)
				}
				ended[state]++
			}
			t.Logf("of %d killed restores %d left the old content, %d the new", killRounds, ended["old"], ended["new"])
			if ended["old"] == 0 {
				t.Error("no restore was killed before its end")
			}
		})
	}
}

func TestAKilledRestoreLeavesNoDatabaseWhereThereWasNone(t *testing.T) {
	file, _ := dumped(t, made(t, "", content))
	want := fingerprint(t, targetAt(file))
	for i := range 5 {
		target := targetAt(t.TempDir() + "/new.sqlite3")
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
