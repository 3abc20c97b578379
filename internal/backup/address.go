package backup

import (
	"cmp"
	"net"
	"net/url"
	"os"
	"os/user"
	"path"
	"strings"

	"cofre/internal/errs"
)

// address is what a postgres:// URL itself says: "" where it is silent, and the
// environment or a default decides.
type address struct{ host, port, user, password, database string }

// readAddress reads u. Drivers differ in whether host=, port=, user=, password=
// and dbname= win over the part before the question mark, so a URL that says both,
// differently, is refused: it must not be left to chance which database is replaced.
func readAddress(u *url.URL) (address, error) {
	var a address
	q := u.Query()
	password, _ := u.User.Password()
	for _, part := range []struct {
		name  string
		into  *string
		plain string // as it stands before the question mark
		keys  []string
	}{
		{"host", &a.host, u.Hostname(), []string{"host"}},
		{"port", &a.port, u.Port(), []string{"port"}},
		{"user", &a.user, u.User.Username(), []string{"user"}},
		{"password", &a.password, password, []string{"password"}},
		{"database", &a.database, strings.TrimPrefix(u.Path, "/"), []string{"dbname", "database"}},
	} {
		said := part.plain
		for _, key := range part.keys {
			for _, value := range q[key] {
				if said != "" && value != said {
					return address{}, errs.New(errs.Invalid, "target.twice", errs.Args{"part": part.name})
				}
				said = value
			}
		}
		*part.into = said
	}
	return a, nil
}

// localHost stands for the socket that is used where no host is named.
const localHost = "local"

// resolved fills in what the URL leaves open, as the drivers do: from libpq's
// environment, then by default. Two addresses of one server come out equal.
func (a address) resolved() address {
	a.host = cmp.Or(a.host, os.Getenv("PGHOST"), localHost)
	a.port = cmp.Or(a.port, os.Getenv("PGPORT"), "5432")
	if a.user = cmp.Or(a.user, os.Getenv("PGUSER")); a.user == "" {
		if u, err := user.Current(); err == nil {
			a.user = u.Username
		}
	}
	a.database = cmp.Or(a.database, os.Getenv("PGDATABASE"), a.user)
	if strings.HasPrefix(a.host, "/") {
		a.host = path.Clean(a.host)
	} else if !strings.HasPrefix(a.host, "@") {
		a.host = strings.ToLower(a.host)
	}
	return a
}

// place is host:port, or socket:port.
func (a address) place() string { return net.JoinHostPort(a.host, a.port) }

// oneSpelling returns query with each spelling of dbname= as that one: what
// replaces the database of a URL has one parameter to look for. Values stay as they
// are written, since to libpq a plus sign is no space.
func oneSpelling(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		if key, err := url.QueryUnescape(key); err == nil && (key == "database" || key == "dbname") {
			pairs[i] = "dbname=" + value
		}
	}
	return strings.Join(pairs, "&")
}
