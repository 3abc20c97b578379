package postgres

import (
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// TestEachModeOfTLSChecksWhatItSays makes backups, so that pgx and pg_dump are both
// asked.
func TestEachModeOfTLSChecksWhatItSays(t *testing.T) {
	c := testdb.Postgres(t)
	database := c.Database(t)
	role := c.Role(t, "certified", "SUPERUSER")
	with := func(pairs ...string) string {
		u, err := url.Parse(database)
		if err != nil {
			t.Fatal(err)
		}
		q := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == "user" {
				u.User = url.User(pairs[i+1])
				continue
			}
			q.Set(pairs[i], pairs[i+1])
		}
		u.RawQuery = q.Encode()
		return u.String()
	}
	try := func(database string) error {
		_, err := new(Engine).Dump(t.Context(), target(database), filepath.Join(t.TempDir(), "d"), backup.DumpOptions{}, unheard)
		return err
	}
	wantReason(t, try(with("sslmode", "require")), errs.Unavailable, "postgres.tls_refused")

	a := c.TLS(t, "127.0.0.1", "db.example")
	for name, url := range map[string]string{
		"disable":   with("sslmode", "disable"),
		"prefer":    with("sslmode", "prefer"),
		"require":   with("sslmode", "require"),
		"verify-ca": with("sslmode", "verify-ca", "sslrootcert", a.Root),
	} {
		if err := try(url); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	full := with("sslmode", "verify-full", "sslrootcert", a.Root)
	wantReason(t, try(full), errs.Denied, "postgres.certificate") // a name is no address

	cert, key := a.Client(role)
	mine := []string{"user", role, "sslmode", "require", "sslrootcert", a.Root}
	wantReason(t, try(with(mine...)), errs.Denied, "postgres.not_let_in")
	if err := try(with(append(mine, "sslcert", cert, "sslkey", key)...)); err != nil {
		t.Errorf("with a certificate of one's own: %v", err)
	}

	a.Serve(-time.Hour, "db.example")
	wantReason(t, try(with("sslmode", "verify-ca", "sslrootcert", a.Root)), errs.Denied, "postgres.certificate")
}
