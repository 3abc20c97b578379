package backup_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// breaks are the ways in which a live file may be broken.
var breaks = map[string]func(t *testing.T, path string){
	"a text in its place": func(t *testing.T, path string) { put(t, path, []byte("Dear diary,\n")) },
	"noise in its place":  func(t *testing.T, path string) { put(t, path, noise(20000)) },
	"zeros in its place":  func(t *testing.T, path string) { put(t, path, make([]byte, 8192)) },
	"its head overwritten": func(t *testing.T, path string) {
		edit(t, path, func(b []byte) []byte { copy(b, noise(100)); return b })
	},
	"only its first bytes there": func(t *testing.T, path string) { edit(t, path, func(b []byte) []byte { return b[:60] }) },
	"cut in the middle":          func(t *testing.T, path string) { edit(t, path, func(b []byte) []byte { return b[:4096+100] }) },
	"a malformed page": func(t *testing.T, path string) {
		edit(t, path, func(b []byte) []byte { copy(b[4096:], noise(4096)); return b })
	},
	"a text and a log beside it": func(t *testing.T, path string) {
		put(t, path, []byte("Dear diary,\n"))
		put(t, path+"-wal", noise(500))
		put(t, path+"-journal", noise(700))
	},
}

func noise(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o640); err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, path string, do func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, do(b))
}

// bytesOf is a database and what lies beside it, as bytes.
func bytesOf(t *testing.T, path string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		b, err := os.ReadFile(path + suffix)
		if err == nil {
			all[suffix] = string(b)
		} else if !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return all
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, content := range a {
		if b[name] != content {
			return false
		}
	}
	return true
}

// broken is a house whose live file is broken, with the plan of its rescue.
func broken(t *testing.T, how func(*testing.T, string)) (*house, backup.Plan, map[string]string) {
	t.Helper()
	h := newHouse(t)
	how(t, h.target.Path)
	before := bytesOf(t, h.target.Path)
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
	if err != nil {
		t.Fatal(err)
	}
	return h, p, before
}

func TestABrokenDatabaseIsKeptByteForByteAndThenReplaced(t *testing.T) {
	for name, how := range breaks {
		t.Run(name, func(t *testing.T) {
			h, p, before := broken(t, how)
			if p.Blocked() || !slices.Equal(p.Consents, []backup.Consent{backup.ConsentOverwrite, backup.ConsentRescue}) {
				t.Fatalf("the plan asks for %v, checks %+v", p.Consents, p.Checks)
			}
			stat, err := os.Stat(h.target.Path)
			if err != nil {
				t.Fatal(err)
			}
			if r, err := h.restorer.Restore(t.Context(), p, []backup.Consent{backup.ConsentOverwrite}, &script{}); errs.CodeOf(err) != errs.Consent || r.Status != backup.Untouched || !same(bytesOf(t, h.target.Path), before) {
				t.Fatalf("without its consent it ended %s with %v", r.Status, err)
			}
			run := &script{}
			r, err := h.restorer.Restore(t.Context(), p, p.Consents, run)
			if err != nil || r.Status != backup.Succeeded || !r.Verified || r.Safety != nil {
				t.Fatalf("ended %s with %v (%+v)", r.Status, err, r)
			}
			if !slices.Equal(run.steps, []backup.StepName{backup.StepStage, backup.StepKeep, backup.StepApply, backup.StepVerify}) {
				t.Errorf("steps %v", run.steps)
			}
			if got := fingerprint(t, h.target.Path); got != h.new {
				t.Errorf("the database holds\n%s\nwant\n%s", got, h.new)
			}
			if !same(bytesOf(t, r.KeptFile), before) || !strings.Contains(r.KeptFile, "__broken_2") || filepath.Dir(r.KeptFile) != filepath.Dir(h.target.Path) {
				t.Errorf("kept as %s: not what was there", r.KeptFile)
			}
			now, err := os.Stat(h.target.Path)
			if err != nil || !os.SameFile(now, stat) || now.Mode() != stat.Mode() {
				t.Errorf("the file is another one: %v %v, was %v", now.Mode(), err, stat.Mode())
			}
			if all := bytesOf(t, h.target.Path); len(all) > 1 {
				t.Errorf("%d files are there", len(all))
			}
		})
	}
}

