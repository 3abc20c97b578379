package migrate

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// layers wrap a file as people do.
var layers = map[string]func(w io.Writer) io.WriteCloser{
	".gz": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	".zst": func(w io.Writer) io.WriteCloser {
		z, _ := zstd.NewWriter(w)
		return z
	},
}

// wrapped is the file with a layer around it, beside it.
func wrapped(t *testing.T, file, ending string, content []byte) string {
	t.Helper()
	var b bytes.Buffer
	z := layers[ending](&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+ending, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file + ending
}

func TestACompressedFileIsExaminedAsAPlainOne(t *testing.T) {
	for name, schema := range map[string]string{"into its tables": familySchema, "into an empty database": ""} {
		for ending := range layers {
			t.Run(name+ending, func(t *testing.T) {
				db := database(t, schema)
				plain := testdb.SQLite(t, familySQLite)
				content, err := os.ReadFile(plain)
				if err != nil {
					t.Fatal(err)
				}
				file, dir := wrapped(t, plain, ending, content), t.TempDir()
				target := db.target()
				target.Choices = Choices{Each: []Choice{choose("family", "name", Duplicate, Leave), choose("member", "family_id", Orphan, Leave), choose("member", "boss", Orphan, Null),
					choose("member", "code", NullValue, Leave), choose("member", "code", Duplicate, Leave), choose("note", "member_id", Orphan, Leave)}}
				want, err := (&Migrator{}).Examine(context.Background(), target, plain, dir)
				if err != nil {
					t.Fatal(err)
				}
				m := &Migrator{}
				got, _, err := m.Preflight(context.Background(), target, backup.Archive{File: file}, dir)
				if err != nil || got.Rows != want.Rows || !reflect.DeepEqual(got.Findings, want.Findings) {
					t.Fatalf("found %+v, %v; want %+v", got, err, want)
				}
				if left, _ := os.ReadDir(dir); len(left) > 0 {
					t.Errorf("the plan left %v behind", left)
				}

				// The restore has a copy of its own, and reads no value for a second examination.
				found, seen := m.known.found, m.known.seen
				staged := filepath.Join(dir, "staged.sqlite3")
				if err := os.WriteFile(staged, content, 0o600); err != nil {
					t.Fatal(err)
				}
				migrated, err := migrate(context.Background(), m, target, file, staged, nil)
				if err != nil || m.known.found != found || m.known.seen != seen {
					t.Fatalf("the restore read everything again: %v", err)
				}
				if migrated.Report.File != file || !migrated.Report.Proven() {
					t.Errorf("the report is about %s: %+v", migrated.Report.File, migrated.Report.Tables)
				}
			})
		}
	}
}

func TestWhatSomebodyElseUnfoldedIsNotTakenForTheFileLater(t *testing.T) {
	db := database(t, familySchema)
	plain := testdb.SQLite(t, familySQLite)
	other, err := os.ReadFile(testdb.SQLite(t, "CREATE TABLE family(id INTEGER PRIMARY KEY, name TEXT)"))
	if err != nil {
		t.Fatal(err)
	}
	target := db.target()
	target.Choices.Each = []Choice{choose("family", "name", Duplicate, Leave)}
	m := &Migrator{}
	file := wrapped(t, plain, ".gz", other) // appeared after the restore had unfolded what was there
	if _, err := migrate(context.Background(), m, target, file, plain, nil); errs.CodeOf(err) != errs.Invalid {
		t.Fatalf("orphans nobody decided about: %v", err)
	}
	e, _, err := m.Preflight(context.Background(), target, backup.Archive{File: file}, t.TempDir())
	if err != nil || e.Rows != 0 {
		t.Errorf("found %+v, %v", e, err)
	}
}

func TestALayerThatUnfoldsWithoutEndIsRefusedByThePlan(t *testing.T) {
	db := database(t, familySchema)
	plain := testdb.SQLite(t, familySQLite)
	content, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	file, dir := plain+".gz", t.TempDir()
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(out)
	nothing := make([]byte, 1<<20)
	_, err = z.Write(content)
	for range 1100 {
		if err == nil {
			_, err = z.Write(nothing)
		}
	}
	if err != nil || z.Close() != nil || out.Close() != nil {
		t.Fatal(err)
	}
	_, _, err = (&Migrator{}).Preflight(context.Background(), db.target(), backup.Archive{File: file}, dir)
	if errs.Of(err).Reason != "archive.bomb" {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("the plan left %v behind", left)
	}
}
