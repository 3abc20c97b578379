package backup_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/engine/sqlite"
	"cofre/internal/errs"
	"cofre/internal/state"
	"cofre/internal/testdb"
)

var errInjected = errs.New(errs.Unavailable, "archive.no_space", nil)

// faulty is the real engine with one thing going wrong.
type faulty struct {
	*sqlite.Engine
	dump, restore, lie, check, putBack, keep bool

	afterKeep func() // another program, after the broken file was kept

	restores int
	busy     int // dumps during which another program writes
}

func (f *faulty) Dump(ctx context.Context, t backup.Target, path string, o backup.DumpOptions, p backup.Progress) (backup.Dumped, error) {
	if f.dump {
		return backup.Dumped{}, errInjected
	}
	held, err := f.Engine.Dump(ctx, t, path, o, p)
	if f.busy > 0 && err == nil {
		f.busy--
		err = write(t.Path, "INSERT INTO t(v) VALUES ('written meanwhile')")
	}
	return held, err
}

// write writes as another program would.
func write(path, statement string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

func (f *faulty) Restore(ctx context.Context, t backup.Target, file string, p backup.Progress) (backup.Contents, error) {
	return f.restored(func() (backup.Contents, error) { return f.Engine.Restore(ctx, t, file, p) })
}

func (f *faulty) restored(restore func() (backup.Contents, error)) (backup.Contents, error) {
	f.restores++
	if f.restore || (f.putBack && f.restores > 1) {
		return backup.Contents{}, errInjected
	}
	held, err := restore()
	if f.lie && f.restores == 1 {
		held.Tables = append(slices.Clone(held.Tables), backup.Table{Name: "zzz", Rows: 1})
	}
	return held, err
}

func (f *faulty) Hold(ctx context.Context, t backup.Target) (backup.Held, error) {
	held, err := f.Engine.Hold(ctx, t)
	return faultyHeld{f, held}, err
}

type faultyHeld struct {
	*faulty
	backup.Held
}

func (f faultyHeld) Restore(ctx context.Context, file string, p backup.Progress) (backup.Contents, error) {
	return f.restored(func() (backup.Contents, error) { return f.Held.Restore(ctx, file, p) })
}

func (f *faulty) Keep(ctx context.Context, t backup.Target, kept string, p backup.Progress) (backup.Held, error) {
	if f.keep {
		return nil, errInjected
	}
	held, err := f.Engine.Keep(ctx, t, kept, p)
	if f.afterKeep != nil && err == nil {
		f.afterKeep()
	}
	return held, err
}

func (f *faulty) Check(ctx context.Context, t backup.Target, p backup.Progress) error {
	if f.check {
		return errs.New(errs.Corrupt, "restore.differs", errs.Args{"table": "t"})
	}
	return f.Engine.Check(ctx, t, p)
}

// script is a Run that fails or cancels at a step.
type script struct {
	failAt, cancelAt backup.StepName
	failSafety       bool
	failLeave        bool
	failAside        bool
	update           func(backup.Update)
	left             backup.Left
	names            backup.Names
	cancel           context.CancelFunc
	at               map[backup.StepName]func() error // what happens as a step begins
	steps            []backup.StepName
}

func (s *script) Step(ctx context.Context, n backup.StepName) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.steps = append(s.steps, n)
	if n == s.failAt {
		return errInjected
	}
	if n == s.cancelAt {
		s.cancel()
	}
	if do := s.at[n]; do != nil {
		return do()
	}
	return nil
}

func (s *script) Safety(context.Context, backup.Entry) error {
	if s.failSafety {
		return errInjected
	}
	return nil
}
func (s *script) Leave(_ context.Context, l backup.Left) error {
	s.left = s.left.And(l)
	if s.failLeave {
		return errInjected
	}
	return nil
}
func (s *script) Aside(_ context.Context, n backup.Names) error {
	s.names = n
	if s.failAside {
		return errInjected
	}
	return nil
}
func (s *script) Update(u backup.Update) {
	if s.update != nil {
		s.update(u)
	}
}
func (*script) Log(string) {}
func (*script) NoCancel()  {}

