package service

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Recover cleans up after jobs that a crash cut off, and marks them as interrupted;
// after rehearsals that could not do it themselves; and after looks that were killed
// long ago. Every door calls it at its start, and whoever reaches for a database before
// that; while a job runs, here or in another process, it does nothing. What a restore
// aside left on a server waits for settle. Twice is harmless.
func (s *Service) Recover(ctx context.Context) error {
	if open, left, err := s.toRecover(ctx); err != nil || len(open)+len(left)+len(s.abandoned()) == 0 {
		return err
	}
	release, err := s.Lock("recover", "", s.Now())
	if errs.CodeOf(err) == errs.Busy {
		return nil // the open record is that job's
	}
	if err != nil {
		return err
	}
	defer release()
	open, left, err := s.toRecover(ctx) // again: the job may have ended before the lock was ours
	if err != nil {
		return err
	}
	for _, path := range s.abandoned() {
		_ = os.RemoveAll(path) // what can't be removed stays for the next time
	}
	for _, r := range left {
		if err := s.reclaim(r); err != nil {
			s.log(err) // the next one who comes tries again
		}
	}
	for _, r := range open {
		s.sweep(r)
		if err := cmp.Or(s.settleRescue(ctx, r), s.adopt(ctx, r), s.reclaim(r)); err != nil {
			s.log(err)
			continue // the record stays open: the next one who comes tries again
		}
		if r.Names == nil { // else it is not known yet what the database holds
			_ = r.Left.Unlock() // another lock file is somebody else's
		}
		r.Status, r.EndedAt = "interrupted", s.Now()
		r.Acknowledged = r.Kind != "restore" && r.Kind != "backup"
		if err := s.Journal.Update(ctx, r); err != nil {
			return err
		}
		s.recovered(ctx, r)
	}
	return nil
}

// toRecover are the records of jobs that were cut off, and those of rehearsals whose
// private server could not be taken away when they ended.
func (s *Service) toRecover(ctx context.Context) (open, left []backup.Record, err error) {
	if open, err = s.Journal.Open(ctx); err != nil {
		return nil, nil, err
	}
	left, err = s.Journal.Lent(ctx)
	return open, slices.DeleteFunc(left, func(r backup.Record) bool {
		_, err := os.Lstat(r.Left.Server)
		return os.IsNotExist(err)
	}), err
}

// reclaim ends the private server of a rehearsal.
func (s *Service) reclaim(r backup.Record) error {
	lender, ok := s.Archiver.Engines[backup.PostgreSQL].(backup.Rehearser)
	if !ok || r.Left.Server == "" {
		return nil
	}
	return lender.Reclaim(r.Left.Server)
}

// settleRescue makes the end of a restore over a broken database that was cut off:
// all of the new content, or the broken file as it was kept.
func (s *Service) settleRescue(ctx context.Context, r backup.Record) error {
	path, ok := r.SQLitePath()
	rescuer, can := s.Archiver.Engines[backup.SQLite].(backup.Rescuer)
	if !ok || !can || r.Left.Kept == "" || !slices.Contains(inPlace, backup.StepName(r.Step)) {
		return nil
	}
	t := backup.Target{Kind: backup.SQLite, Name: r.Target, Path: path}
	if later, err := s.overtaken(ctx, r); err != nil || later {
		return err
	}
	if r.Step == string(backup.StepUndo) { // the new content was found wanting
		err := rescuer.PutBack(ctx, t, r.Left.Kept)
		if err != nil && errs.Of(err).Reason == backup.ReasonKeptGone {
			s.log(err) // nothing to wait for: the person has taken it, and hears of the restore
			return nil
		}
		return err
	}
	return rescuer.SettleRescue(ctx, t, r.Left.Kept)
}

// overtaken says whether another restore of the same database has begun to change it
// after r: what is there now is then not what r left.
func (s *Service) overtaken(ctx context.Context, r backup.Record) (bool, error) {
	others, err := s.Journal.Of(ctx, r.Kind, r.Identity, -1)
	return slices.ContainsFunc(others, func(l backup.Record) bool {
		return l.StartedAt.After(r.StartedAt) && slices.Contains(inPlace, backup.StepName(l.Step))
	}), err
}

// abandonedAfter is how old a folder of somebody who only looks must be before nobody
// can be behind it any more: looking into a backup is in no journal.
const abandonedAfter = 24 * time.Hour

// lookers are how the names of such folders and files begin.
var lookers = []string{".cofre-partial-", "cofre-", "stage-", "rows-"}

