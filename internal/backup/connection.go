package backup

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"time"

	"cofre/internal/errs"
)

// Connection is a database that a person has saved. It holds no password: that
// is kept by the secret store under the connection's ID.
type Connection struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind Kind   `json:"kind"`

	Path string `json:"path,omitempty"` // SQLite

	Host     string            `json:"host,omitempty"` // PostgreSQL: name, address or folder of a socket
	Port     int               `json:"port,omitempty"`
	Database string            `json:"database,omitempty"`
	User     string            `json:"user,omitempty"`
	TLS      string            `json:"tls,omitempty"`    // sslmode
	Params   map[string]string `json:"params,omitempty"` // further parameters of the URL, such as sslrootcert
	SSH      SSH               `json:"ssh,omitzero"`     // its Secret is kept by the secret store, too

	Label       string `json:"label,omitempty"`
	Color       string `json:"color,omitempty"`
	Production  bool   `json:"production,omitempty"`
	WaitSeconds int    `json:"wait_seconds,omitempty"`
	ToolsDir    string `json:"tools_dir,omitempty"`
	Around      Around `json:"around,omitzero"`

	Choices   Choices   `json:"choices,omitzero"`   // about migrations into it
	Retention Retention `json:"retention,omitzero"` // which of its backups stay
	Watch     Watch     `json:"watch,omitzero"`     // when it is backed up because it has changed

	// BringBack restores the last good backup by itself at start, where the database is
	// empty or missing and nobody is known to have emptied it.
	BringBack bool `json:"bring_back,omitempty"`

	Active bool `json:"-"` // at most one is
}

// Connections keeps connections in state.db.
type Connections interface {
	// All returns them by name.
	All(ctx context.Context) ([]Connection, error)
	// Put adds c or replaces the one with its ID; Active is not changed.
	Put(ctx context.Context, c Connection) error
	// Delete forgets it. Twice is harmless.
	Delete(ctx context.Context, id string) error
	// Activate makes it the active one, or returns errs.NotFound.
	Activate(ctx context.Context, id string) error
}

// Target is the database that c names, reached with that password.
func (c Connection) Target(password string) Target {
	t := Target{Kind: c.Kind, Name: c.Name, Path: c.Path, Label: c.Label, Color: c.Color, Production: c.Production,
		BusyTimeout: time.Duration(c.WaitSeconds) * time.Second, ToolsDir: c.ToolsDir, Around: c.Around, Choices: c.Choices}
	if c.Kind == PostgreSQL {
		t.URL, t.SSH = c.url(password), c.SSH
	}
	return t
}

func (c Connection) url(password string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + c.Database}
	switch {
	case c.User != "" && password != "":
		u.User = url.UserPassword(c.User, password)
	case c.User != "":
		u.User = url.User(c.User)
	}
	q := url.Values{}
	for k, v := range c.Params {
		q.Set(k, v)
	}
	if c.User == "" && password != "" { // a user that is not named here may be named elsewhere
		q.Set("password", password)
	}
	if c.TLS != "" {
		q.Set("sslmode", c.TLS)
	}
	port := ""
	if c.Port != 0 {
		port = strconv.Itoa(c.Port)
	}
	switch {
	case len(c.Host) > 0 && (c.Host[0] == '/' || c.Host[0] == '@'): // a socket's folder can't stand in the authority
		q.Set("host", c.Host)
		if port != "" {
			q.Set("port", port)
		}
	case port != "":
		u.Host = net.JoinHostPort(c.Host, port)
	default:
		u.Host = c.Host
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// ReadURL fills the PostgreSQL fields of c from a URL and returns the password
// that was in it. The error never repeats the URL.
func (c *Connection) ReadURL(s string) (password string, err error) {
	t, err := ParseTarget(s)
	if err != nil {
		return "", err
	}
	if t.Kind != PostgreSQL {
		return "", errs.New(errs.Invalid, "target.not_postgres", nil)
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return "", errs.New(errs.Invalid, "target.url", nil)
	}
	a, err := readAddress(u)
	if err != nil {
		return "", err
	}
	port := 0
	if a.port != "" {
		if port, err = strconv.Atoi(a.port); err != nil || port < 1 || port > 65535 {
			return "", errs.New(errs.Invalid, "connection.port", nil)
		}
	}
	q := u.Query()
	tls := q.Get("sslmode")
	for _, name := range []string{"host", "port", "user", "password", "dbname", "sslmode"} {
		q.Del(name)
	}
	var params map[string]string
	for name := range q {
		if params == nil {
			params = map[string]string{}
		}
		params[name] = q.Get(name)
	}
	c.Kind, c.Host, c.Port, c.User, c.Database, c.TLS, c.Params = PostgreSQL, a.host, port, a.user, t.Name, tls, params
	return a.password, nil
}