// house is a live database, a backup of it, and a live database that has gone on.
type house struct {
	restorer *backup.Restorer
	engine   *faulty
	target   backup.Target
	file     string
	old, new string // fingerprints: what is live, what is in the backup
}

func newHouse(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	live := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t(v) VALUES ('a'),('b'),('c'); CREATE TABLE gone(x); INSERT INTO gone VALUES (1);`)
	db, err := state.Open(t.Context(), filepath.Join(dir, "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := &house{engine: &faulty{Engine: &sqlite.Engine{Work: dir}}}
	archiver := &backup.Archiver{Engines: map[backup.Kind]backup.Engine{backup.SQLite: h.engine}, Catalog: db.Catalog(), Now: time.Now, Program: "cofre test"}
	if err := os.Mkdir(filepath.Join(dir, "backups"), 0o700); err != nil {
		t.Fatal(err)
	}
	archiver.Move(filepath.Join(dir, "backups"))
	h.restorer = &backup.Restorer{Archiver: archiver, Work: filepath.Join(dir, "work")}
	if h.target, err = backup.ParseTarget(live); err != nil {
		t.Fatal(err)
	}
	e, err := archiver.Backup(t.Context(), h.target, backup.BackupOptions{Purpose: backup.Manual}, &script{})
	if err != nil {
		t.Fatal(err)
	}
	h.file, h.new = e.File, fingerprint(t, live)
	execute(t, live, `DELETE FROM t WHERE id > 1; DROP TABLE gone; CREATE TABLE later(y); INSERT INTO later VALUES ('kept?');`)
	h.old = fingerprint(t, live)
	return h
}

func execute(t *testing.T, path, script string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(script); err != nil {
		t.Fatal(err)
	}
}

// fingerprint is the whole content of a SQLite database as text.
func fingerprint(t *testing.T, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var b strings.Builder
	read := func(query string) []string {
		rows, err := db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, _ := rows.Columns()
		var first []string
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			for _, v := range values {
				fmt.Fprintf(&b, "%v|", *v.(*any))
			}
			first = append(first, fmt.Sprint(*values[0].(*any)))
			b.WriteByte('\n')
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return first
	}
	for _, name := range read(`SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name`) {
		read(fmt.Sprintf("SELECT * FROM %q ORDER BY 1", name))
	}
	return b.String()
}

func TestEveryFailingStepHasItsEndingAndKeepsTheDatabase(t *testing.T) {
	for name, c := range map[string]struct {
		fault  faulty
		run    script
		file   func(t *testing.T, path string)
		status backup.Status
		code   errs.Code
		live   string // "old" or "new"
	}{
		"all is well":                      {status: backup.Succeeded, live: "new"},
		"the stage can't be written down":  {run: script{failAt: backup.StepStage}, status: backup.Untouched, code: errs.Unavailable, live: "old"},
		"the backup was changed":           {file: flip, status: backup.Untouched, code: errs.Corrupt, live: "old"},
		"the safety can't be written down": {run: script{failAt: backup.StepSafety}, status: backup.Untouched, code: errs.Unavailable, live: "old"},
		"the safety backup fails":          {fault: faulty{dump: true}, status: backup.Untouched, code: errs.Unavailable, live: "old"},
		"the safety backup is not noted":   {run: script{failSafety: true}, status: backup.Untouched, code: errs.Unavailable, live: "old"},
		"the apply can't be written down":  {run: script{failAt: backup.StepApply}, status: backup.Untouched, code: errs.Unavailable, live: "old"},
		"apply fails":                      {fault: faulty{restore: true}, status: backup.Untouched, code: errs.Unavailable, live: "old"},
		"the verify can't be written down": {run: script{failAt: backup.StepVerify}, status: backup.RolledBack, code: errs.RolledBack, live: "old"},
		"verify finds a difference":        {fault: faulty{lie: true}, status: backup.RolledBack, code: errs.RolledBack, live: "old"},
		"verify finds damage":              {fault: faulty{check: true}, status: backup.RolledBack, code: errs.RolledBack, live: "old"},
		"the undo can't be written down":   {fault: faulty{check: true}, run: script{failAt: backup.StepUndo}, status: backup.RolledBack, code: errs.RolledBack, live: "old"},
		"verify fails and undo fails":      {fault: faulty{check: true, putBack: true}, status: backup.Damaged, code: errs.Damaged, live: "new"},
		"cancelled while the file is read": {run: script{cancelAt: backup.StepStage}, status: backup.Untouched, code: errs.Cancelled, live: "old"},
		"cancelled during the safety":      {run: script{cancelAt: backup.StepSafety}, status: backup.Untouched, code: errs.Cancelled, live: "old"},
		"cancelled as the apply begins":    {run: script{cancelAt: backup.StepApply}, status: backup.Untouched, code: errs.Cancelled, live: "old"},
		"cancelled when it is in":          {run: script{cancelAt: backup.StepVerify}, status: backup.Succeeded, live: "new"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
			if err != nil {
				t.Fatal(err)
			}
			if c.file != nil {
				c.file(t, h.file)
			}
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
			want := map[string]string{"old": h.old, "new": h.new}[c.live]
			if got := fingerprint(t, h.target.Path); got != want {
				t.Errorf("the database holds\n%s\nwant\n%s", got, want)
			}
			if slices.Contains(run.steps, backup.StepApply) && (r.Safety == nil || fingerprint(t, r.Safety.File) != h.old) {
				t.Error("there is no safety backup with the old content")
			}
			if c.status == backup.Damaged && !strings.Contains(err.Error(), r.Safety.File) {
				t.Errorf("the error does not name the safety backup: %v", err)
			}
			if c.status == backup.Succeeded != r.Verified {
				t.Errorf("verified is %v after %s", r.Verified, r.Status)
			}
			left, _ := filepath.Glob(filepath.Join(h.restorer.Work, "*"))
			partial, _ := filepath.Glob(filepath.Join(h.restorer.Archiver.Repository(), ".cofre-*"))
			if len(left)+len(partial) > 0 {
				t.Errorf("left behind: %v %v", left, partial)
			}
		})
	}
}

// flip changes one byte of a row, and keeps the file's size and time: only its
// hash can tell.
func flip(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := strings.LastIndex(string(raw), "b")
	raw[i] = 'B'
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsWrittenDuringTheSafetyBackupIsInASafetyBackup(t *testing.T) {
	for _, mode := range []string{"WAL", "DELETE"} {
		t.Run(mode, func(t *testing.T) {
			h := newHouse(t)
			if err := write(h.target.Path, "PRAGMA journal_mode = "+mode); err != nil {
				t.Fatal(err)
			}
			p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
			if err != nil {
				t.Fatal(err)
			}
			h.engine.busy = 2
			r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
			if err != nil || r.Status != backup.Succeeded || fingerprint(t, h.target.Path) != h.new {
				t.Fatalf("ended %s with %v", r.Status, err)
			}
			if n := strings.Count(fingerprint(t, r.Safety.File), "written meanwhile"); n != 2 {
				t.Errorf("%d of the 2 rows are in the safety backup", n)
			}
		})
	}
}

func TestAProgramThatKeepsWritingStopsARestoreAndKeepsItsRows(t *testing.T) {
	h := newHouse(t)
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
	if err != nil {
		t.Fatal(err)
	}
	h.engine.busy = 100
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
	if r.Status != backup.Untouched || errs.Of(err).Reason != backup.ReasonWritten || errs.CodeOf(err) != errs.Busy {
		t.Fatalf("ended %s with %v", r.Status, err)
	}
	if n := strings.Count(fingerprint(t, h.target.Path), "written meanwhile"); n != 100-h.engine.busy || n < 2 {
		t.Errorf("%d rows are there of %d", n, 100-h.engine.busy)
	}
}

// A program whose writing makes the database count as many rows as the backup does
// not turn a restore that did not take place into one that did.
func TestARestoreThatDidNotTakePlaceIsNotTakenForOneThatDid(t *testing.T) {
	h := newHouse(t)
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
	if err != nil {
		t.Fatal(err)
	}
	h.engine.restore = true
	run := &script{at: map[backup.StepName]func() error{backup.StepApply: func() error {
		return write(h.target.Path, "INSERT INTO t(v) VALUES ('x'), ('y'); DROP TABLE later; CREATE TABLE gone(x); INSERT INTO gone VALUES (2)")
	}}}
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, run)
	if r.Status != backup.Untouched || err == nil {
		t.Fatalf("ended %s with %v", r.Status, err)
	}
}

func TestAFileThatAppearsBeforeItIsMadeIsNotWrittenOver(t *testing.T) {
	h := newHouse(t)
	fresh, err := backup.ParseTarget(filepath.Join(t.TempDir(), "new.sqlite3"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, fresh)
	if err != nil {
		t.Fatal(err)
	}
	run := &script{at: map[backup.StepName]func() error{backup.StepApply: func() error { return write(fresh.Path, "CREATE TABLE service(n)") }}}
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, run)
	if r.Status != backup.Untouched || errs.CodeOf(err) != errs.Stale {
		t.Fatalf("ended %s with %v", r.Status, err)
	}
	if got := fingerprint(t, fresh.Path); !strings.Contains(got, "service") {
		t.Errorf("what a service had made is gone: %s", got)
	}
}

func TestARestoreIntoAMissingFileNeedsNoSafetyBackupAndLeavesNothingWhenItFails(t *testing.T) {
	h := newHouse(t)
	fresh, err := backup.ParseTarget(filepath.Join(t.TempDir(), "new.sqlite3"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, fresh)
	if err != nil {
		t.Fatal(err)
	}
	h.engine.check = true
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
	if _, stat := os.Stat(fresh.Path); r.Status != backup.RolledBack || !errors.Is(stat, os.ErrNotExist) {
		t.Fatalf("ended %s (%v), and the file: %v", r.Status, err, stat)
	}
	h.engine.check = false
	r, err = h.restorer.Restore(t.Context(), p, p.Consents, &script{})
	if err != nil || r.Status != backup.Succeeded || r.Safety != nil || fingerprint(t, fresh.Path) != h.new {
		t.Fatalf("ended %s (%v), safety %v", r.Status, err, r.Safety)
	}
}

func TestAPlanThatIsOutOfDateIsRefused(t *testing.T) {
	h := newHouse(t)
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, h.target.Path, `CREATE TABLE brandnew(z)`)
	now := fingerprint(t, h.target.Path)
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
	if errs.CodeOf(err) != errs.Stale || r.Status != backup.Untouched || r.Safety != nil || fingerprint(t, h.target.Path) != now {
		t.Fatalf("ended %s with %v", r.Status, err)
	}
}

func TestABackupIsNeverWrittenOverAndLeavesNothingWhenItFails(t *testing.T) {
	h := newHouse(t)
	before, _ := os.ReadFile(h.file)
	_, err := h.restorer.Archiver.Backup(t.Context(), h.target, backup.BackupOptions{Dest: h.file}, &script{})
	if errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a file that exists: %v", err)
	}
	if after, _ := os.ReadFile(h.file); string(after) != string(before) {
		t.Error("the file was written over")
	}
	h.engine.dump = true
	dir := t.TempDir()
	if _, err := h.restorer.Archiver.Backup(t.Context(), h.target, backup.BackupOptions{Dest: dir}, &script{}); err == nil {
		t.Error("the dump failed and the backup did not")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	failed, err := h.restorer.Archiver.Catalog.List(t.Context(), backup.Filter{State: backup.Failed})
	if err != nil || len(failed) != 1 || failed[0].Failure == nil {
		t.Errorf("the failure is not in the catalogue: %v %v", failed, err)
	}
}

func TestABackupInALayerRestoresTheSame(t *testing.T) {
	for _, c := range []archive.Compression{archive.Gzip, archive.Zstd} {
		h := newHouse(t)
		e, err := h.restorer.Archiver.Backup(t.Context(), h.target, backup.BackupOptions{Purpose: backup.Manual, Compression: c}, &script{})
		if err != nil {
			t.Fatal(err)
		}
		if e.Manifest.Compression != c || e.Manifest.SHA256 == e.Manifest.PayloadSHA256 {
			t.Errorf("%s: manifest %+v", c, e.Manifest)
		}
		execute(t, h.target.Path, `DELETE FROM t; DELETE FROM later`)
		p, err := h.restorer.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, h.target)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{}); err != nil || fingerprint(t, h.target.Path) != h.old {
			t.Errorf("%s: ended %s with %v", c, r.Status, err)
		}
	}
}
