package backup

import (
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/errs"
)

// noEnvironment makes the tests independent of where they run.
func noEnvironment(t *testing.T) {
	for _, name := range []string{"PGHOST", "PGPORT", "PGUSER", "PGDATABASE"} {
		t.Setenv(name, "")
	}
}

func TestParseTargetReadsWhatTheContractNames(t *testing.T) {
	noEnvironment(t)
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
		{"PostgreSQL://app@localhost/x", PostgreSQL, "x", "", "localhost:5432"},
		{"postgres://app@localhost", PostgreSQL, "app", "", "localhost:5432"},
		{"postgres:///x?host=/run/postgresql", PostgreSQL, "x", "", "/run/postgresql:5432"},
		{"postgres:///x?host=/run/postgresql/&port=5433", PostgreSQL, "x", "", "/run/postgresql:5433"},
		{"postgres://app@[::1]/?database=x", PostgreSQL, "x", "", "[::1]:5432"},
		{"postgres://app@/x", PostgreSQL, "x", "", "local:5432"},
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

func TestTwoAddressesOfOneDatabaseHaveOneIdentity(t *testing.T) {
	noEnvironment(t)
	identity := func(url string) string {
		target, err := ParseTarget(url)
		if err != nil {
			t.Fatalf("%s: %v", url, err)
		}
		return target.Identity()
	}
	for _, same := range [][]string{
		{"postgres://ana:s3cret@DB.example/x", "postgres://db.example:5432/x", "postgresql:///x?host=db.example", "postgres://db.example/?dbname=x", "postgres://db.example/x?port=5432&database=x"},
		{"postgres:///x?host=/run/postgresql", "postgres:///x?host=/run/postgresql/&port=5432"},
		{"postgres://ana@db/", "postgres://ana@db/ana"},
	} {
		for _, url := range same[1:] {
			if identity(url) != identity(same[0]) {
				t.Errorf("%s is %s, %s is %s", same[0], identity(same[0]), url, identity(url))
			}
		}
	}
	if a, b := identity("postgres:///x?host=/run/postgresql"), identity("postgres:///x?host=/run/postgresql&port=5433"); a == b {
		t.Errorf("two servers of one folder are both %s", a)
	}
	for name, value := range map[string]string{"PGHOST": "db.example", "PGPORT": "5433", "PGUSER": "ana", "PGDATABASE": "x"} {
		t.Setenv(name, value)
	}
	if got, want := identity("postgres:///"), "postgresql:db.example:5433/x"; got != want {
		t.Errorf("from the environment: %s, want %s", got, want)
	}
}

func TestAPasswordNeedsNoUserBesideIt(t *testing.T) {
	for user, want := range map[string]string{"": "", "ana": "ana"} {
		var back Connection
		c := Connection{Kind: PostgreSQL, Host: "db", Database: "x", User: user}
		password, err := back.ReadURL(c.Target("p@ss+w ord&").URL)
		if err != nil || password != "p@ss+w ord&" || back.User != want {
			t.Errorf("%q with %q, %v", back.User, password, err)
		}
	}
}

func TestAnAddressThatNamesTwoDatabasesIsRefused(t *testing.T) {
	for part, urls := range map[string][]string{
		"database": {"postgres://h/a?dbname=b", "postgres://h/a?database=b", "postgres://h/?dbname=a&database=b", "postgres://h/?dbname=a&dbname=b", "postgres://h/a?d%62name=b"},
		"host":     {"postgres://a/x?host=b"},
		"port":     {"postgres://h:1/x?port=2"},
		"user":     {"postgres://a@h/x?user=b"},
		"password": {"postgres://a:s3cret@h/x?password=s3cret2"},
	} {
		for _, url := range urls {
			var c Connection
			_, read := c.ReadURL(url)
			_, parse := ParseTarget(url)
			for _, err := range []error{read, parse} {
				e := errs.Of(err)
				if e == nil || e.Code != errs.Invalid || e.Reason != "target.twice" || e.Args["part"] != part || strings.Contains(err.Error(), "s3cret") {
					t.Errorf("%s: %v", url, err)
				}
			}
		}
	}
}

func TestTheDatabaseOfAURLIsOnlyEverCalledDbname(t *testing.T) {
	for in, want := range map[string]string{
		"postgres://h/?database=a+b&sslmode=require": "postgres://h/?dbname=a+b&sslmode=require",
		"postgres://h/?d%62name=x":                   "postgres://h/?dbname=x",
		"postgres://?database=x&host=a%2Fb#c":        "postgres://?dbname=x&host=a%2Fb#c",
	} {
		if got, err := ParseTarget(in); err != nil || got.URL != want {
			t.Errorf("%s became %s, %v", in, got.URL, err)
		}
	}
}

func TestAConnectionKeepsNoParameterThatNamesItsServerAgainOrIsASecret(t *testing.T) {
	var c Connection
	password, err := c.ReadURL("postgres:///?host=db&port=5433&user=ana&password=s3cret&database=x&sslmode=require&sslrootcert=ca.pem")
	if err != nil || password != "s3cret" {
		t.Fatalf("%q %v", password, err)
	}
	if c.Host != "db" || c.Port != 5433 || c.User != "ana" || c.Database != "x" || c.TLS != "require" || len(c.Params) != 1 || c.Params["sslrootcert"] != "ca.pem" {
		t.Errorf("%+v", c)
	}
	for _, name := range []string{"sslpassword", "SSLPassword", "my_password"} {
		_, err := c.ReadURL("postgres://h/x?" + name + "=s3cret")
		if e := errs.Of(err); e == nil || e.Reason != "target.secret_parameter" || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, port := range []string{"x", "0", "65536"} {
		if _, err := c.ReadURL("postgres:///x?host=h&port=" + port); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("port %s: %v", port, err)
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
