package backup

import (
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"cofre/internal/errs"
)

// Target is a live database. It travels to every engine call; its URL may hold
// a password, so a Target is never logged or marshalled.
type Target struct {
	Kind Kind
	Name string // what the person calls it: connection name, database name or file name
	Path string // SQLite: absolute path
	URL  string // PostgreSQL: postgres:// URL, password included where known

	SSH     SSH     // PostgreSQL: the computer through which the server is reached
	Tunnels Tunnels // who leads there; needed to connect where SSH is used

	Label      string // the person's tag, such as "Production"
	Color      string // identity colour: wine, copper, teal, indigo, slate
	Production bool   // a restore asks to type the name

	BusyTimeout time.Duration // how long to wait for other programs' locks; 0 means DefaultBusyTimeout
	Around      Around        // what is done around a change
	ToolsDir    string        // PostgreSQL: folder with pg_dump and pg_restore that the person named, "" to search

	Choices Choices // what the person has decided about SQLite data that goes in here
}

// DefaultBusyTimeout is how long an operation waits for a database that another
// program has locked, unless the person says otherwise.
const DefaultBusyTimeout = 10 * time.Second

// Wait is BusyTimeout with its default.
func (t Target) Wait() time.Duration {
	if t.BusyTimeout > 0 {
		return t.BusyTimeout
	}
	return DefaultBusyTimeout
}

// ParseTarget reads what --db takes: a path, sqlite:///path, or
// postgres://user:pass@host:port/db?…. It opens no database. A relative path is
// made absolute. An error is errs.Invalid, or errs.NotFound for a connection service
// that is not there, and never repeats a password.
func ParseTarget(s string) (Target, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return Target{}, errs.New(errs.Invalid, "target.empty", nil)
	case hasScheme(s, "postgres"), hasScheme(s, "postgresql"):
		u, err := url.Parse(s)
		if err != nil {
			return Target{}, errs.New(errs.Invalid, "target.url", nil) // err would repeat the URL
		}
		a, err := addressOf(u)
		if err != nil {
			return Target{}, err
		}
		if head, tail, ok := strings.Cut(s, "?"); ok && u.RawQuery != "" {
			s = head + "?" + oneSpelling(u.RawQuery) + tail[len(u.RawQuery):]
		}
		return Target{Kind: PostgreSQL, Name: a.database, URL: u.Scheme + s[len(u.Scheme):]}, nil // drivers know the scheme in small letters only
	case hasScheme(s, "sqlite"), hasScheme(s, "sqlite3"):
		_, rest, _ := strings.Cut(s, "://")
		p, err := url.PathUnescape(rest)
		if err != nil {
			return Target{}, errs.New(errs.Invalid, "target.url", nil)
		}
		return sqliteTarget(p)
	case isURL(s):
		scheme, _, _ := strings.Cut(s, "://")
		return Target{}, errs.New(errs.Invalid, "target.scheme", errs.Args{"scheme": scheme})
	default:
		return sqliteTarget(s)
	}
}

func sqliteTarget(path string) (Target, error) {
	// sqlite:///C:/x on Windows arrives as /C:/x.
	if len(path) > 2 && path[0] == '/' && path[2] == ':' && filepath.VolumeName(path[1:]) != "" {
		path = path[1:]
	}
	if path == "" || strings.ContainsRune(path, 0) {
		return Target{}, errs.New(errs.Invalid, "target.empty", nil)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return Target{}, errs.New(errs.Invalid, "target.path", errs.Args{"path": path}).Because(err)
	}
	return Target{Kind: SQLite, Name: filepath.Base(abs), Path: abs}, nil
}

// Place says where the database is, without a secret: a path, or host:port with
// what the URL leaves open filled in, and the computer through which it is reached.
func (t Target) Place() string {
	if t.Kind == SQLite {
		return t.Path
	}
	a, err := t.address()
	if err != nil {
		return ""
	}
	if t.SSH.Used() {
		return a.place() + " via " + t.SSH.Address()
	}
	return a.place()
}

// Identity is the same for two targets that are the same database, as far as
// their addresses tell. It holds no secret.
func (t Target) Identity() string {
	if t.Kind == SQLite {
		if resolved, err := filepath.EvalSymlinks(t.Path); err == nil {
			return "sqlite:" + resolved
		}
		return "sqlite:" + t.Path
	}
	a, err := t.address()
	if err != nil {
		return "postgresql:"
	}
	if t.SSH.Used() { // the same address is another server from there
		return "postgresql:" + a.place() + "/" + a.database + "@" + strings.ToLower(t.SSH.Address())
	}
	return "postgresql:" + a.place() + "/" + a.database
}

// address is where the URL leads.
func (t Target) address() (address, error) {
	u, err := url.Parse(t.URL)
	if err != nil {
		return address{}, errs.New(errs.Invalid, "target.url", nil) // err would repeat the URL
	}
	return addressOf(u)
}

// Parameters are those of a PostgreSQL target's URL, and of the connection service
// that it or the environment names where the URL is silent. An error is one that
// ParseTarget has, too.
func (t Target) Parameters() (url.Values, error) {
	if _, err := t.address(); err != nil {
		return nil, err
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return nil, errs.New(errs.Invalid, "target.url", nil)
	}
	q := u.Query()
	service, err := serviceOf(q)
	for key, values := range service {
		if !q.Has(key) {
			q[key] = values
		}
	}
	return q, err
}

func hasScheme(s, scheme string) bool {
	return len(s) > len(scheme)+3 && strings.EqualFold(s[:len(scheme)], scheme) && s[len(scheme):len(scheme)+3] == "://"
}

func isURL(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	if !ok || scheme == "" {
		return false
	}
	return strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+.-") == ""
}
