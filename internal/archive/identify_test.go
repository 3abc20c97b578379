package archive

import (
	"bytes"
	"compress/gzip"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestIdentifyGoesByContentNotByName(t *testing.T) {
	database := testdb.SQLite(t, "CREATE TABLE t(x)")
	content, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, content string
		want          Identity
	}{
		{"picture.png", string(content), Identity{Kind: SQLite, Format: FormatSQLite, Layer: None}},
		{"x.sqlite3", zipped(t, string(content)), Identity{Kind: SQLite, Format: FormatSQLite, Layer: Gzip}},
		{"x.gz", "PGDMP\x01\x0e\x00\x04\x08\x01", Identity{Kind: PostgreSQL, Format: FormatCustom, Layer: None}},
		{"later", "PGDMP\x01\x63\x00\x04\x08\x09", Identity{Kind: PostgreSQL, Format: FormatCustom, Layer: None}},
		{"x", "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n", Identity{Kind: PostgreSQL, Format: FormatPlain, Layer: None}},
		{"x", "\xef\xbb\xbf--\r\n-- PostgreSQL database dump\r\n", Identity{Kind: PostgreSQL, Format: FormatPlain, Layer: None}},
		{"x", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", Identity{Kind: SQLite, Format: FormatPlain, Layer: None}},
		{"x", "BEGIN TRANSACTION;\nCREATE TABLE t(x);\n", Identity{Kind: SQLite, Format: FormatPlain, Layer: None}},
		{"x", "age-encryption.org/v1\n-> X25519 …", Identity{Encrypted: true, Layer: None}},
	} {
		path := write(t, c.name, c.content)
		c.want.Bytes = int64(len(c.content))
		if got, err := Identify(path); err != nil || got != c.want {
			t.Errorf("%s %.20q: %+v, %v; want %+v", c.name, c.content, got, err, c.want)
		}
		onlyFiles(t, filepath.Dir(path), c.name)
	}
}

func TestWhatIsNoBackupIsNamed(t *testing.T) {
	tar := make([]byte, 1024)
	copy(tar, "photos/1.jpg")
	copy(tar[257:], "ustar\x0000")
	mysql := "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: localhost    Database: shop\n"
	for name, c := range map[string]struct {
		content, reason, what string
		code                  errs.Code
	}{
		"empty":              {"", "archive.empty", "", errs.Invalid},
		"empty inside":       {zipped(t, ""), "archive.empty", "", errs.Invalid},
		"zeros":              {strings.Repeat("\x00", 4096), "archive.zeros", "", errs.Corrupt},
		"sqlite cut":         {"SQLite format", "archive.header_cut", "", errs.Corrupt},
		"sqlite header cut":  {sqliteMagic + "\x10\x00", "archive.header_cut", "", errs.Corrupt},
		"dump cut":           {"PGDMP\x01\x0e", "archive.header_cut", "", errs.Corrupt},
		"dump magic cut":     {"PGDM", "archive.header_cut", "", errs.Corrupt},
		"dump format":        {"PGDMP\x01\x0e\x00\x04\x08\x09", "archive.header", "", errs.Corrupt},
		"toc of a directory": {"PGDMP\x01\x0e\x00\x04\x08\x03", "archive.toc_alone", "", errs.Invalid},
		"gzip cut":           {zipped(t, "x")[:8], "archive.layer", "", errs.Corrupt},
		"gzip of something":  {zipped(t, "\x01\x02\x03"), "archive.packed", "gzip", errs.Invalid},
		"mysql":              {mysql, "archive.mysql", "", errs.Invalid},
		"mysql inside":       {zipped(t, mysql), "archive.mysql", "", errs.Invalid},
		"mariadb":            {"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n", "archive.mysql", "", errs.Invalid},
		"mariadb, old":       {"-- MariaDB dump 10.17\n", "archive.mysql", "", errs.Invalid},
		"pg_dumpall":         {"--\n-- PostgreSQL database cluster dump\n--\n", "archive.cluster_dump", "", errs.Invalid},
		"powershell":         {"\xff\xfe-\x00-\x00\n\x00", "archive.utf16", "", errs.Invalid},
		"wal":                {"\x37\x7f\x06\x82\x00\x2d\xe2\x18", "archive.sqlite_companion", "-wal", errs.Invalid},
		"journal":            {"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\x00", "archive.sqlite_companion", "-journal", errs.Invalid},
		"shm":                {"\x18\xe2\x2d\x00\x00\x00", "archive.sqlite_companion", "-shm", errs.Invalid},
		"zip":                {"PK\x03\x04\x14\x00\x00\x00", "archive.packed", "ZIP", errs.Invalid},
		"zip with password":  {"PK\x03\x04\x14\x00\x01\x00", "archive.locked", "ZIP", errs.Invalid},
		"tar":                {string(tar), "archive.packed", "TAR", errs.Invalid},
		"pdf":                {"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "archive.other_file", "PDF", errs.Invalid},
		"access":             {"\x00\x01\x00\x00Standard Jet DB\x00", "archive.other_file", "Microsoft Access", errs.Invalid},
		"text":               {"Olá, família\n", "archive.unknown_text", "", errs.Invalid},
		"sql":                {"-- shop\nCREATE TABLE users(id int);\n", "archive.unknown_text", "", errs.Invalid},
		"bytes":              {"\x01\x02\x03\x04", "archive.unknown", "", errs.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Identify(write(t, "backup.dump", c.content))
			wantError(t, err, c.code, c.reason)
			if e := errs.Of(err); c.what != "" && e.Args["what"] != c.what {
				t.Errorf("it is said to be %v, want %s", e.Args["what"], c.what)
			}
		})
	}
}

func TestMissingFilesAndFoldersAreTold(t *testing.T) {
	dir := t.TempDir()
	_, err := Identify(filepath.Join(dir, "missing"))
	wantError(t, err, errs.NotFound, "archive.not_found")
	_, err = Identify(filepath.Join(write(t, "file", "x"), "inside"))
	wantError(t, err, errs.NotFound, "archive.not_found")
	_, err = Identify(dir)
	wantError(t, err, errs.Invalid, "archive.is_folder")
	put := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("PG_VERSION", "15\n")
	_, err = Identify(dir)
	wantError(t, err, errs.Invalid, "archive.server_folder")
	put("toc.dat", "something")
	_, err = Identify(dir)
	wantError(t, err, errs.Corrupt, "archive.header")
	put("toc.dat", "PGDMP\x01\x0e\x00\x04\x08\x03")
	id, err := Identify(dir)
	if err != nil || id.Format != FormatDirectory || id.Bytes != 14 {
		t.Errorf("%+v, %v", id, err)
	}
}

func TestSymbolicLinksAreFollowed(t *testing.T) {
	path := testdb.SQLite(t, "CREATE TABLE t(x)")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Skip("this user may not make symbolic links here: ", err)
	}
	if id, err := Identify(link); err != nil || id.Kind != SQLite {
		t.Errorf("%+v, %v", id, err)
	}
	loop := filepath.Join(t.TempDir(), "loop")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	_, err := Identify(loop)
	wantError(t, err, errs.NotFound, "archive.not_found")
}

func TestDevicesAndSocketsAreRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has none of them among its files")
	}
	_, err := Identify(os.DevNull)
	wantError(t, err, errs.Invalid, "archive.not_a_file")
	t.Chdir(t.TempDir())
	path := "s" // short: a socket's path is limited
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = Identify(path)
	wantError(t, err, errs.Invalid, "archive.not_a_file")
}

func FuzzIdentify(f *testing.F) {
	for _, seed := range []string{"", sqliteMagic, "PGDMP\x01\x0e\x00\x04\x08\x01", "\x1f\x8b\x08\x00", "\x28\xb5\x2f\xfd\x04\x00", "PK\x03\x04\x14\x00\x01\x00",
		"--\n-- PostgreSQL database dump\n", "BEGIN TRANSACTION;\n", "\xff\xfe-\x00", "age-encryption.org/v1\n"} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "x")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		id, err := Identify(path)
		if err == nil && (id.Format == "") != id.Encrypted {
			t.Errorf("%+v without an error", id)
		}
		if err != nil && errs.CodeOf(err) != errs.Invalid && errs.CodeOf(err) != errs.Corrupt {
			t.Errorf("error %v has the code %s", err, errs.CodeOf(err))
		}
	})
}

func zipped(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(content))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
