package backup

import (
	"bytes"
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"testing"
)

// listed is a catalogue with these backups.
type listed struct {
	Catalog
	entries []Entry
}

func (s listed) List(context.Context, Filter) ([]Entry, error) { return s.entries, nil }

func TestRoomBlocksOnlyWhereItIsCertainlyTooLittle(t *testing.T) {
	const mb = 1 << 20
	dir := t.TempDir()
	plain, packed := filepath.Join(dir, "a.sql"), filepath.Join(dir, "a.gz")
	script := append([]byte("--\n-- PostgreSQL database dump\n--\n"), bytes.Repeat([]byte("-- \n"), mb/4)...)
	var stored bytes.Buffer
	w, err := gzip.NewWriterLevel(&stored, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(script)
	w.Close()
	for path, content := range map[string][]byte{plain: script, packed: stored.Bytes()} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	last := Entry{State: Good, Manifest: Manifest{Bytes: 10 * mb, Tables: []Table{row("t", 1000)}}}
	for name, c := range map[string]struct {
		kind     Kind
		file     string
		free     int64
		before   []Entry
		want     string
		workFree int64
	}{
		"SQLite, room":                               {kind: SQLite, file: plain, free: 101 * mb, want: ""},
		"SQLite, its copy does not fit":              {kind: SQLite, file: plain, free: 99 * mb, want: "blocker room.repository"},
		"PostgreSQL, more than the database":         {kind: PostgreSQL, file: plain, free: 101 * mb, want: ""},
		"PostgreSQL, nobody knows how small it gets": {kind: PostgreSQL, file: plain, free: 99 * mb, want: "warning room.repository_maybe"},
		"PostgreSQL, the last backup was small":      {kind: PostgreSQL, file: plain, free: 25 * mb, before: []Entry{last}, want: ""},
		"PostgreSQL, twice the rows since":           {kind: PostgreSQL, file: plain, free: 23 * mb, before: []Entry{last}, want: "warning room.repository_maybe"},
		"PostgreSQL, a full disk":                    {kind: PostgreSQL, file: plain, free: mb / 2, want: "blocker room.repository"},
		"a compressed backup, little room":           {kind: PostgreSQL, file: packed, free: 101 * mb, workFree: 3 * mb, want: "warning room.work_maybe"},
		"a compressed backup, none":                  {kind: PostgreSQL, file: packed, free: 101 * mb, workFree: 1, want: "blocker room.work"},
	} {
		t.Run(name, func(t *testing.T) {
			a := &Archiver{Catalog: listed{entries: c.before}}
			a.Move(dir)
			r := &Restorer{Archiver: a, Work: "work", Free: func(path string) (int64, error) {
				if path == "work" {
					return c.workFree, nil
				}
				return c.free, nil
			}}
			p := &Plan{Exists: true, Target: Target{Kind: c.kind}, Archive: Archive{File: c.file}, Current: Contents{Bytes: 100 * mb, Tables: []Table{row("t", 2000)}}}
			got := ""
			for _, check := range r.room(t.Context(), p) {
				got += string(check.Level) + " " + check.Code
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAProductionDatabaseAsksForItsName(t *testing.T) {
	p := Plan{Target: Target{Name: "shop", Production: true}, Consents: []Consent{ConsentOverwrite}}
	p.production()
	if err := p.Agreed([]Consent{ConsentOverwrite}); err == nil {
		t.Error("the plan of a production database runs without its name")
	}
	if err := p.Agreed([]Consent{ConsentOverwrite, ConsentTyped}); err != nil {
		t.Error(err)
	}
	if len(p.Checks) != 1 || p.Checks[0].Code != "target.production" {
		t.Errorf("checks %+v", p.Checks)
	}
}