func TestARescueThatFailsLeavesTheBrokenFileAsItWas(t *testing.T) {
	for name, c := range map[string]struct {
		fault  faulty
		run    script
		status backup.Status
		code   errs.Code
		kept   bool
	}{
		"the copy can't be written down":   {run: script{failAt: backup.StepKeep}, status: backup.Untouched, code: errs.Unavailable},
		"its name can't be written down":   {run: script{failLeave: true}, status: backup.Untouched, code: errs.Unavailable},
		"the copy fails":                   {fault: faulty{keep: true}, status: backup.Untouched, code: errs.Unavailable},
		"cancelled while it is copied":     {run: script{cancelAt: backup.StepKeep}, status: backup.Untouched, code: errs.Cancelled},
		"the apply can't be written down":  {run: script{failAt: backup.StepApply}, status: backup.Untouched, code: errs.Unavailable, kept: true},
		"cancelled as the apply begins":    {run: script{cancelAt: backup.StepApply}, status: backup.Untouched, code: errs.Cancelled, kept: true},
		"verify finds damage":              {fault: faulty{check: true}, status: backup.RolledBack, code: errs.RolledBack, kept: true},
		"the verify can't be written down": {run: script{failAt: backup.StepVerify}, status: backup.RolledBack, code: errs.RolledBack, kept: true},
	} {
		for how, do := range breaks {
			t.Run(name+", "+how, func(t *testing.T) {
				h, p, before := broken(t, do)
				sound := h.engine.Engine
				*h.engine = c.fault
				h.engine.Engine = sound
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				run := c.run
				run.cancel = cancel
				r, err := h.restorer.Restore(ctx, p, p.Consents, &run)
				if r.Status != c.status || errs.CodeOf(err) != c.code {
					t.Errorf("ended %s with %v, want %s with %q", r.Status, err, c.status, c.code)
				}
				if !same(bytesOf(t, h.target.Path), before) {
					t.Error("the broken file is not what it was")
				}
				if (r.KeptFile != "") != c.kept || (c.kept && !same(bytesOf(t, r.KeptFile), before)) {
					t.Errorf("kept as %q", r.KeptFile)
				}
				if left, _ := filepath.Glob(filepath.Join(filepath.Dir(h.target.Path), ".cofre-partial-*")); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
			})
		}
	}
}

// An empty file is what SQLite takes for a database without tables.
func TestAnEmptyFileIsADatabaseWithoutTablesAndNeedsNoRescue(t *testing.T) {
	h, p, _ := broken(t, func(t *testing.T, path string) { put(t, path, nil) })
	if !slices.Equal(p.Consents, []backup.Consent{backup.ConsentOverwrite}) {
		t.Fatalf("the plan asks for %v", p.Consents)
	}
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
	if err != nil || r.Safety == nil || r.KeptFile != "" || fingerprint(t, h.target.Path) != h.new {
		t.Errorf("ended %s with %v", r.Status, err)
	}
}

func TestAFolderInPlaceOfTheDatabaseIsNotRescued(t *testing.T) {
	h := newHouse(t)
	if err := errors.Join(os.Remove(h.target.Path), os.Mkdir(h.target.Path, 0o700)); err != nil {
		t.Fatal(err)
	}
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
	if errs.CodeOf(err) != errs.Invalid || p.KeepAs != "" {
		t.Errorf("%+v %v", p.Checks, err)
	}
}

// damagedPage is a database with a malformed page in a table that nobody reads, and
// another table that an application goes on writing.
func damagedPage(mode string) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		execute(t, path, `CREATE TABLE big(x); CREATE TABLE busy(y); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<5000) INSERT INTO big SELECT hex(randomblob(40)) FROM n;`)
		execute(t, path, "PRAGMA journal_mode="+mode)
		edit(t, path, func(b []byte) []byte { copy(b[4096*60:], noise(4096)); return b })
	}
}

func holds(t *testing.T, path, text string) bool {
	t.Helper()
	for _, content := range bytesOf(t, path) {
		if strings.Contains(content, text) {
			return true
		}
	}
	return false
}

