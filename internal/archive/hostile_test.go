package archive

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestAFolderArchiveReadsNoFileOutsideOfIt(t *testing.T) {
	d := newDumps(t, "CREATE TABLE a (x text); INSERT INTO a VALUES ('row')")
	for name, change := range map[string]func(folder, outside string) error{
		"rows behind a link": func(folder, outside string) error {
			rows, _ := filepath.Glob(filepath.Join(folder, "*.dat.gz"))
			if err := os.Rename(rows[0], outside); err != nil {
				return err
			}
			return os.Symlink(outside, rows[0])
		},
		"a table of contents behind a link": func(folder, outside string) error {
			toc := filepath.Join(folder, "toc.dat")
			if err := os.Rename(toc, outside); err != nil {
				return err
			}
			return os.Symlink(outside, toc)
		},
		"a folder in the place of rows": func(folder, _ string) error {
			rows, _ := filepath.Glob(filepath.Join(folder, "*.dat.gz"))
			if err := os.Remove(rows[0]); err != nil {
				return err
			}
			return os.Mkdir(rows[0], 0o700)
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := d.make(t, name, "-Fd")
			if err := change(folder, filepath.Join(t.TempDir(), "outside")); err != nil {
				t.Skip("this user may not make symbolic links here: ", err)
			}
			_, err := Verify(t.Context(), folder, VerifyOptions{TempDir: t.TempDir()}, nil)
			if code := errs.CodeOf(err); code != errs.Corrupt && code != errs.Invalid {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestMembersOfATarAreWrittenNowhere: a tar is read where it lies, so that no name in
// it is ever the name of a file.
func TestMembersOfATarAreWrittenNowhere(t *testing.T) {
	d := newDumps(t, "CREATE TABLE a (x text); INSERT INTO a VALUES ('row')")
	good := d.make(t, "t", "-Ft")
	above := t.TempDir()
	work := filepath.Join(above, "work")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, more := range map[string]tar.Header{
		"above":           {Name: "../cofre-was-here", Typeflag: tar.TypeReg, Size: 4},
		"absolute":        {Name: filepath.Join(above, "cofre-was-here"), Typeflag: tar.TypeReg, Size: 4},
		"a symbolic link": {Name: "link", Typeflag: tar.TypeSymlink, Linkname: above},
		"a hard link":     {Name: "link", Typeflag: tar.TypeLink, Linkname: "toc.dat"},
		"a device":        {Name: "null", Typeflag: tar.TypeChar, Devmajor: 1, Devminor: 3},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(work, "hostile.tar")
			withMember(t, good, path, more)
			_, err := Verify(t.Context(), layered(t, path, Gzip), VerifyOptions{TempDir: work}, nil)
			if code := errs.CodeOf(err); err != nil && code != errs.Corrupt && code != errs.Invalid {
				t.Errorf("error %v", err)
			}
			if err == nil && more.Typeflag != tar.TypeReg {
				t.Error("a member that is no file passed")
			}
			onlyFiles(t, above, "work")
			onlyFiles(t, work, "hostile.tar")
		})
	}
}

// withMember copies a tar and adds a member to it.
func withMember(t *testing.T, from, to string, more tar.Header) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	r, w := tar.NewReader(in), tar.NewWriter(out)
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteHeader(&more); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, more.Size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRowsThatUnfoldWithoutEndAreRefused: the layer inside an archive, too. They would
// fill the server's disk, not ours.
func TestRowsThatUnfoldWithoutEndAreRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("unfolds a gigabyte")
	}
	d := newDumps(t, "CREATE TABLE a (x text); INSERT INTO a VALUES ('row')")
	folder := d.make(t, "bomb", "-Fd")
	rows, _ := filepath.Glob(filepath.Join(folder, "*.dat.gz"))
	f, err := os.Create(rows[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range bombBytes>>20 + 70 {
		w.Write(zeros)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Verify(t.Context(), folder, VerifyOptions{TempDir: t.TempDir()}, nil)
	wantError(t, err, errs.Invalid, "archive.bomb")
}

// TestWhatASQLiteFileHidesDoesNotRun: views, triggers, generated columns and checks of
// a file from outside call what they can, and nothing of it happens. Its tables may
// be named like ours.
func TestWhatASQLiteFileHidesDoesNotRun(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	path := testdb.SQLite(t, `
		CREATE TABLE backups (id TEXT PRIMARY KEY, state); INSERT INTO backups VALUES ('../../x', 'good');
		CREATE TABLE settings (key TEXT PRIMARY KEY, value);
		CREATE TABLE "quote""d
line" (x); INSERT INTO "quote""d
line" VALUES (1);
		CREATE VIEW finances_family AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS name FROM n;
		CREATE TRIGGER t INSTEAD OF INSERT ON finances_family BEGIN SELECT load_extension('/tmp/evil'); END;
		CREATE TRIGGER u AFTER UPDATE ON backups BEGIN DELETE FROM backups; END;
		PRAGMA writable_schema = ON;
		INSERT INTO sqlite_schema VALUES ('view', 'auth_user', 'auth_user', 0, 'CREATE VIEW auth_user AS SELECT load_extension(''/tmp/evil'') AS id, writefile(''`+mark+`'', 1) AS name');
		INSERT INTO sqlite_schema VALUES ('view', 'deep', 'deep', 0, 'CREATE VIEW deep AS SELECT readfile(''/etc/hostname'') AS x, edit(1) AS y, fts3_tokenizer(''a'', 1) AS z');`)
	report, err := Verify(t.Context(), path, VerifyOptions{Depth: Full}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Table{{"backups", 1}, {"quote\"d\nline", 1}, {"settings", 0}}
	if len(report.Contents.Tables) != len(want) {
		t.Fatalf("tables %+v", report.Contents.Tables)
	}
	for i, table := range report.Contents.Tables {
		if table != want[i] {
			t.Errorf("table %+v, want %+v", table, want[i])
		}
	}
	rows, end, err := OpenRows(t.Context(), path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	for _, table := range want {
		if err := rows.Rows(t.Context(), table.Name, rows.Columns(table.Name), 3, func([]string) error { return nil }); err != nil {
			t.Errorf("%q: %v", table.Name, err)
		}
	}
	for _, name := range rows.Tables() {
		if name == "finances_family" || name == "auth_user" || name == "deep" {
			t.Errorf("the view %s would be read", name)
		}
	}
	if _, err := os.Stat(mark); err == nil {
		t.Error("a function of the file has run")
	}
}
