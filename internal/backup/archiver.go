package backup

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// Archiver makes backups. It may be used from several goroutines.
type Archiver struct {
	Engines map[Kind]Engine
	Catalog Catalog
	Journal Journal // tells the last restore, behind which a new backup is not compared; optional
	Now     Clock
	Program string // "cofre 1.0.0", for manifests
	Work    string // folder for the content of backups that are encrypted, made when missing

	// Head says how far the audit trail has come. Optional; its errors do not fail a backup.
	Head func(ctx context.Context) (*archive.AuditHead, error)

	// Preview reads who and what is in a backup file; nil facts where it is not known. It
	// is not asked for one that is encrypted.
	// Optional; its errors do not fail a backup.
	Preview func(ctx context.Context, file string, c Contents) (*profile.Facts, error)

	dir atomic.Value // string

	moving sync.Mutex // held while the files of a backup are put aside, brought back, removed or noted
}

// Repository is the folder of the backups that name no place of their own.
func (a *Archiver) Repository() string { s, _ := a.dir.Load().(string); return s }

// Move makes dir the repository from the next backup on. Backups stay where they are.
func (a *Archiver) Move(dir string) { a.dir.Store(dir) }

// BackupOptions are the choices of one backup.
type BackupOptions struct {
	Purpose Purpose
	Note    string
	Dest    string // a file that does not exist yet, or a folder; "" for the repository

	// Compression as asked for; "" leaves it to the kind: gzip inside a PostgreSQL
	// archive, none for SQLite.
	Compression archive.Compression

	// Lock encrypts the backup; it is for this one. May be nil.
	Lock *archive.Lock

	Cause *archive.Cause // what had changed, of an automatic one
}

// Steps returns the steps that Backup will take.
func (o BackupOptions) Steps(k Kind) []StepName {
	if o.packs(k) {
		return []StepName{StepDump, StepPack, StepReread, StepPublish}
	}
	return []StepName{StepDump, StepReread, StepPublish}
}

// layer is the compression around the file; PostgreSQL has gzip inside.
func (o BackupOptions) layer(k Kind) archive.Compression {
	switch {
	case o.Compression == archive.Zstd, o.Compression == archive.Gzip && k == SQLite:
		return o.Compression
	}
	return archive.None
}

// packs says whether something is put around what the engine writes.
func (o BackupOptions) packs(k Kind) bool { return o.layer(k) != archive.None || o.Lock != nil }

// inside is the compression that the engine does itself.
func (o BackupOptions) inside(k Kind) archive.Compression {
	if k == PostgreSQL && (o.Compression == "" || o.Compression == archive.Gzip) {
		return archive.Gzip
	}
	return archive.None
}

// Backup makes a backup of t, re-reads all of it, publishes it under its name
// with its manifest and enters it in the catalogue. It never overwrites a file,
// and leaves none behind when it fails. A failure is entered in the catalogue, but
// not a cancellation, nor a place that can't be used.
func (a *Archiver) Backup(ctx context.Context, t Target, o BackupOptions, run Run) (Entry, error) {
	engine, ok := a.Engines[t.Kind]
	if !ok {
		return Entry{}, errs.New(errs.Invalid, "backup.kind", errs.Args{"kind": string(t.Kind)})
	}
	place, err := a.place(t, o, a.Now())
	if err != nil {
		return Entry{}, err
	}
	e, err := a.backup(ctx, engine, t, o, place, run)
	if err == nil {
		return e, nil
	}
	if errs.CodeOf(err) != errs.Cancelled && ctx.Err() == nil {
		failed := Entry{State: Failed, Failure: errs.Of(err), CheckedAt: a.Now(), Manifest: archive.Manifest{
			ID: newID(a.Now()), Kind: t.Kind, CreatedAt: a.Now().UTC(), Purpose: o.Purpose, By: ActorOf(ctx), Note: o.Note, Source: sourceOf(t)}}
		if put := a.Catalog.Put(context.WithoutCancel(ctx), failed); put != nil {
			err = errors.Join(err, put)
		}
	}
	return Entry{}, err
}