func TestWhatIsWrittenAfterABrokenDatabaseWasKeptIsKeptToo(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			h, p, _ := broken(t, damagedPage(mode))
			app, err := sql.Open("sqlite", h.target.Path)
			if err != nil {
				t.Fatal(err)
			}
			defer app.Close()
			writes := 0
			h.engine.afterKeep = func() {
				if writes++; writes > 1 {
					return
				}
				if _, err := app.Exec("INSERT INTO busy VALUES ('precious row')"); err != nil {
					t.Error(err)
				}
			}
			r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
			if err != nil || r.Status != backup.Succeeded || !holds(t, r.KeptFile, "precious row") || writes != 2 {
				t.Errorf("ended %s with %v, kept %d times, the row is in neither", r.Status, err, writes)
			}
			if got := fingerprint(t, h.target.Path); got != h.new {
				t.Errorf("the database holds\n%s", got)
			}
			if all, _ := filepath.Glob(filepath.Join(filepath.Dir(h.target.Path), "*__broken_*.sqlite3")); len(all) != 1 {
				t.Errorf("kept as %v", all)
			}
		})
	}
}

func TestAProgramThatKeepsWritingStopsARescueAndKeepsItsRows(t *testing.T) {
	for name, how := range map[string]func(*testing.T, string){
		"a malformed page":        damagedPage("DELETE"),
		"no database of SQLite's": func(t *testing.T, path string) { put(t, path, noise(20000)) },
	} {
		t.Run(name, func(t *testing.T) {
			h, p, _ := broken(t, how)
			var last map[string]string
			h.engine.afterKeep = func() {
				if name == "a malformed page" {
					execute(t, h.target.Path, "INSERT INTO busy VALUES ('precious row')")
				} else {
					put(t, h.target.Path, noise(20000))
					put(t, h.target.Path+"-wal", noise(300))
				}
				last = bytesOf(t, h.target.Path)
			}
			r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
			if errs.Of(err).Reason != backup.ReasonWritten || r.Status != backup.Untouched || r.KeptFile != "" || !same(bytesOf(t, h.target.Path), last) {
				t.Errorf("ended %s with %v, kept as %q", r.Status, err, r.KeptFile)
			}
			if all, _ := filepath.Glob(filepath.Join(filepath.Dir(h.target.Path), "*__broken_*")); len(all) > 0 {
				t.Errorf("left behind: %v", all)
			}
		})
	}
}

// A crash may leave a transaction to roll back. SQLite does so when the database is
// locked, and by then it was kept as it lay there.
func TestWhatACrashLeftOfABrokenDatabaseIsKeptAsItLay(t *testing.T) {
	h, _, _ := broken(t, damagedPage("DELETE"))
	app, err := sql.Open("sqlite", h.target.Path)
	if err != nil {
		t.Fatal(err)
	}
	app.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA cache_size=1", "BEGIN", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<5000) INSERT INTO busy SELECT 'half of a transaction' FROM n"} {
		if _, err := app.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	crashed := bytesOf(t, h.target.Path)
	app.Close()
	for suffix, content := range crashed {
		put(t, h.target.Path+suffix, []byte(content))
	}
	if crashed["-journal"] == "" {
		t.Fatal("the crash left no journal")
	}
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
	if err != nil {
		t.Fatal(err)
	}
	first := p.KeepAs
	h.restorer.Archiver.Now = func() time.Time { return p.MadeAt }
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
	if err != nil || r.Status != backup.Succeeded || fingerprint(t, h.target.Path) != h.new {
		t.Fatalf("ended %s with %v", r.Status, err)
	}
	if !same(bytesOf(t, first), crashed) || r.KeptFile == "" || !stands(r.KeptFile) {
		t.Errorf("kept as %q and %q", first, r.KeptFile)
	}
}

func stands(path string) bool { _, err := os.Stat(path); return err == nil }

func TestNothingIsTakenAwayWhereNothingIsKept(t *testing.T) {
	h := newHouse(t)
	put(t, h.target.Path+"-wal", []byte("committed rows"))
	before := bytesOf(t, h.target.Path)
	err := h.engine.PutBack(t.Context(), h.target, h.target.Path+"__broken_gone")
	if errs.Of(err).Reason != backup.ReasonKeptGone || !same(bytesOf(t, h.target.Path), before) {
		t.Errorf("%v", err)
	}
}
