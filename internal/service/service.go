package service

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/watch"
)

// Service is the core behind every door. It asks nobody who they are: the
// command line acts with the rights of the operating system's user, the window
// goes through a Desk, which knows its administrator.
type Service struct {
	Archiver *backup.Archiver
	Restorer *backup.Restorer
	Journal  backup.Journal
	Trail    *audit.Trail
	Jobs     *job.Runner
	Lock     job.Locker // the one that Jobs uses
	Previews Previews
	Now      backup.Clock
	Keep     Keeper      // of settings
	Watched  watch.Book  // what is remembered of databases that are watched
	Own      []string    // folders of Cofre's own files, into which no copy is saved
	Log      func(error) // hears of what went wrong outside of a job; optional

	notices *Notices // hear of every job; nil: nobody does

	// Demo blocks everything that makes, restores or deletes a backup (COFRE_DEMO_MODE).
	Demo bool
}

// allowed is asked first by every operation that the demo mode blocks.
func (s *Service) allowed() error {
	if s.Demo {
		return errs.New(errs.Denied, "demo.blocked", nil)
	}
	return nil
}

// Operation is a job that has been started and what it will give.
type Operation[T any] struct {
	ID   string
	Done <-chan struct{}

	result T
	err    error
}

// Wait waits for the end and returns what came of it.
func (o *Operation[T]) Wait() (T, error) {
	<-o.Done
	return o.result, o.err
}

// work describes an operation to start.
type work struct {
	kind   string
	target backup.Target
	steps  []backup.Step
	record backup.Record // further fields of the journal's record
	entry  audit.Entry   // what the audit trail says besides
}

// start runs do as the one job, with its record in the journal from before the
// first step to after the last, and its beginning and its end in the audit trail.
// status names the ending for both. A panic of do is an error, and an ending, too.
func start[T any](ctx context.Context, s *Service, w work, status func(T, error) string, do func(context.Context, *recorder) (T, error)) (*Operation[T], error) {
	defect := errs.New(errs.Internal, "internal", nil)
	op := &Operation[T]{err: defect}
	views := make([]job.StepView, len(w.steps))
	for i, st := range w.steps {
		views[i] = job.StepView{Name: string(st.Name), State: "todo", ExpectedMS: st.Expected.Milliseconds()}
	}
	id, done, err := s.Jobs.Start(ctx, w.kind, w.target.Name, views, func(ctx context.Context, rep *job.Reporter) error {
		rec := &recorder{journal: s.Journal, rep: rep, now: s.Now, r: w.record, entry: jobEntry(w, rep.ID()), note: s.note, tell: s.tell}
		rec.r.What = string(rec.entry.What)
		rec.r.ID, rec.r.Kind, rec.r.Target, rec.r.Identity = rep.ID(), w.kind, w.target.Name, cmp.Or(w.record.Identity, w.target.Identity())
		rec.r.By, rec.r.StartedAt, rec.r.Status = backup.ActorOf(ctx), s.Now(), "running"
		if op.err = s.begun(ctx, rec.entry); op.err != nil {
			return op.err
		}
		if op.err = s.Journal.Begin(ctx, rec.r); op.err != nil {
			if err := s.note(ctx, rec.entry, op.err); err != nil {
				s.log(err)
			}
			return op.err
		}
		begunIn(ctx)
		s.tell(ctx, happening{what: rec.entry.What, begun: true, record: rec.r, database: rec.entry.Database})
		op.err = defect // where do panics
		ended := false
		defer func() { // a panic is an ending too
			if !ended {
				_ = rec.end(ctx, status(op.result, op.err), op.err) // the panic goes on to the runner
			}
		}()
		op.result, op.err = do(ctx, rec)
		ended = true
		for _, err := range rec.end(ctx, status(op.result, op.err), op.err) {
			// A database that holds the new content was restored, whatever is written of it.
			w, warns := any(&op.result).(interface{ Warn(err error) })
			switch {
			case op.err != nil:
				s.log(err)
			case warns:
				w.Warn(err)
			default:
				op.err = err
			}
		}
		return op.err
	})
	if err != nil {
		return nil, err
	}
	op.ID, op.Done = id, done
	return op, nil
}

