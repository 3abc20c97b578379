package service

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
)

// Backups lists the catalogue, newest first.
func (d *Desk) Backups(ctx context.Context) ([]BackupView, error) {
	views := []BackupView{}
	if err := d.admin(); err != nil {
		return views, err
	}
	identity := ""
	if c, _, ok, err := d.active(ctx); err == nil && ok {
		identity = c.Target("").Identity()
	}
	entries, err := d.Service.Entries(ctx, backup.Filter{Brief: true})
	views = slices.Grow(views, len(entries))
	for _, e := range entries {
		v := backupView(e, identity)
		v.Left = append(v.Left, d.leftOf(v.ID)...)
		views = append(views, v)
	}
	return views, err
}

// Backup is one entry of the catalogue.
func (d *Desk) Backup(ctx context.Context, id string) (backup.Entry, error) {
	if err := d.admin(); err != nil {
		return backup.Entry{}, err
	}
	return d.Service.Entry(ctx, id)
}

// BackupDetail is the rest of one entry.
func (d *Desk) BackupDetail(ctx context.Context, id string) (BackupDetail, error) {
	e, err := d.Backup(ctx, id)
	m := e.Manifest
	return BackupDetail{SHA256: m.SHA256, Tables: tablesOf(m.Tables), Rows: backup.Contents{Tables: m.Tables}.Rows(), Profile: e.Profile}, err
}

// BackupInput is what a person says of a backup that is to be made.
type BackupInput struct {
	Note       string   `json:"note"`
	Compress   string   `json:"compress"`   // "", "none", "gzip", "zstd"
	Passphrase string   `json:"passphrase"` // with one it is encrypted
	Recipients []string `json:"recipients"` // public keys ("age1…"); with some it is encrypted for them, in place of a passphrase
}

// lock encrypts as the person wishes; nil where they do not.
func (in BackupInput) lock() (*archive.Lock, error) {
	switch {
	case len(in.Recipients) > 0:
		return archive.LockFor(in.Recipients...)
	case in.Passphrase != "":
		return archive.LockBy(in.Passphrase)
	}
	return nil, nil
}

// StartBackup begins a backup of the active database and returns the job's ID.
func (d *Desk) StartBackup(ctx context.Context, in BackupInput) (string, error) {
	if err := d.admin(); err != nil {
		return "", err
	}
	lock, err := in.lock()
	if err != nil {
		return "", err
	}
	_, t, err := d.needActive(ctx)
	if err != nil {
		return "", err
	}
	op, err := d.Service.Backup(d.as(ctx), t, backup.BackupOptions{Purpose: backup.Manual, Note: in.Note, Compression: archive.Compression(in.Compress), Lock: lock})
	if err != nil {
		return "", err
	}
	d.afterwards(op.Done, d.Changed)
	return op.ID, nil
}

// VerifyBackup begins the deep reading of a backup and returns the job's ID.
func (d *Desk) VerifyBackup(ctx context.Context, id string) (string, error) {
	if err := d.admin(); err != nil {
		return "", err
	}
	op, err := d.Service.Verify(d.as(ctx), backup.Ref{ID: id})
	if err != nil {
		return "", err
	}
	d.afterwards(op.Done, d.Changed)
	return op.ID, nil
}

// PinBackup keeps a backup from being pruned, or no longer.
func (d *Desk) PinBackup(ctx context.Context, id string, pinned bool) error {
	if err := d.admin(); err != nil {
		return err
	}
	defer d.Changed()
	return d.Service.Pin(d.as(ctx), id, pinned)
}

// RevealBackup shows a backup in the system's file manager.
func (d *Desk) RevealBackup(ctx context.Context, id string) error {
	e, err := d.Backup(ctx, id)
	if err != nil {
		return err
	}
	return d.Reveal(e.File)
}

