package backup

import (
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestParseTargetReadsWhatTheContractNames(t *testing.T) {
	abs := func(p string) string { a, _ := filepath.Abs(p); return a }
	for _, c := range []struct {
		in         string
		kind       Kind
		name, path string
		place      string
	}{
		{"/srv/app data/a#1 %20.db", SQLite, "a#1 %20.db", "/srv/app data/a#1 %20.db", "/srv/app data/a#1 %20.db"},
		{"app.sqlite3", SQLite, "app.sqlite3", abs("app.sqlite3"), abs("app.sqlite3")},
		{"sqlite:///srv/with%20space.db", SQLite, "with space.db", "/srv/with space.db", "/srv/with space.db"},
		{"./a\nb.db", SQLite, "a\nb.db", abs("a\nb.db"), abs("a\nb.db")},
		{"postgres://app:s3cret@db.example:5433/wimm?sslmode=require", PostgreSQL, "wimm", "", "db.example:5433"},
		{"PostgreSQL://app@localhost/x", PostgreSQL, "x", "", "localhost"},
		{"postgres://app@localhost", PostgreSQL, "app", "", "localhost"},
		{"postgres:///x?host=/run/postgresql", PostgreSQL, "x", "", "/run/postgresql"},
	} {
		got, err := ParseTarget(c.in)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		if got.Kind != c.kind || got.Name != c.name || got.Path != c.path || got.Place() != c.place {
			t.Errorf("%q: %+v at %q", c.in, got, got.Place())
		}
		if strings.Contains(got.Identity()+got.Place(), "s3cret") {
			t.Errorf("%q: the password shows in %q", c.in, got.Identity())
		}
	}
}

func TestParseTargetRefusesTheRestWithoutRepeatingAPassword(t *testing.T) {
	for _, in := range []string{"", "  ", "mysql://root:s3cret@db/app", "postgres://app:s3cret%zz@db/app", "postgres://app:s3cret@[::1/app", "sqlite://%zz", "a\x00b"} {
		_, err := ParseTarget(in)
		if errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%q: %v", in, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: the error repeats the password: %v", in, err)
		}
	}
}

func TestAConnectionComesBackFromItsURL(t *testing.T) {
	for _, u := range []string{
		"postgres://app@localhost:5432/wimm",
		"postgres://app@/wimm?host=%2Frun%2Fpostgresql&port=5433",
		"postgres://caf%C3%A9@db.example/a%20b?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
	} {
		var c Connection
		password, err := c.ReadURL(strings.Replace(u, "@", ":p%40ss@", 1))
		if err != nil || password != "p@ss" {
			t.Fatalf("%s: %q %v", u, password, err)
		}
		var again Connection
		target := c.Target(password)
		if back, err := again.ReadURL(target.URL); err != nil || back != password {
			t.Fatalf("%s: %q %v", target.URL, back, err)
		}
		if c.Host != again.Host || c.Port != again.Port || c.Database != again.Database || c.User != again.User || c.TLS != again.TLS || len(c.Params) != len(again.Params) {
			t.Errorf("%s: %+v became %+v", u, c, again)
		}
	}
}

func TestNamesOfBackupsAreFitForEverySystem(t *testing.T) {
	for in, want := range map[string]string{
		"app.sqlite3": "app", "família": "família", "a b/c\\d:e*?.db": "a_b_c_d_e__", "..": "_", ".sqlite3": "backup", "a\nb.db": "a_b",
		strings.Repeat("x", 100): strings.Repeat("x", 60),
	} {
		if got := safeName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
