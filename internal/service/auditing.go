package service

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// note writes into the audit trail what whoever ctx names has done; cause is why it
// did not succeed. It can't be cancelled: it has happened.
func (s *Service) note(ctx context.Context, e audit.Entry, cause error) error {
	e.Who = cmp.Or(e.Who, backup.ActorOf(ctx))
	e.Ending = cmp.Or(e.Ending, ending(struct{}{}, cause))
	if cause != nil {
		e.Reason = errs.Of(cause).Reason
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	if err := s.Trail.Add(ctx, e); err != nil {
		return errs.New(errs.CodeOf(err), "audit.write", nil).Because(err)
	}
	return nil
}

// begun writes down that a job begins. One whose beginning can't be written does not.
func (s *Service) begun(ctx context.Context, e audit.Entry) error {
	e.Ending = audit.Begun
	if err := s.note(ctx, e, nil); err != nil {
		cause := errs.Of(err)
		return errs.New(cause.Code, "audit.begin", nil).Because(cause.Err)
	}
	return nil
}

// jobEntry is what the trail says of a job, beside how it ends.
func jobEntry(w work, id string) audit.Entry {
	e := w.entry
	e.Job, e.What = id, cmp.Or(e.What, audit.What(w.kind))
	if e.Database == "" && w.target.Kind != "" {
		e.Database, e.Place = w.target.Name, w.target.Place()
	}
	return e
}

// planEntry is what it says of a restore.
func planEntry(p backup.Plan) audit.Entry {
	e := audit.Entry{What: audit.Restore, Plan: p.ID, Backup: p.Archive.ID}
	switch {
	case p.Undo:
		e.What = audit.Undo
	case p.Mode == backup.Migrate:
		e.What = audit.Migration
	}
	if p.Archive.File != "" {
		f := audit.File{As: "backup", Path: p.Archive.File}
		if m := p.Archive.Manifest; m != nil {
			f.SHA256 = m.SHA256
		}
		e.Files = []audit.File{f}
	}
	return e
}

// refEntry is what it says of a job on a backup: that database's, where the catalogue
// knows the backup.
func (s *Service) refEntry(ctx context.Context, ref backup.Ref) audit.Entry {
	e, err := s.Archiver.Catalog.Get(ctx, ref.ID)
	if ref.ID == "" || err != nil {
		a := audit.Entry{Backup: ref.ID}
		if ref.Path != "" {
			a.Files = []audit.File{{As: "backup", Path: ref.Path}}
		}
		return a
	}
	m := e.Manifest
	return audit.Entry{Backup: m.ID, Database: m.Source.Name, Place: m.Source.Place, Files: filesOf("backup", e)}
}

// filesOf is the file of a backup, where it has one.
func filesOf(as string, e backup.Entry) []audit.File {
	if e.File == "" {
		return nil
	}
	return []audit.File{{As: as, Path: e.File, SHA256: e.Manifest.SHA256}}
}

// recovered writes down what a crash had left of a job, and what it is now.
func (s *Service) recovered(ctx context.Context, r backup.Record) {
	e := audit.Entry{What: audit.Recovery, Ending: r.Status, Subject: r.Kind, Database: r.Target, Job: r.ID, Backup: r.BackupID}
	if r.Safety != "" {
		e.Files = []audit.File{{As: "safety", Path: r.Safety}}
	}
	if err := s.note(ctx, e, nil); err != nil {
		s.log(err) // what was recovered is recovered
	}
}

// AuditHead is how far the trail has come, for a manifest; nil before its first entry.
func (s *Service) AuditHead(ctx context.Context) (*archive.AuditHead, error) {
	h, err := s.Trail.Head(ctx)
	if err != nil || h.N == 0 {
		return nil, err
	}
	head := archive.AuditHead(h)
	return &head, nil
}

// CheckTrail reads all of the audit trail and compares it with the manifests in the
// repository and with those of the catalogue elsewhere. Damage is part of the verdict,
// not an error.
func (s *Service) CheckTrail(ctx context.Context) (audit.Verdict, error) {
	witnesses, err := s.witnesses(ctx)
	if err != nil {
		return audit.Verdict{}, err
	}
	return s.Trail.Verify(ctx, witnesses)
}

// witnesses are the manifests that can be read and that tell how far a trail had come.
// They are asked on the disk: what the catalogue says of them is in the same file as
// the trail.
func (s *Service) witnesses(ctx context.Context) ([]audit.Witness, error) {
	entries, err := s.Archiver.Catalog.List(ctx, backup.Filter{Brief: true})
	if err != nil {
		return nil, err
	}
	files, own := []string{}, map[string]bool{}
	for _, e := range entries {
		if e.File != "" {
			files, own[e.File] = append(files, e.File), true
		}
	}
	folder := s.Archiver.Repository()
	found, _ := os.ReadDir(folder) // a folder that is gone bears no witness
	for _, f := range found {
		if file, ok := strings.CutSuffix(filepath.Join(folder, f.Name()), ".json"); ok && !own[file] {
			files = append(files, file)
		}
	}
	var all []audit.Witness
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if m, err := archive.ReadManifest(file); err == nil && m != nil && m.Audit != nil {
			all = append(all, audit.Witness{Head: audit.Head(*m.Audit), File: archive.ManifestPath(file), Own: own[file]})
		}
	}
	return all, nil
}

// DamageError is a trail that is not whole, as an error; nil for one that is.
func DamageError(v audit.Verdict) error {
	if v.Damage == nil {
		return nil
	}
	args := errs.Args{"entry": v.Damage.N, "file": cmp.Or(v.Damage.File, "state.db")}
	switch v.Damage.How {
	case audit.Missing:
		return errs.New(errs.Corrupt, "audit.missing", args)
	case audit.Cut:
		return errs.New(errs.Corrupt, "audit.cut", args)
	case audit.Replaced:
		return errs.New(errs.Corrupt, "audit.replaced", args)
	}
	return errs.New(errs.Corrupt, "audit.changed", args)
}