// abandoned are folders in Cofre's own for temporary files, with content of a backup in
// plain, that somebody who looked has left when it was killed. They may be removed
// while no job runs: its own may be old, too.
func (s *Service) abandoned() (paths []string) {
	entries, _ := os.ReadDir(s.Restorer.Work)
	for _, e := range entries {
		ours := slices.ContainsFunc(lookers, func(prefix string) bool { return strings.HasPrefix(e.Name(), prefix) })
		if info, err := e.Info(); ours && err == nil && s.Now().Sub(info.ModTime()) > abandonedAfter {
			paths = append(paths, filepath.Join(s.Restorer.Work, e.Name()))
		}
	}
	return paths
}

// sweep removes the unfinished files of a job that was cut off. In Cofre's own
// folders they are all its own; in a person's folder those that appeared since the
// job began.
func (s *Service) sweep(r backup.Record) {
	const partial = ".cofre-partial-"
	removeAll(s.Archiver.Repository(), partial, time.Time{})
	removeAll(s.Restorer.Work, partial, time.Time{})
	removeAll(s.Restorer.Work, "stage-", time.Time{})
	if r.Left.Lock != "" {
		removeAll(filepath.Dir(r.Left.Lock), partial, r.StartedAt)
	}
	if r.File != "" {
		removeAll(r.File, partial, r.StartedAt) // where it names a folder
		removeAll(filepath.Dir(r.File), partial, r.StartedAt)
	}
	if path, ok := r.SQLitePath(); ok && r.Kind == "restore" {
		removeAll(filepath.Dir(path), partial, r.StartedAt)
	}
}

// adopt looks through the folders that a job publishes backups into.
func (s *Service) adopt(ctx context.Context, r backup.Record) error {
	folders := []string{s.Archiver.Repository()}
	if r.Kind == "backup" && r.File != "" { // a folder, or a file in one
		folders = append(folders, r.File, filepath.Dir(r.File))
	}
	for _, folder := range folders {
		if err := s.Archiver.Adopt(ctx, folder, r); err != nil {
			return err
		}
	}
	return nil
}

// removeAll removes what lies in folder, begins with prefix and was made since then;
// what can't be read or removed stays for the next time.
func removeAll(folder, prefix string, since time.Time) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		if info, err := e.Info(); err == nil && !info.ModTime().Before(since.Add(-time.Second)) {
			_ = os.RemoveAll(filepath.Join(folder, e.Name()))
		}
	}
}

// log writes down an error for which there is no job.
func (s *Service) log(err error) {
	if s.Log != nil {
		s.Log(err)
	}
}

// Interrupted are the jobs that a crash cut off and that nobody has read about yet.
func (s *Service) Interrupted(ctx context.Context) ([]backup.Record, error) {
	return s.Journal.Unread(ctx)
}

// Acknowledge says that the person has read what happened.
func (s *Service) Acknowledge(ctx context.Context, id string) error {
	all, err := s.Interrupted(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.ID == id {
			r.Acknowledged = true
			return s.Journal.Update(ctx, r)
		}
	}
	return nil
}

// settled says which content a restore aside that was cut off has left.
func (s *Service) settled(ctx context.Context, cut backup.Record) string {
	records, err := s.Journal.Of(ctx, cut.Kind, cut.Identity, -1)
	if err != nil {
		return "unknown"
	}
	for _, r := range records {
		switch {
		case r.ID != cut.ID:
		case r.Settled && r.Status == string(backup.Succeeded):
			return "new"
		case r.Settled:
			return "old"
		}
	}
	return "unknown"
}

// before are the steps at which nothing has been changed yet.
var before = []backup.StepName{"", backup.StepStage, backup.StepBefore, backup.StepSafety, backup.StepKeep}

// StateAfter says what t holds after an interrupted restore: "old", "new", or
// "unknown" where the two can't be told apart or t can't be reached.
func (s *Service) StateAfter(ctx context.Context, r backup.Record, t backup.Target) string {
	switch {
	case r.Kind != "restore":
		return "old"
	case r.Names != nil && !r.Settled:
		if err := s.settle(ctx, t); err != nil {
			return "unknown"
		}
		return s.settled(ctx, r)
	case r.Settled:
		return s.settled(ctx, r)
	case slices.Contains(before, backup.StepName(r.Step)):
		return "old"
	}
	now, err := s.Probe(ctx, t)
	if rescuer, ok := s.Archiver.Engines[t.Kind].(backup.Rescuer); ok && r.Left.Kept != "" && rescuer.Broken(err) {
		return "old" // as broken as it was
	}
	if err != nil {
		return "unknown"
	}
	isOld, isNew := slices.Equal(now.Tables, r.Before), slices.Equal(now.Tables, r.After)
	switch {
	case isNew && !isOld:
		return "new"
	case isOld && !isNew:
		return "old"
	}
	return "unknown"
}
