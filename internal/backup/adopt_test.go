package backup

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// shelf is a catalogue in memory.
type shelf map[string]Entry

func (s shelf) Put(_ context.Context, e Entry) error { s[e.Manifest.ID] = e; return nil }
func (s shelf) Get(_ context.Context, id string) (Entry, error) {
	if e, ok := s[id]; ok {
		return e, nil
	}
	return Entry{}, errs.New(errs.NotFound, "backup.unknown", nil)
}
func (s shelf) List(context.Context, Filter) ([]Entry, error) { return nil, nil }
func (s shelf) Change(ctx context.Context, id string, do func(*Entry) error) (Entry, error) {
	e, err := s.Get(ctx, id)
	if err == nil {
		err = do(&e)
	}
	if err == nil {
		err = s.Put(ctx, e)
	}
	return e, err
}
func (s shelf) Delete(_ context.Context, id string) error { delete(s, id); return nil }

func TestWhatACrashLeftOfAPublicationIsPutRight(t *testing.T) {
	known, began := shelf{}, time.Now()
	a := &Archiver{Catalog: known}
	folder := filepath.Join(t.TempDir(), "a[b") // no pattern
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	identity := "sqlite:/app"
	at := func(name string) string { return filepath.Join(folder, name) }
	write := func(name, content, id string, bytes int64) {
		if content != "" {
			if err := os.WriteFile(at(name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if id == "" {
			return
		}
		if err := archive.WriteManifest(at(name), &archive.Manifest{ID: id, Kind: SQLite, Bytes: bytes, Source: archive.Source{Identity: identity}}); err != nil {
			t.Fatal(err)
		}
	}
	known["one"] = Entry{File: at("elsewhere")}
	write("whole.sqlite3", "content", "new", 7)
	write("gone.sqlite3", "", "gone", 7)
	write("copy.sqlite3", "content", "one", 7)
	write("another.sqlite3", "other content", "another", 7)
	write("notes.json", "{}", "", 0)
	identity = "sqlite:/stranger"
	write("coming.sqlite3", "", "coming", 7)
	for range 2 {
		if err := a.Adopt(t.Context(), folder, Record{StartedAt: began, Identity: "sqlite:/app"}); err != nil {
			t.Fatal(err)
		}
	}
	if e := known["new"]; e.File != at("whole.sqlite3") || e.State != Good || !e.CheckedAt.IsZero() {
		t.Errorf("a whole backup was entered as %+v", e)
	}
	if _, err := os.Lstat(at("gone.sqlite3.json")); !os.IsNotExist(err) {
		t.Error("a manifest without its file is still there")
	}
	if known["one"].File != at("elsewhere") || len(known) != 2 {
		t.Errorf("the catalogue holds %+v", known)
	}
	for _, name := range []string{"copy.sqlite3.json", "another.sqlite3", "another.sqlite3.json", "notes.json", "coming.sqlite3.json"} {
		if _, err := os.Lstat(at(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
