package cli

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/schedule"
	"cofre/internal/state"
)

// keptSchedule is a schedule in the answers of the command line.
type keptSchedule struct {
	Name, Connection, Kind, When, Zone string
	Paused                             bool
	Next                               []time.Time
	Last                               *struct{ Status string }
}

type ranRuns struct {
	Runs []struct {
		Schedule, Status string
		Attempt          int
		BackupID         string `json:"backup_id"`
	}
}

// since moves the beginning of all schedules back, so that something is due.
func since(t *testing.T, home string, ago time.Duration) {
	t.Helper()
	inState(t, home, func(db *state.DB) {
		all, err := db.Schedules().Schedules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			s.Since = s.Since.Add(-ago)
			if err := db.Schedules().Put(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func inState(t *testing.T, home string, do func(*state.DB)) {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(home, "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do(db)
}

func TestAScheduleBacksUpWithoutAnybodyThere(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	for name, target := range map[string]live{"sqlite": liveSQLite(t), "postgresql": livePostgres(t)} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			added := read[keptSchedule](t, cofre(t, home, "schedule", "add", "nightly", "--db", target.url, "--when", "daily  03:00", "--zone", "America/Sao_Paulo", "--json").want(t, 0))
			if added.Kind != "backup" || added.When != "daily 03:00" || len(added.Next) != 5 || added.Next[0].UTC().Hour() != 6 || added.Connection == "" {
				t.Fatalf("%+v", added)
			}
			if r := read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 0)); len(r.Runs) != 0 {
				t.Fatalf("before its time: %+v", r)
			}
			since(t, home, 72*time.Hour) // as if the computer had been off for three days
			r := read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 0))
			if len(r.Runs) != 1 || r.Runs[0].Status != "succeeded" || r.Runs[0].BackupID == "" {
				t.Fatalf("%+v", r)
			}
			if again := read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 0)); len(again.Runs) != 0 {
				t.Fatalf("what was missed is made up for twice: %+v", again)
			}
			inState(t, home, func(db *state.DB) {
				e, err := db.Catalog().Get(t.Context(), r.Runs[0].BackupID)
				if err != nil || e.Manifest.Purpose != backup.Scheduled || e.Manifest.By != "schedule:nightly" || !e.State.Sound() {
					t.Errorf("%+v, %v", e.Manifest, err)
				}
			})
			if all := read[struct{ Schedules []keptSchedule }](t, cofre(t, home, "schedule", "list", "--json").want(t, 0)).Schedules; len(all) != 1 || all[0].Last == nil || all[0].Last.Status != "succeeded" {
				t.Errorf("%+v", all)
			}
		})
	}
}

func TestAllThatAScheduleCanDoIsDoneInItsOrder(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	files := backups(t, home, target.url, 3)
	cofre(t, home, "schedule", "add", "b", "--db", target.url, "--when", "hourly").want(t, 0)
	cofre(t, home, "schedule", "add", "clean", "--db", target.url, "--do", "prune", "--when", "hourly").want(t, 2) // there are no rules
	cofre(t, home, "prune", "--db", target.url, "--keep-last", "1", "--remember").want(t, 0)
	for _, kind := range []string{"prune", "rehearse", "verify"} {
		cofre(t, home, "schedule", "add", "do "+kind, "--db", target.url, "--do", kind, "--when", "hourly").want(t, 0)
	}
	since(t, home, time.Hour)
	done := []string{}
	for _, r := range read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 0)).Runs {
		done = append(done, r.Schedule+" "+r.Status)
	}
	if got, want := strings.Join(done, ", "), "b succeeded, do verify succeeded, do rehearse succeeded, do prune succeeded"; got != want {
		t.Errorf("%s", got)
	}
	if n := thereAre(t, files); n != 0 {
		t.Errorf("%d old backups are left", n)
	}
}

