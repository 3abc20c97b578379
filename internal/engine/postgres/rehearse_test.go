package postgres

import (
	"errors"
	"os/exec"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestOnlyWhatABackupBringsItselfSpeaksAgainstIt(t *testing.T) {
	refused := func(state, server string) error {
		return errs.New(errs.Incompatible, "postgres.does_not_fit", errs.Args{"state": state, "server": server})
	}
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"a row that breaks a rule":        {refused("23514", "15.18"), true},
		"a row twice":                     {refused("23505", "17.2"), true},
		"a division by zero":              {refused("22012", "15.18"), true},
		"a table that is not there":       {refused("42P01", "15.18"), true},
		"the same on a newer server":      {refused("42P01", "18.1"), false},
		"a collation that is not here":    {refused("42704", "15.18"), false},
		"letters of another encoding":     {refused("22021", "15.18"), false},
		"money of another country":        {refused("22P02", "15.18"), false},
		"values that differ":              {errs.New(errs.Corrupt, "postgres.differs", nil), true},
		"orders to psql":                  {errs.New(errs.Invalid, "postgres.foreign_statement", nil), true},
		"an address that makes no sense":  {errs.New(errs.Invalid, "postgres.url", nil), false},
		"damage of another kind":          {errs.New(errs.Corrupt, "archive.layer", nil), false},
		"pages that are damaged":          {errs.New(errs.Corrupt, "archive.dump_damaged", nil), true},
		"a server that is itself damaged": {errs.New(errs.Corrupt, "postgres.server_damage", nil), false},
		"a right that is missing":         {errs.New(errs.Denied, "postgres.rights", nil), false},
		"a server that went away":         {errs.New(errs.Unavailable, "postgres.lost", nil), false},
		"a defect of ours":                {errors.New("panic"), false},
		"nothing":                         {nil, false},
	} {
		if got := (&Engine{}).Blames(c.err, backup.Contents{Version: "15.18 (Debian 15.18-1)"}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAProgramThatIsEndedSaysNothingAboutTheFile(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	for script, code := range map[string]errs.Code{
		"kill -9 $$": errs.Unavailable,
		"echo 'pg_restore: error: out of memory' >&2; exit 1":             errs.Unavailable,
		"echo 'pg_restore: error: could not uncompress data' >&2; exit 1": errs.Corrupt,
	} {
		src := &source{path: "x.dump", name: "x.dump"}
		if err := src.run(t.Context(), tool{path: shell}, nil, []string{"-c", script}); err != nil {
			t.Fatal(err)
		}
		if err := src.finish(t.Context()); errs.CodeOf(err) != code || (&Engine{}).Blames(err, backup.Contents{}) != (code == errs.Corrupt) {
			t.Errorf("%s: %v", script, err)
		}
		src.close()
	}
}

func TestPracticeDoesNotFillTheDiskOfPeopleAtWork(t *testing.T) {
	live := testdb.Postgres(t).Database(t)
	target, err := backup.ParseTarget(live)
	if err != nil {
		t.Fatal(err)
	}
	for free, want := range map[int64]int{1 << 20: 1, 1 << 50: 0} {
		e := &Engine{Free: func(string) (int64, error) { return free, nil }}
		checks, err := e.CanBuild(t.Context(), target, backup.Contents{Version: "12.0", Database: target.Name})
		if err != nil || len(checks) != want {
			t.Errorf("%d bytes free: %v, %v", free, checks, err)
		}
		made := ""
		_, err = e.Lend(t.Context(), backup.Contents{Version: "12.0"}, t.TempDir(), func(folder string) error { made = folder; return nil })
		if made != "" {
			_ = e.Reclaim(made)
		}
		if full := errs.CodeOf(err) == errs.Unavailable; full != (want == 1) || full && made != "" {
			t.Errorf("%d bytes free: %v, made %q", free, err, made)
		}
	}
}
