package backup_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// TestABackupThatTheCatalogueKnowsIsJudgedByItsHash: the catalogue says other counts
// than the file, which shows who was asked.
func TestABackupThatTheCatalogueKnowsIsJudgedByItsHash(t *testing.T) {
	h := newHouse(t)
	catalog := h.restorer.Archiver.Catalog
	dump, err := os.ReadFile("../archive/testdata/18-zstd.dump")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "app.dump")
	put := func(content []byte) {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(dump)
	report, err := archive.Verify(t.Context(), file, archive.VerifyOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	held := report.Contents.Tables
	said := slices.Clone(held)
	said[0].Rows += 4711
	e := backup.Entry{File: file, State: backup.Good, CheckedAt: time.Now(), Manifest: archive.Manifest{ID: "20261122T100000-01020304", Kind: backup.PostgreSQL,
		Format: archive.FormatCustom, CreatedAt: time.Now(), Bytes: int64(len(dump)), SHA256: report.SHA256, PayloadSHA256: report.PayloadSHA256, Tables: said}}
	beside := e.Manifest
	if err := archive.WriteManifest(file, &beside); err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(dump)
	flipped[len(flipped)-40] ^= 1
	byID, byPath := backup.Ref{ID: e.Manifest.ID}, backup.Ref{Path: file}
	for _, c := range []struct {
		name   string
		change func(e *backup.Entry)
		ref    backup.Ref
		file   []byte
		want   []backup.Table // nil: it is damaged
	}{
		{"known by its ID", func(*backup.Entry) {}, byID, dump, said},
		{"known by its path", func(*backup.Entry) {}, byPath, dump, said},
		{"a bit that was flipped where only the hash shows it", func(*backup.Entry) {}, byID, flipped, held},
		{"the same, by its path", func(*backup.Entry) {}, byPath, flipped, held},
		{"cut", func(*backup.Entry) {}, byID, dump[:len(dump)/2], nil},
		{"it has failed before", func(e *backup.Entry) { e.State = backup.Failed }, byPath, dump, held},
		{"the catalogue knows another file of that name", func(e *backup.Entry) { e.File += "2" }, byPath, dump, held},
		{"it was only found", func(e *backup.Entry) { e.CheckedAt = time.Time{} }, byPath, dump, held},
		{"no hash", func(e *backup.Entry) { e.Manifest.SHA256 = "" }, byID, dump, held},
		{"no hash of what is in it", func(e *backup.Entry) { e.Manifest.PayloadSHA256 = "" }, byID, dump, held},
	} {
		t.Run(c.name, func(t *testing.T) {
			entry := e
			c.change(&entry)
			if err := catalog.Put(t.Context(), entry); err != nil {
				t.Fatal(err)
			}
			put(c.file)
			a, err := h.restorer.Open(t.Context(), c.ref)
			if c.want == nil {
				if errs.CodeOf(err) != errs.Corrupt {
					t.Fatalf("damage is told as %v", err)
				}
				return
			}
			if err != nil || !slices.Equal(a.Contents.Tables, c.want) {
				t.Errorf("holds %v, not %v; %v", a.Contents.Tables, c.want, err)
			}
		})
	}
	if !blocked(t, h, e, flipped, put, byPath) || blocked(t, h, e, dump, put, byPath) {
		t.Error("a plan says that the file was changed where it was not, or not where it was")
	}
	put(dump)
	if err := catalog.Delete(t.Context(), e.Manifest.ID); err != nil {
		t.Fatal(err)
	}
	if a, err := h.restorer.Open(t.Context(), byPath); err != nil || !slices.Equal(a.Contents.Tables, held) {
		t.Errorf("a manifest that nobody vouches for: %v, %v", a.Contents.Tables, err)
	}
}

// server is a PostgreSQL that can be planned for.
type server struct{ backup.Engine }

func (server) Probe(context.Context, backup.Target) (backup.Contents, error) {
	return backup.Contents{Kind: backup.PostgreSQL}, nil
}

func (server) Preflight(context.Context, backup.Target, backup.Archive, string) ([]backup.Check, error) {
	return nil, nil
}

// blocked says whether the plan of restoring a known backup says that its file is another.
func blocked(t *testing.T, h *house, known backup.Entry, content []byte, put func([]byte), ref backup.Ref) bool {
	t.Helper()
	put(content)
	if err := h.restorer.Archiver.Catalog.Put(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	h.restorer.Archiver.Engines[backup.PostgreSQL] = server{}
	target, err := backup.ParseTarget("postgres://app@localhost/app")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.restorer.Plan(t.Context(), ref, target)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(p.Checks, func(c backup.Check) bool { return c.Level == backup.Blocker && c.Code == "archive.not_as_made" })
}