func TestAScheduledRunThatFailsIsSaidAndTriedAgainAfterAPause(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	cofre(t, home, "schedule", "add", "nightly", "--db", target.url, "--when", "hourly").want(t, 0)
	since(t, home, time.Hour)
	away := target.url + ".away"
	if err := os.Rename(target.url, away); err != nil {
		t.Fatal(err)
	}
	r := read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 10))
	if len(r.Runs) != 1 || r.Runs[0].Status != "failed" || r.Runs[0].Attempt != 1 {
		t.Fatalf("%+v", r)
	}
	cofre(t, home, "schedule", "run").want(t, 0) // the pause is not over
	if said := cofre(t, home, "schedule", "next", "nightly").want(t, 0).out; !strings.Contains(said, "it failed, or was missed") {
		t.Errorf("the retry is not told: %s", said)
	}
	if err := os.Rename(away, target.url); err != nil {
		t.Fatal(err)
	}
	inState(t, home, func(db *state.DB) { // two minutes later
		all, _ := db.Schedules().Schedules(t.Context())
		last, err := db.Schedules().Last(t.Context(), all[0].ID)
		if err != nil || last == nil || last.Failure == nil {
			t.Fatalf("%+v, %v", last, err)
		}
		last.EndedAt = last.EndedAt.Add(-2 * time.Minute)
		if err := db.Schedules().End(t.Context(), *last); err != nil {
			t.Fatal(err)
		}
	})
	r = read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 0))
	if len(r.Runs) != 1 || r.Runs[0].Status != "succeeded" || r.Runs[0].Attempt != 2 {
		t.Errorf("%+v", r)
	}
}

func TestARunThatWasCutOffIsInterruptedAndDoneAgain(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	cofre(t, home, "schedule", "add", "nightly", "--db", target.url, "--when", "hourly").want(t, 0)
	since(t, home, time.Hour)
	var id string
	inState(t, home, func(db *state.DB) {
		all, _ := db.Schedules().Schedules(t.Context())
		id = all[0].ID
		turn, ok := all[0].Turn(nil, time.Now())
		if !ok {
			t.Fatal("nothing is due")
		}
		if _, err := db.Schedules().Begin(t.Context(), schedule.Run{Schedule: id, Due: turn.Due, Attempt: 1, StartedAt: time.Now().Add(-5 * time.Minute), Status: schedule.Running}); err != nil {
			t.Fatal(err)
		}
	})
	cofre(t, home, "schedule", "run").want(t, 0)
	inState(t, home, func(db *state.DB) {
		last, err := db.Schedules().Last(t.Context(), id)
		if err != nil || last.Status != schedule.Interrupted {
			t.Errorf("%+v, %v", last, err)
		}
	})
}

func TestSchedulesArePausedRemovedAndNamedOnce(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	add := func(name string, code int) {
		t.Helper()
		cofre(t, home, "schedule", "add", name, "--db", target.url, "--when", "hourly").want(t, code)
	}
	add("One", 0)
	add("one", 2)
	add("two", 0)
	cofre(t, home, "schedule", "pause", "ONE").want(t, 0)
	since(t, home, time.Hour)
	if r := read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 0)); len(r.Runs) != 1 || r.Runs[0].Schedule != "two" {
		t.Errorf("%+v", r)
	}
	cofre(t, home, "schedule", "pause", "one", "--off").want(t, 0)
	cofre(t, home, "schedule", "remove", "two").want(t, 0)
	cofre(t, home, "schedule", "remove", "two").want(t, 10)
	if all := read[struct{ Schedules []keptSchedule }](t, cofre(t, home, "schedule", "list", "--json").want(t, 0)).Schedules; len(all) != 1 || all[0].Paused || all[0].Name != "One" {
		t.Errorf("%+v", all)
	}
	for _, args := range [][]string{{"add", "x", "--db", target.url}, {"add", "x", "--db", target.url, "--when", "hourly", "--do", "dance"}, {"add", "x", "--when", "hourly"}, {"add", " ", "--db", target.url, "--when", "hourly"},
		{"add", "x", "--db", target.url, "--when", "hourly", "--zone", "Mars/Olympus"}, {"add", "x", "--db", target.url, "--when", "hourly", "--compress", "rar"}} {
		cofre(t, home, append([]string{"schedule"}, args...)...).want(t, 2)
	}
	cofre(t, home, "schedule", "add", "x", "--connection", "nobody", "--when", "hourly").want(t, 10)
}

