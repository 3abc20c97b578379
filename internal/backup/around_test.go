package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// TestMain runs the tests, or is one of the commands around a restore.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "command" {
		os.Exit(command(os.Args[2], os.Args[3:]))
	}
	testdb.Main(m)
}

// command notes what it sees, and then ends as it is told.
func command(ending string, args []string) int {
	_, lock := os.Stat(args[1])
	line := fmt.Sprintf("%s target=%s status=%s lock=%v secret=%q rest=%q\n", ending, os.Getenv("COFRE_TARGET"), os.Getenv("COFRE_STATUS"), lock == nil, os.Getenv("COFRE_ADMIN_PASSWORD")+os.Getenv("COFRE_PASSPHRASE"), args[2:])
	f, err := os.OpenFile(args[0], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(line)
	}
	if err != nil {
		return 1
	}
	switch ending {
	case "fail":
		fmt.Fprint(os.Stderr, strings.Repeat("x", 20000)+"the end of it")
		return 7
	case "hang":
		<-time.After(time.Hour)
	}
	return 0
}

// site is a house with an application around it.
type site struct {
	*house
	notes string
}

func newSite(t *testing.T, before, after string) *site {
	t.Helper()
	t.Setenv("COFRE_ADMIN_PASSWORD", "not for them")
	t.Setenv("COFRE_PASSPHRASE", "nor this")
	dir := t.TempDir()
	s := &site{house: newHouse(t), notes: filepath.Join(dir, "notes")}
	lock := filepath.Join(dir, "app.lock")
	line := func(ending string) []string {
		if ending == "" {
			return nil
		}
		return []string{os.Args[0], "command", ending, s.notes, lock, "two words", ""}
	}
	s.target.Around = backup.Around{LockFile: lock, ReloadFile: filepath.Join(dir, "reload"), Before: line(before), After: line(after)}
	return s
}

func (s *site) restore(ctx context.Context, t *testing.T, run *script) (backup.Result, error) {
	t.Helper()
	p, err := s.restorer.Plan(t.Context(), backup.Ref{Path: s.file}, s.target)
	if err != nil {
		t.Fatal(err)
	}
	return s.restorer.Restore(ctx, p, p.Consents, run)
}

// read is what the commands have noted.
func (s *site) read(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(s.notes)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

func there(path string) bool { _, err := os.Lstat(path); return err == nil }

func TestTheApplicationStepsAsideBeforeTheSafetyBackupAndComesBackAfterTheChange(t *testing.T) {
	s := newSite(t, "ok", "ok")
	run := &script{}
	r, err := s.restore(t.Context(), t, run)
	if err != nil || r.Status != backup.Succeeded || len(r.Warnings) > 0 {
		t.Fatalf("ended %s with %v, warnings %v", r.Status, err, r.Warnings)
	}
	want := `ok target=test.sqlite3 status= lock=true secret="" rest=["two words" ""]` + "\n" +
		`ok target=test.sqlite3 status=succeeded lock=false secret="" rest=["two words" ""]` + "\n"
	if got := s.read(t); got != want {
		t.Errorf("the commands saw\n%swant\n%s", got, want)
	}
	if a := s.target.Around; there(a.LockFile) || !there(a.ReloadFile) {
		t.Errorf("lock %v, reload %v", there(a.LockFile), there(a.ReloadFile))
	}
	if !slices.Equal(run.steps, []backup.StepName{backup.StepStage, backup.StepBefore, backup.StepSafety, backup.StepApply, backup.StepVerify, backup.StepAfter}) {
		t.Errorf("steps %v", run.steps)
	}
	if run.left.Lock != s.target.Around.LockFile || !strings.HasPrefix(run.left.LockText, "cofre ") {
		t.Errorf("written down: %+v", run.left)
	}
}

func TestWhatFailsBeforeStopsTheRestoreWithNothingChanged(t *testing.T) {
	for name, c := range map[string]struct {
		before string
		run    script
		edit   func(t *testing.T, a *backup.Around)
		reason string
		code   errs.Code
	}{
		"the command fails":                {before: "fail", reason: "around.before_failed", code: errs.Unavailable},
		"the command takes too long":       {before: "hang", edit: func(_ *testing.T, a *backup.Around) { a.Seconds = 1 }, reason: "around.before_slow", code: errs.Unavailable},
		"there is no such command":         {edit: func(_ *testing.T, a *backup.Around) { a.Before = []string{"/nowhere/at all"} }, reason: "around.before_failed", code: errs.Unavailable},
		"the lock's folder is missing":     {before: "ok", edit: func(_ *testing.T, a *backup.Around) { a.LockFile += "/no/folder" }, reason: "archive.not_found", code: errs.NotFound},
		"it can't be written down":         {before: "ok", run: script{failAt: backup.StepBefore}, reason: "archive.no_space", code: errs.Unavailable},
		"the lock file can't be noted":     {before: "ok", run: script{failLeave: true}, reason: "archive.no_space", code: errs.Unavailable},
		"cancelled as the command begins":  {before: "hang", run: script{cancelAt: backup.StepBefore}, code: errs.Cancelled},
		"another maintenance has the lock": {before: "ok", edit: func(t *testing.T, a *backup.Around) { put(t, a.LockFile, []byte("mine")) }, reason: "around.locked", code: errs.Busy},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, c.before, "ok")
			if c.edit != nil {
				c.edit(t, &s.target.Around)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			run := c.run
			run.cancel = cancel
			r, err := s.restore(ctx, t, &run)
			if r.Status != backup.Untouched || errs.CodeOf(err) != c.code || (c.reason != "" && errs.Of(err).Reason != c.reason) {
				t.Fatalf("ended %s with %v", r.Status, err)
			}
			if fingerprint(t, s.target.Path) != s.old || r.Safety != nil {
				t.Error("something was changed")
			}
			a := s.target.Around
			if content, _ := os.ReadFile(a.LockFile); there(a.ReloadFile) || (there(a.LockFile) && string(content) != "mine") || (c.code == errs.Busy && !there(a.LockFile)) {
				t.Errorf("lock file %q, reload %v", content, there(a.ReloadFile))
			}
			if strings.Contains(s.read(t), "status=untouched") {
				t.Error("the command after was run, though the one before had not done its work")
			}
			if c.before == "fail" {
				if said := errs.Of(err).Detail; !strings.HasSuffix(said, "the end of it") || len(said) > 8<<10 {
					t.Errorf("of what the command said, %d bytes are kept", len(said))
				}
			}
		})
	}
}