// ending is the status of an operation that has no names of its own for it.
func ending[T any](_ T, err error) string {
	switch {
	case err == nil:
		return string(job.Succeeded)
	case errs.CodeOf(err) == errs.Cancelled:
		return string(job.Cancelled)
	}
	return string(job.Failed)
}

// Probe says what a live database holds now.
func (s *Service) Probe(ctx context.Context, t backup.Target) (backup.Contents, error) {
	engine, ok := s.Archiver.Engines[t.Kind]
	if !ok {
		return backup.Contents{}, errs.New(errs.Invalid, "backup.kind", errs.Args{"kind": string(t.Kind)})
	}
	return engine.Probe(ctx, t)
}

// Backup starts a backup.
func (s *Service) Backup(ctx context.Context, t backup.Target, o backup.BackupOptions) (*Operation[backup.Entry], error) {
	if err := s.allowed(); err != nil {
		return nil, err
	}
	if err := s.settle(ctx, t); err != nil {
		return nil, err
	}
	steps := make([]backup.Step, 0, 4)
	for _, n := range o.Steps(t.Kind) {
		steps = append(steps, backup.Step{Name: n, Expected: s.expected("backup", t.Identity(), n, 0)})
	}
	w := work{kind: "backup", target: t, steps: steps, record: backup.Record{File: o.Dest}, entry: audit.Entry{Cause: (*audit.Cause)(o.Cause)}}
	return start(ctx, s, w, ending[backup.Entry], func(ctx context.Context, rec *recorder) (backup.Entry, error) {
		e, err := s.Archiver.Backup(ctx, t, o, rec)
		if err == nil {
			rec.r.BackupID, rec.r.File, rec.r.Bytes = e.Manifest.ID, e.File, e.Manifest.Bytes
			rec.entry.Backup, rec.entry.Files, rec.made = e.Manifest.ID, filesOf("backup", e), &e
			s.afterwards(ctx, t, rec)
		}
		return e, err
	})
}

// Restore starts a plan that the person has agreed to. The operation's result
// always has a status, whatever its error. A plan that can't run (blocked, no
// consent) is refused before it becomes a job.
func (s *Service) Restore(ctx context.Context, p backup.Plan, given []backup.Consent) (*Operation[backup.Result], error) {
	if err := s.allowed(); err != nil {
		return nil, err
	}
	if err := p.Agreed(given); err != nil {
		return nil, err
	}
	w := work{kind: "restore", target: p.Target, steps: p.Steps, entry: planEntry(p), record: backup.Record{
		BackupID: p.Archive.ID, File: p.Archive.File, Bytes: p.Archive.Contents.Bytes, Before: p.Current.Tables, After: p.Archive.Contents.Tables}}
	name := func(r backup.Result, err error) string {
		if r.Status == backup.Untouched && errs.CodeOf(err) == errs.Cancelled {
			return string(job.Cancelled)
		}
		return string(r.Status)
	}
	return start(ctx, s, w, name, func(ctx context.Context, rec *recorder) (r backup.Result, err error) {
		defer func() {
			if cause := recover(); cause != nil {
				r, err = rec.panicked(p, cause)
			}
		}()
		r, err = s.Restorer.Restore(ctx, p, given, rec)
		if err == nil {
			s.afterwards(ctx, p.Target, rec)
		}
		return r, err
	})
}

// afterwards does what a success on t allows: old databases that were kept long
// enough go, and what a crash did to t before is no news any more.
func (s *Service) afterwards(ctx context.Context, t backup.Target, rec *recorder) {
	ctx = context.WithoutCancel(ctx)
	err := s.tidy(ctx, t, rec)
	cut, list := s.Interrupted(ctx)
	err = errors.Join(err, list)
	for _, r := range cut {
		if r.Identity == t.Identity() {
			err = errors.Join(err, s.Acknowledge(ctx, r.ID))
		}
	}
	if err != nil { // the next one tries again
		rec.Log("afterwards failed=" + errs.Of(err).Reason)
	}
}

