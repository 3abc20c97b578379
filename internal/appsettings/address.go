package appsettings

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// isAddress says whether text is one URL and nothing else.
func isAddress(text string) bool {
	_, ok := schemeOf(text)
	return ok && !strings.ContainsAny(text, " \t\n")
}

// schemeOf is what comes before "://" in an address, without the driver that some
// programs add (postgresql+psycopg2) or put before it (jdbc:).
func schemeOf(address string) (string, bool) {
	scheme, _, ok := strings.Cut(address, "://")
	scheme = strings.TrimPrefix(strings.ToLower(scheme), "jdbc:")
	scheme, _, _ = strings.Cut(scheme, "+")
	return scheme, ok && scheme != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// ofAddress reads a URL.
func ofAddress(address, folder string) (Found, error) {
	scheme, _ := schemeOf(address)
	_, rest, _ := strings.Cut(address, "://")
	switch engineOf(scheme) {
	case sqlite:
		path, _, _ := strings.Cut(rest, "?")
		path, err := url.PathUnescape(path)
		if err != nil {
			return Found{}, errs.New(errs.Invalid, "target.url", nil)
		}
		// Most programs take three slashes before a relative path, and four before one from the root.
		switch rooted, near := strings.HasPrefix(path, "//"), strings.TrimPrefix(path, "/"); {
		case rooted, filepath.VolumeName(near) != "", folder != "" && !exists(path):
			path = near
		}
		return ofPath(path, folder)
	case foreign:
		return Found{}, other(scheme)
	case unnamed:
		return Found{}, errs.New(errs.Invalid, "target.scheme", errs.Args{"scheme": scheme})
	}
	u, err := url.Parse("postgres://" + rest)
	if err != nil {
		return Found{}, errs.New(errs.Invalid, "target.url", nil) // err would repeat the URL
	}
	var f Found
	var kept []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		key, _, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(key)
		switch {
		case pair == "":
		case err == nil && (keywords[key] || key == "database"):
			kept = append(kept, pair)
		case pair == "ssl=true": // of JDBC and of Node.js
			kept = append(kept, "sslmode=require")
		default:
			f.Ignored = append(f.Ignored, key)
		}
	}
	u.RawQuery = strings.Join(kept, "&")
	f.Password, err = f.Connection.ReadURL(u.String())
	return f, err
}

// connect makes a connection of parameters as libpq calls them.
func connect(parameters map[string]string) (Found, error) {
	var f Found
	q := url.Values{}
	for key, value := range parameters {
		switch {
		case value == "":
		case keywords[key]:
			q.Set(key, value)
		default:
			f.Ignored = append(f.Ignored, key)
		}
	}
	var err error
	f.Password, err = f.Connection.ReadURL("postgres:///?" + q.Encode())
	return f, err
}

// ofPath names a SQLite file.
func ofPath(path, folder string) (Found, error) {
	if strings.Contains(path, ":memory:") || path == "" {
		return Found{}, errs.New(errs.Invalid, "settings.memory", nil)
	}
	if folder != "" && !filepath.IsAbs(path) {
		// Django's files lie in the folder of the project, one above that of its settings.
		near, above := filepath.Join(folder, path), filepath.Join(filepath.Dir(folder), path)
		if path = near; !exists(near) && exists(above) {
			path = above
		}
	}
	return Found{Connection: backup.Connection{Kind: backup.SQLite, Path: path}}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func isSQLiteName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".sqlite3", ".sqlite", ".db", ".db3":
		return true
	}
	return false
}

// keywords are the parameters that PostgreSQL's own tools know.
var keywords = func() map[string]bool {
	known := map[string]bool{}
	for name := range strings.FieldsSeq(`host hostaddr port dbname user password passfile connect_timeout client_encoding options application_name
		fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout replication gssencmode
		sslmode requiressl sslnegotiation sslcompression sslcert sslkey sslpassword sslcertmode sslrootcert sslcrl sslcrldir sslsni
		requirepeer ssl_min_protocol_version ssl_max_protocol_version krbsrvname gsslib gssdelegation service servicefile
		target_session_attrs load_balance_hosts channel_binding require_auth`) {
		known[name] = true
	}
	return known
}()
