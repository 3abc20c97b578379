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

// address is what a postgres:// URL itself says: "" where it is silent, and a
// service, the environment or a default decides.
type address struct{ host, port, user, password, database string }

// readAddress reads u. Drivers differ in whether host=, port=, user=, password=
// and dbname= win over the part before the question mark, so a URL that says both,
// differently, is refused: it must not be left to chance which database is replaced.
// So is a secret that a client tool could only be told where everybody sees it.
func readAddress(u *url.URL) (address, error) {
	var a address
	q := u.Query()
	if err := refuseSecrets(q); err != nil {
		return address{}, err
	}
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

// addressOf is where u leads: what it leaves open is filled in as the drivers do,
// from the service that it names, then libpq's environment, then by default. Two
// addresses of one server come out equal.
func addressOf(u *url.URL) (address, error) {
	a, err := readAddress(u)
	if err != nil {
		return a, err
	}
	service, err := serviceOf(u.Query())
	if err != nil {
		return a, err
	}
	if err := refuseSecrets(service); err != nil {
		return a, err
	}
	a.host, a.port = cmp.Or(a.host, service.Get("host")), cmp.Or(a.port, service.Get("port"), os.Getenv("PGPORT"), "5432")
	if u.Query().Has("hostaddr") || service.Has("hostaddr") || a.host == "" && os.Getenv("PGHOSTADDR") != "" {
		return a, errs.New(errs.Invalid, "target.hostaddr", nil) // to libpq it wins over the host, other drivers don't know it
	}
	a.host = cmp.Or(a.host, os.Getenv("PGHOST"), localHost)
	if a.user = cmp.Or(a.user, service.Get("user"), os.Getenv("PGUSER")); a.user == "" {
		if u, err := user.Current(); err == nil {
			a.user = u.Username
		}
	}
	a.database = cmp.Or(a.database, service.Get("dbname"), os.Getenv("PGDATABASE"), a.user)
	if strings.HasPrefix(a.host, "/") {
		a.host = path.Clean(a.host)
	} else if !strings.HasPrefix(a.host, "@") {
		a.host = strings.ToLower(a.host)
	}
	return a, nil
}

// refuseSecrets refuses parameters that hold a password besides the one of the role,
// such as that of a key. A saved connection would keep them in the clear, and the
// client tools take them in their arguments only.
func refuseSecrets(q url.Values) error {
	for name := range q {
		if name != "password" && strings.Contains(strings.ToLower(name), "password") {
			return errs.New(errs.Invalid, "target.secret_parameter", errs.Args{"parameter": name})
		}
	}
	return nil
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