// SaveCopy copies a backup to path and waits for it. A file that is there is
// replaced, once the copy is whole; but never one that mayReplace protects.
func (d *Desk) SaveCopy(ctx context.Context, id, path string) error {
	if err := d.admin(); err != nil {
		return err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return archive.FileError(err, path)
	}
	if err := d.mayReplace(ctx, path); err != nil {
		return err
	}
	beside := path
	if isThere(path) || isThere(archive.ManifestPath(path)) {
		beside = filepath.Join(filepath.Dir(path), ".cofre-copy-"+id)
		os.Remove(beside) // of an earlier attempt that was cut off
		os.Remove(archive.ManifestPath(beside))
	}
	op, err := d.Service.save(d.as(ctx), id, beside, path)
	if err != nil {
		return err
	}
	if _, err := op.Wait(); err != nil || beside == path {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		os.Remove(beside)
		os.Remove(archive.ManifestPath(beside))
		return archive.FileError(err, path)
	}
	if err := os.Rename(archive.ManifestPath(beside), archive.ManifestPath(path)); err != nil {
		return archive.FileError(err, path)
	}
	return nil
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Recognise says what a file is: a backup, or settings that name a database. A file
// that is neither is an answer, not an error.
func (d *Desk) Recognise(ctx context.Context, path string) (RecogniseView, error) {
	v := RecogniseView{Path: path, Name: filepath.Base(path)}
	if err := d.admin(); err != nil {
		return v, err
	}
	id, err := archive.IdentifyInside(ctx, path)
	if errs.CodeOf(err) == errs.Denied { // its key is asked for when it is planned
		id, err = archive.Identify(path)
	}
	v.Encrypted = id.Encrypted
	v.Kind, v.Format, v.Bytes = string(id.Kind), string(id.Format), id.Bytes
	if errs.CodeOf(err) == errs.Invalid { // maybe it is not a backup, but says where a database is
		switch c, named := asSettings(path); {
		case c != nil:
			v.Kind, v.Format, v.Bytes, err = string(c.Kind), formatSettings, 0, nil
			if info, e := os.Stat(path); e == nil {
				v.Bytes = info.Size()
			}
		case named != nil:
			err = named
		}
	}
	v.Failure = job.FailureOf(err)
	return v, nil
}

// Activity lists past operations, newest first.
func (d *Desk) Activity(ctx context.Context, limit int) ([]ActivityView, error) {
	views := []ActivityView{}
	if err := d.admin(); err != nil {
		return views, err
	}
	records, err := d.Service.Journal.Recent(ctx, max(1, min(limit, 1000)), 0)
	for _, r := range records {
		views = append(views, activityView(r))
	}
	return views, err
}

// Events are the restores and undos, the checks and the rehearsals that have ended,
// newest first.
func (d *Desk) Events(ctx context.Context) ([]ActivityView, error) {
	const most = 2000
	views := []ActivityView{}
	if err := d.admin(); err != nil {
		return views, err
	}
	identity := ""
	if c, _, ok, err := d.active(ctx); err == nil && ok {
		identity = c.Target("").Identity()
	}
	records, err := d.Service.Journal.OfKinds(ctx, most, "restore", "verify", "rehearse")
	for _, r := range records {
		if r.Status == "running" {
			continue
		}
		v := activityView(r)
		v.OfActive = identity != "" && r.Identity == identity
		views = append(views, v)
	}
	return views, err
}

// LogLines returns the last lines of the program's log, at most 64 KB of it.
func (d *Desk) LogLines(limit int) ([]string, error) {
	lines := []string{}
	if err := d.admin(); err != nil {
		return lines, err
	}
	f, err := os.Open(d.LogFile)
	if errors.Is(err, os.ErrNotExist) {
		return lines, nil
	}
	if err != nil {
		return lines, archive.FileError(err, d.LogFile)
	}
	defer f.Close()
	const tail = 64 << 10
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(max(0, size-tail), io.SeekStart)
	}
	if err != nil {
		return lines, archive.FileError(err, d.LogFile)
	}
	for s := bufio.NewScanner(f); s.Scan(); {
		lines = append(lines, s.Text())
	}
	return lines[max(0, len(lines)-max(0, limit)):], nil
}

// afterwards calls then when done is closed.
func (d *Desk) afterwards(done <-chan struct{}, then func()) {
	d.following.Add(1)
	go func() {
		defer d.following.Done()
		<-done
		then()
	}()
}

// Settle returns when no job runs and what follows one (the result, the end of
// the session) has been done. A comparison that runs is ended.
func (d *Desk) Settle(ctx context.Context) error {
	d.endDifference("")
	d.endPurges()
	err := d.Service.Jobs.Wait(ctx)
	d.following.Wait()
	return err
}