func TestATimeThatIsWrongOrNeverComesIsRefusedInWordsAndChangesNothing(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	cofre(t, home, "schedule", "add", "one", "--db", target.url, "--when", "daily 03:00").want(t, 0)
	for when, words := range map[string]string{
		"61 * * * *":   "does not say when",
		"* * * *":      "does not say when",
		"*/0 * * * *":  "does not say when",
		"daily 24:00":  "does not say when",
		"@reboot":      "does not say when",
		"0 0 30 2 *":   "0 0 30 2 * never comes",
		"0 0 31 4,6 *": "0 0 31 4,6 * never comes",
	} {
		if said := cofre(t, home, "schedule", "add", "two", "--db", target.url, "--when", when).want(t, 2); !strings.Contains(said.err, words) {
			t.Errorf("%s: %s", when, said.err)
		}
	}
	if all := read[struct{ Schedules []keptSchedule }](t, cofre(t, home, "schedule", "list", "--json").want(t, 0)).Schedules; len(all) != 1 || all[0].When != "daily 03:00" || len(all[0].Next) != 5 {
		t.Errorf("%+v", all)
	}
}

func TestTheDemoModeRunsNoSchedules(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	cofre(t, home, "schedule", "add", "one", "--db", target.url, "--when", "hourly").want(t, 0)
	t.Setenv("COFRE_DEMO_MODE", "1")
	for _, args := range [][]string{{"run"}, {"serve"}, {"add", "two", "--db", target.url, "--when", "hourly"}, {"pause", "one"}, {"remove", "one"}} {
		cofre(t, home, append([]string{"schedule"}, args...)...).want(t, 12)
	}
}

func TestAScheduleThatIsRefusedLeavesNoConnection(t *testing.T) {
	home, target, other := t.TempDir(), liveSQLite(t), liveSQLite(t)
	connections := func() (n int) {
		inState(t, home, func(db *state.DB) {
			all, err := db.Connections().All(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			n = len(all)
		})
		return n
	}
	cofre(t, home, "schedule", "add", "one", "--db", target.url, "--when", "hourly").want(t, 0)
	for _, args := range [][]string{{"two", "--when", "nonsense"}, {"two", "--when", "hourly", "--do", "dance"}, {"two", "--when", "hourly", "--do", "prune"}, {"ONE", "--when", "hourly"}, {" ", "--when", "hourly"}} {
		cofre(t, home, append([]string{"schedule", "add", "--db", other.url}, args...)...).want(t, 2)
	}
	t.Setenv("COFRE_DEMO_MODE", "1")
	cofre(t, home, "schedule", "add", "two", "--db", other.url, "--when", "hourly").want(t, 12)
	if n := connections(); n != 1 {
		t.Errorf("%d connections are kept", n)
	}
}

func TestServeRunsSchedulesUntilItIsStopped(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	cofre(t, home, "schedule", "add", "one", "--db", target.url, "--when", "hourly").want(t, 0)
	since(t, home, time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, []string{"--lang", "en", "--home", home, "--json", "schedule", "serve"}, Secrets{}, strings.NewReader(""), in, io.Discard)
		in.Close()
	}()
	var ran struct{ Schedule, Status string }
	if err := json.NewDecoder(out).Decode(&ran); err != nil || ran.Schedule != "one" || ran.Status != "succeeded" {
		t.Fatalf("%+v, %v", ran, err)
	}
	stop()
	if got := <-code; got != 0 {
		t.Errorf("stopped with %d", got)
	}
	// Another keeper may work now.
	cofre(t, home, "schedule", "run").want(t, 0)
}
