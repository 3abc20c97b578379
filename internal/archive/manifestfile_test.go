package archive

import (
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"cofre/internal/errs"
)

func TestManifestComesBackAsItWasWritten(t *testing.T) {
	file := write(t, "app.sqlite3", "x")
	if m, err := ReadManifest(file); m != nil || err != nil {
		t.Fatalf("a file without a manifest: %v, %v", m, err)
	}
	want := &Manifest{ID: "1", Kind: SQLite, Format: FormatSQLite, Version: "3.53.4", DumpedBy: "cofre 1", CreatedAt: time.Date(2026, 11, 21, 10, 15, 30, 0, time.UTC),
		Purpose: Manual, Source: Source{Name: "app", Place: "/app", Identity: "sqlite:/app"}, Bytes: 1, Compression: None, SHA256: "ab", PayloadSHA256: "ab",
		Tables: []Table{{"família", 3}}}
	for range 2 { // the second replaces the first
		if err := WriteManifest(file, want); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadManifest(file)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if info, _ := os.Stat(ManifestPath(file)); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}

func TestDamagedManifestIsSaid(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "cut": `{"id":"1","kind":"sqlite"`, "not one": `{"name":"package"}`, "a list": "[]", "huge": strings.Repeat(" ", maxManifest+2),
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "x", "x")
			if err := os.WriteFile(ManifestPath(file), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadManifest(file)
			wantError(t, err, errs.Corrupt, "archive.manifest")
			err = WriteManifest(file, &Manifest{Kind: SQLite})
			wantError(t, err, errs.Invalid, "archive.exists")
			if got, _ := os.ReadFile(ManifestPath(file)); string(got) != content {
				t.Error("a file that is no manifest was replaced")
			}
		})
	}
}

func TestManifestOfALaterVersionIsRead(t *testing.T) {
	file := write(t, "x", "x")
	if err := os.WriteFile(ManifestPath(file), []byte(`{"kind":"postgresql","format":"custom","fingerprints":{"a":1}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := ReadManifest(file)
	if err != nil || m.Kind != PostgreSQL || m.Tables == nil {
		t.Errorf("%+v, %v", m, err)
	}
}