func (a *Archiver) backup(ctx context.Context, engine Engine, t Target, o BackupOptions, place string, run Run) (Entry, error) {
	began := a.Now()
	work, err := os.MkdirTemp(filepath.Dir(place), ".cofre-partial-")
	if err != nil {
		return Entry{}, archive.FileError(err, filepath.Dir(place))
	}
	defer os.RemoveAll(work)
	private := work
	if o.Lock != nil { // nothing of it is in plain where the backup goes
		if private, err = a.private(); err != nil {
			return Entry{}, err
		}
		defer os.RemoveAll(private)
		ctx = archive.WithKeys(ctx, o.Lock.Key())
	}

	if err := run.Step(ctx, StepDump); err != nil {
		return Entry{}, err
	}
	plain := filepath.Join(private, "plain")
	held, err := engine.Dump(ctx, t, plain, DumpOptions{Compression: o.inside(t.Kind)}, run.Update)
	if err != nil {
		return Entry{}, err
	}
	whole := plain
	if o.packs(t.Kind) {
		if err := run.Step(ctx, StepPack); err != nil {
			return Entry{}, err
		}
		whole = filepath.Join(work, "packed")
		if err := pack(ctx, plain, whole, o.layer(t.Kind), o.Lock, run); err != nil {
			return Entry{}, err
		}
	}

	if err := run.Step(ctx, StepReread); err != nil {
		return Entry{}, err
	}
	again, err := reread(ctx, whole, plain, private, held, run)
	if err != nil {
		return Entry{}, err
	}
	if !slices.Equal(again.Contents.Tables, held.Tables) {
		return Entry{}, errs.New(errs.Corrupt, "backup.reread", errs.Args{"table": firstDifference(again.Contents.Tables, held.Tables)})
	}

	if err := run.Step(ctx, StepPublish); err != nil {
		return Entry{}, err
	}
	e := Entry{File: place, State: Good, CheckedAt: a.Now(), Manifest: archive.Manifest{
		ID: newID(began), Kind: t.Kind, Format: again.Contents.Format, Version: held.Version, DumpedBy: cmp.Or(again.Contents.DumpedBy, a.Program),
		CreatedAt: began.UTC(), Purpose: o.Purpose, By: ActorOf(ctx), Note: o.Note, Source: sourceOf(t),
		Bytes: again.Contents.Bytes, Compression: again.Contents.Compression, Encrypted: o.Lock != nil, SHA256: again.SHA256, PayloadSHA256: again.PayloadSHA256,
		Tables: held.Tables, TookMS: a.Now().Sub(began).Milliseconds(), Cause: o.Cause}}
	before, err := a.before(ctx, e.Manifest.Source.Identity)
	if err != nil {
		return Entry{}, err
	}
	e.Manifest.SchemaSHA256, _ = archive.SchemaHash(ctx, plain) // a backup without one is as good
	e.Manifest.Anomalies = anomalies(e.Manifest, before)
	if a.Head != nil {
		if e.Manifest.Audit, err = a.Head(ctx); err != nil {
			run.Log("audit head failed=" + errs.Of(err).Reason)
		}
	}
	if a.Preview != nil && o.Lock == nil { // it is kept in plain
		e.Profile, _ = a.Preview(ctx, plain, again.Contents) // who is in it is a courtesy, not a part of the backup
	}
	if err := a.publish(ctx, whole, &e); err != nil {
		return Entry{}, err
	}
	if err := a.pin(context.WithoutCancel(ctx), e.Manifest, before); err != nil { // the backup is made, whatever becomes of older ones
		run.Log("pinning failed=" + errs.Of(err).Reason)
	}
	return e, nil
}

// private is a new folder for what may be read by nobody else.
func (a *Archiver) private() (string, error) {
	if err := os.MkdirAll(a.Work, 0o700); err != nil {
		return "", archive.FileError(err, a.Work)
	}
	dir, err := os.MkdirTemp(a.Work, "stage-")
	return dir, archive.FileError(err, a.Work)
}

// publish gives the file its manifest and its name and enters both. The manifest
// comes first: a crash in between leaves no file that nobody can tell what it is
// (adopt does the rest). What could not be entered is removed again: a backup that
// nobody knows of would not be one.
func (a *Archiver) publish(ctx context.Context, whole string, e *Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := os.Lstat(e.File); err == nil {
		return errs.New(errs.Invalid, "archive.exists", errs.Args{"file": filepath.Base(e.File), "path": e.File})
	}
	if err := archive.WriteManifest(e.File, &e.Manifest); err != nil {
		return err // the manifest's name may be somebody else's file
	}
	if err := archive.Publish(whole, e.File); err != nil {
		return errors.Join(err, os.Remove(archive.ManifestPath(e.File)))
	}
	if err := a.Catalog.Put(context.WithoutCancel(ctx), *e); err != nil {
		err = fmt.Errorf("enter %s in the catalogue: %w", filepath.Base(e.File), err)
		return errors.Join(err, os.Remove(archive.ManifestPath(e.File)), os.Remove(e.File))
	}
	return nil
}

// reread reads all of the new file again, as it will lie there. What is packed has to
// hold, byte for byte, the plain file, and that what the engine has proved of it.
func reread(ctx context.Context, whole, plain, work string, held Dumped, run Run) (archive.Report, error) {
	if held.Proof != nil && whole == plain {
		return held.Proof.Confirm(ctx, whole, bytesOf(run, ""))
	}
	again, err := archive.Verify(ctx, whole, archive.VerifyOptions{Depth: archive.Reread, TempDir: work}, bytesOf(run, ""))
	if err != nil || whole == plain {
		return again, err
	}
	var written archive.Report
	if held.Proof != nil {
		written, err = held.Proof.Confirm(ctx, plain, nil)
	} else {
		written.SHA256, _, err = archive.HashFile(ctx, plain, nil)
	}
	if err == nil && written.SHA256 != again.PayloadSHA256 {
		err = errs.New(errs.Corrupt, "backup.packed", nil)
	}
	return again, err
}

func sourceOf(t Target) archive.Source {
	return archive.Source{Name: t.Name, Place: t.Place(), Identity: t.Identity()}
}

// newID returns an identifier that sorts by time.
func newID(at time.Time) string {
	var b [4]byte
	rand.Read(b[:]) // never fails, says crypto/rand
	return at.UTC().Format("20060102T150405") + "-" + hex.EncodeToString(b[:])
}

func pack(ctx context.Context, from, to string, c archive.Compression, lock *archive.Lock, run Run) error {
	f, err := archive.CreateFile(to)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := archive.Pack(ctx, from, f, c, lock, bytesOf(run, "")); err != nil {
		return err
	}
	return f.Commit()
}
