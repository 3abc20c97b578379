package cli

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

// witness is the test binary as the application's command: it notes what it sees of
// the database, the lock file and the reload file.
func witness(notes, url, lock, reload string) int {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return 1
	}
	defer db.Close()
	var names string
	err = db.QueryRowContext(context.Background(), "SELECT string_agg(name, ' ' ORDER BY id) FROM people").Scan(&names)
	f, open := os.OpenFile(notes, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil || open != nil {
		return 1
	}
	defer f.Close()
	fmt.Fprintf(f, "%s: lock %v, reload %v, %s\n", os.Getenv("COFRE_STATUS"), there(lock), there(reload), names)
	return 0
}

// around is a change of a PostgreSQL database and the files of its application.
type around struct {
	home, url, lock, reload, notes string
	change                         []string // the command, without what is around
	steps                          []string
	was, is                        string // names of people before and after
}

func (a around) words(more ...string) []string {
	return append(append(slices.Clone(a.change), "--db", a.url, "--yes", "--json", "--lock-file", a.lock, "--reload-file", a.reload), more...)
}

func (a around) names(t *testing.T) string {
	t.Helper()
	return testdb.Query(t, a.url, "SELECT string_agg(name, ' ' ORDER BY id) FROM people")[0]
}

// beside is what the change makes on the server and could leave there.
func (a around) beside(t *testing.T) []string {
	t.Helper()
	return testdb.Query(t, a.url, "SELECT datname::text FROM pg_database WHERE datname LIKE '"+testdb.DatabaseName(a.url)+`\_\_new%'`)
}

// arounds makes a migration in each method, a restore aside and its undo, each in a home of its own.
func arounds(t *testing.T) map[string]func(*testing.T) around {
	const all, one = "Ana Zoë João", "Ana"
	open := func(t *testing.T, from live) (around, string) {
		dir := t.TempDir()
		a := around{home: t.TempDir(), lock: filepath.Join(dir, "app.lock"), reload: filepath.Join(dir, "reload"), notes: filepath.Join(dir, "notes"), was: one, is: all}
		return a, read[struct{ ID string }](t, cofre(t, a.home, "backup", "--db", from.url, "--json").want(t, 0)).ID
	}
	damaged := func(t *testing.T, attributes string) (url string) {
		c := testdb.Postgres(t)
		role := c.Role(t, "mover", attributes)
		url = c.As(role, c.DatabaseOf(t, role))
		postgresExec(t, url, people)
		testdb.Exec(t, url, "DELETE FROM people WHERE id > 1")
		return url
	}
	return map[string]func(*testing.T) around{
		"migration in one transaction": func(t *testing.T) around {
			a, id := open(t, liveSQLite(t))
			a.url, a.change, a.steps = damaged(t, ""), []string{"restore", id, "--migrate"}, []string{"stage", "before", "safety", "apply", "verify", "after"}
			return a
		},
		"migration aside": func(t *testing.T) around {
			a, id := open(t, liveSQLite(t))
			a.url, a.change, a.steps = damaged(t, "CREATEDB"), []string{"restore", id, "--migrate"}, []string{"stage", "before", "safety", "build", "swap", "after"}
			return a
		},
		"restore aside": func(t *testing.T) around {
			target := livePostgres(t)
			a, id := open(t, target)
			testdb.Exec(t, target.url, "DELETE FROM people WHERE id > 1")
			a.url, a.change, a.steps = target.url, []string{"restore", id}, []string{"stage", "before", "safety", "build", "compare", "swap", "after"}
			return a
		},
		"undo of a restore aside": func(t *testing.T) around {
			target := livePostgres(t)
			a, id := open(t, target)
			testdb.Exec(t, target.url, "DELETE FROM people WHERE id > 1")
			cofre(t, a.home, "restore", id, "--db", target.url, "--yes").want(t, 0)
			a.url, a.change, a.steps, a.was, a.is = target.url, []string{"undo"}, []string{"before", "swap", "after"}, all, one
			return a
		},
	}
}

func TestTheApplicationStepsAsideForAMigrationAndForASwap(t *testing.T) {
	for name, open := range arounds(t) {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			command := strings.Join([]string{os.Args[0], "as-witness", a.notes, a.url, a.lock, a.reload}, " ")

			// What fails before stops it, with nothing changed.
			backups := len(read[struct{ Backups []any }](t, cofre(t, a.home, "list", "--json")).Backups)
			if p := cofre(t, a.home, a.words("--before", os.Args[0]+" as-cofre nonsense", "--after", command)...).want(t, 14).problem(t); !strings.Contains(p.Error.Details, "nonsense") {
				t.Errorf("the command before failed, and it says %+v", p)
			}
			made := len(read[struct{ Backups []any }](t, cofre(t, a.home, "list", "--json")).Backups) - backups
			if a.names(t) != a.was || there(a.lock) || there(a.reload) || there(a.notes) || made != 0 || len(a.beside(t)) > 0 {
				t.Errorf("after it: %s, lock %v, reload %v, notes %v, %d backups, %q", a.names(t), there(a.lock), there(a.reload), there(a.notes), made, a.beside(t))
			}

			done := cofre(t, a.home, a.words("--before", command, "--after", command)...).want(t, 0)
			var steps []string
			for line := range strings.Lines(done.err) {
				var p struct{ Step string }
				if json.Unmarshal([]byte(line), &p) == nil && p.Step != "" && !slices.Contains(steps, p.Step) {
					steps = append(steps, p.Step)
				}
			}
			if !slices.Equal(steps, a.steps) {
				t.Errorf("steps %q, want %q", steps, a.steps)
			}
			notes, err := os.ReadFile(a.notes)
			want := fmt.Sprintf(": lock true, reload false, %s\nsucceeded: lock false, reload true, %s\n", a.was, a.is)
			if err != nil || string(notes) != want {
				t.Errorf("the commands saw\n%swant\n%s%v", notes, want, err)
			}
			if there(a.lock) || a.names(t) != a.is {
				t.Errorf("in the end: lock %v, %s", there(a.lock), a.names(t))
			}
		})
	}
}

func TestAfterAKillInAMigrationOrASwapTheNextStartLetsTheApplicationIn(t *testing.T) {
	for name, open := range arounds(t) {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			for _, step := range a.steps[slices.Index(a.steps, "before"):] {
				// From before to before the last step there is a lock file: it is the command that waits to be killed.
				if !killedAt(t, a.home, step, a.words("--before", os.Args[0]+" as-cofre --help")...) {
					t.Fatalf("it was over before %q", step)
				}
				locked := there(a.lock)
				cofre(t, a.home, "info", "--db", a.url, "--json").want(t, 0)
				if there(a.lock) {
					t.Fatalf("killed at %q: the lock file stays (it was there: %v)", step, locked)
				}
				if now := a.names(t); now != a.was && now != a.is || len(a.beside(t)) > 0 {
					t.Fatalf("killed at %q: %s, %q", step, now, a.beside(t))
				}
				if a.names(t) == a.is { // it had gone in: again from the start
					again := open(t)
					a.home, a.url, a.change = again.home, again.url, again.change
				}
			}
		})
	}
}