// Verify starts the deep reading of a backup: hash, structure, rows. A backup of
// the catalogue is marked with what came of it.
func (s *Service) Verify(ctx context.Context, ref backup.Ref) (*Operation[backup.Verdict], error) {
	ref = s.entered(ctx, ref)
	path, err := s.path(ctx, ref)
	if err == nil {
		err = opens(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	w := work{kind: "verify", target: backup.Target{Name: nameOf(ref)}, steps: []backup.Step{{Name: backup.StepReread}},
		record: backup.Record{BackupID: ref.ID, File: ref.Path}, entry: s.refEntry(ctx, ref)}
	return start(ctx, s, w, ending[backup.Verdict], func(ctx context.Context, rec *recorder) (backup.Verdict, error) {
		return s.Restorer.Verify(ctx, ref, rec)
	})
}

// Save copies a backup to a file that is not there yet, whole and checked against
// its hash. A place among Cofre's own files is refused.
func (s *Service) Save(ctx context.Context, id, file string) (*Operation[archive.Manifest], error) {
	return s.save(ctx, id, file, file)
}

// save copies to file, which is to be named final afterwards.
func (s *Service) save(ctx context.Context, id, file, final string) (*Operation[archive.Manifest], error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return nil, archive.FileError(err, file)
	}
	if s.own(file) {
		return nil, errs.New(errs.Invalid, "save.own", errs.Args{"file": file})
	}
	w := work{kind: "save", target: backup.Target{Name: id}, steps: []backup.Step{{Name: backup.StepCopy}},
		record: backup.Record{BackupID: id, File: file}, entry: s.refEntry(ctx, backup.Ref{ID: id})}
	return start(ctx, s, w, ending[archive.Manifest], func(ctx context.Context, rec *recorder) (archive.Manifest, error) {
		m, err := s.Archiver.Copy(ctx, id, file, rec)
		if err == nil {
			rec.entry.Files = append(rec.entry.Files, audit.File{As: "copy", Path: final, SHA256: m.SHA256})
		}
		return m, err
	})
}

// Pin keeps a backup from being pruned, or no longer. It may still be deleted.
func (s *Service) Pin(ctx context.Context, id string, pinned bool) error {
	if err := s.allowed(); err != nil {
		return err
	}
	e, err := s.Archiver.Catalog.Get(ctx, id)
	if err != nil || e.Pinned == pinned {
		return err
	}
	if _, err := s.Archiver.Change(ctx, id, func(e *backup.Entry) { e.Pinned = pinned }); err != nil {
		return err
	}
	a := s.refEntry(ctx, backup.Ref{ID: id})
	a.What = map[bool]audit.What{true: audit.Pin, false: audit.Unpin}[pinned]
	return s.note(ctx, a, nil)
}

// Delete removes a backup: its file, its manifest and its entry.
func (s *Service) Delete(ctx context.Context, id string) error {
	return s.delete(ctx, id, s.Archiver.Delete)
}

func (s *Service) delete(ctx context.Context, id string, do func(context.Context, string) (backup.Entry, error)) error {
	if err := s.allowed(); err != nil {
		return err
	}
	w := work{kind: "delete", target: backup.Target{Name: id}, record: backup.Record{BackupID: id}, entry: s.refEntry(ctx, backup.Ref{ID: id})}
	op, err := start(ctx, s, w, ending[struct{}],
		func(ctx context.Context, rec *recorder) (struct{}, error) {
			e, err := do(ctx, id)
			rec.r.File, rec.r.Target = e.File, e.Manifest.Source.Name
			return struct{}{}, err
		})
	if err != nil {
		return err
	}
	_, err = op.Wait()
	return err
}

// Expected is how long a step took in the last restore of t, scaled by size; 0
// where there is none to go by.
func (s *Service) Expected(t backup.Target, n backup.StepName, bytes int64) time.Duration {
	return s.expected("restore", t.Identity(), n, bytes)
}

func (s *Service) expected(kind, identity string, n backup.StepName, bytes int64) time.Duration {
	last, err := s.Journal.LastDone(context.Background(), kind, identity)
	if err == nil && last == nil && kind == "restore" { // a rehearsal takes the same, up to the swap
		last, err = s.Journal.LastDone(context.Background(), "rehearse", identity)
	}
	if err != nil || last == nil {
		return 0
	}
	for _, st := range last.Steps {
		if st.Name == n {
			if bytes > 0 && last.Bytes > 0 {
				return time.Duration(float64(st.Took) * float64(bytes) / float64(last.Bytes))
			}
			return st.Took
		}
	}
	return 0
}

func nameOf(ref backup.Ref) string {
	if ref.ID != "" {
		return ref.ID
	}
	return ref.Path
}