func TestWhatFailsAfterwardsIsAWarningAndNotTheEnding(t *testing.T) {
	for name, c := range map[string]struct {
		after  string
		edit   func(a *backup.Around)
		reason string
	}{
		"the command fails":          {"fail", nil, "around.after_failed"},
		"the command takes too long": {"hang", func(a *backup.Around) { a.Seconds = 2 }, "around.after_slow"},
		"the reload file can't be":   {"ok", func(a *backup.Around) { a.ReloadFile += "/no/folder" }, "archive.not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "ok", c.after)
			if c.edit != nil {
				c.edit(&s.target.Around)
			}
			r, err := s.restore(t.Context(), t, &script{})
			if err != nil || r.Status != backup.Succeeded || fingerprint(t, s.target.Path) != s.new {
				t.Fatalf("ended %s with %v", r.Status, err)
			}
			if len(r.Warnings) != 1 || r.Warnings[0].Reason != c.reason {
				t.Errorf("warnings %v", r.Warnings)
			}
			if there(s.target.Around.LockFile) {
				t.Error("the lock file stays")
			}
		})
	}
}

func TestTheApplicationComesBackWhateverTheEnding(t *testing.T) {
	for status, fault := range map[backup.Status]faulty{
		backup.Untouched:  {restore: true},
		backup.RolledBack: {check: true},
		backup.Damaged:    {check: true, putBack: true},
	} {
		s := newSite(t, "ok", "ok")
		sound := s.engine.Engine
		*s.engine = fault
		s.engine.Engine = sound
		r, err := s.restore(t.Context(), t, &script{})
		if err == nil || r.Status != status {
			t.Fatalf("ended %s with %v, want %s", r.Status, err, status)
		}
		if !strings.Contains(s.read(t), "status="+string(status)+" lock=false") || there(s.target.Around.LockFile) || there(s.target.Around.ReloadFile) {
			t.Errorf("%s: the commands saw %s", status, s.read(t))
		}
	}
}

func TestALockFileOfSomebodyElseIsLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.lock")
	left := backup.Left{Lock: path, LockText: "cofre app 1\n"}
	if err := left.Unlock(); err != nil {
		t.Errorf("it is missing: %v", err)
	}
	put(t, path, []byte("another\n"))
	if err := left.Unlock(); errs.CodeOf(err) != errs.Busy || !there(path) {
		t.Errorf("another one: %v", err)
	}
	put(t, path, []byte(left.LockText))
	if err := left.Unlock(); err != nil || there(path) {
		t.Errorf("its own: %v", err)
	}
}

func TestACommandIsWordsAndNoShellReadsThem(t *testing.T) {
	for line, want := range map[string][]string{
		"":                                      nil,
		"  systemctl  stop app ":                {"systemctl", "stop", "app"},
		`"C:\Program Files\app.exe" -x 'a "b"'`: {`C:\Program Files\app.exe`, "-x", `a "b"`},
		`sh -c 'a; b > $c' ""`:                  {"sh", "-c", "a; b > $c", ""},
		`a"b c"d`:                               {"ab cd"},
	} {
		got, err := backup.ParseCommand(line)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q %v, want %q", line, got, err, want)
		}
		if again, err := backup.ParseCommand(backup.CommandLine(got)); err != nil || !slices.Equal(again, want) {
			t.Errorf("%s: written as %s it is %q", line, backup.CommandLine(got), again)
		}
	}
	for _, word := range []string{`'`, `"`, `a'"b c`, `\`, "$x", "ç\n"} {
		if again, err := backup.ParseCommand(backup.CommandLine([]string{"p", word})); err != nil || !slices.Equal(again, []string{"p", word}) {
			t.Errorf("%q comes back as %q", word, again)
		}
	}
	for _, line := range []string{`a "b`, `'`, `"" x`} {
		if words, err := backup.ParseCommand(line); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%s is taken for %q", line, words)
		}
	}
}

func TestTheFilesAroundAreWholePathsAndThreeDifferentOnes(t *testing.T) {
	for reason, a := range map[string]backup.Around{
		"around.path":      {LockFile: "app.lock"},
		"around.same_path": {LockFile: "/run/x", ReloadFile: "/run/../run/x"},
		"around.seconds":   {Seconds: -1},
	} {
		if err := a.Valid("/srv/app.sqlite3"); err == nil || errs.Of(err).Reason != reason {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if err := (backup.Around{ReloadFile: "/srv/app.sqlite3"}).Valid("/srv/app.sqlite3"); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("the database itself: %v", err)
	}
}
