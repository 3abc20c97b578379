package appsettings

import (
	"cmp"
	"slices"
	"strings"
)

// prefixes are the families of names that applications use, the most telling first.
var prefixes = []string{"DB_", "DATABASE_", "POSTGRES_", "POSTGRESQL_", "PG", "PG_", "SQL_", "RDS_", ""}

// parts are the names of a database's parts in all families, by libpq's word.
var parts = map[string][]string{
	"dbname":      {"NAME", "DATABASE", "DB", "DBNAME", "DB_NAME"},
	"user":        {"USER", "USERNAME", "ROLE"},
	"password":    {"PASSWORD", "PASS", "PASSWD", "PWD"},
	"host":        {"HOST", "HOSTNAME", "SERVER"},
	"port":        {"PORT"},
	"sslmode":     {"SSLMODE", "SSL_MODE"},
	"sslrootcert": {"SSLROOTCERT", "SSL_ROOT_CERT", "SSL_CA"},
	"sslcert":     {"SSLCERT", "SSL_CERT"},
	"sslkey":      {"SSLKEY", "SSL_KEY"},
	"service":     {"SERVICE"},
	"engine":      {"ENGINE", "CONNECTION", "DRIVER", "TYPE", "DIALECT", "ADAPTER", "CLIENT"},
	"path":        {"PATH", "FILE", "FILENAME"},
}

// addresses are the names under which a URL stands, the most telling first.
var addresses = []string{"DATABASE_URL", "DB_URL", "POSTGRES_URL", "POSTGRESQL_URL", "PG_URL", "PGURL", "SQLALCHEMY_DATABASE_URI", "SQLALCHEMY_DATABASE_URL", "DATABASE_URI", "DB_URI",
	"DATABASE_DSN", "DB_DSN", "POSTGRES_DSN", "SPRING_DATASOURCE_URL", "DIRECT_URL"}

// ofVariables finds the database that variables name; ok says that there is one.
func ofVariables(vars variables, folder string) (f Found, ok bool, err error) {
	if address := vars.address(); address != "" {
		f, err = ofAddress(address, folder)
		if f.Password == "" && f.Connection.Kind != "" {
			f.Password = cmp.Or(vars["DB_PASSWORD"], vars["DATABASE_PASSWORD"], vars["PGPASSWORD"])
		}
		return f, true, err
	}
	found := map[string]string{}
	for _, prefix := range prefixes {
		family := vars.family(prefix)
		if prefix == "" && (len(found) > 0 || family["engine"] == "" && (family["dbname"] == "" || family["host"] == "" && family["user"] == "")) {
			continue // any application has a name
		}
		if name, other := found["dbname"], family["dbname"]; name != "" && other != "" && name != other {
			continue // of another database
		}
		for part, value := range family {
			found[part] = cmp.Or(found[part], value)
		}
		if strings.HasPrefix(prefix, "POSTGRES") && found["dbname"] == "" && family["user"] != "" {
			found["dbname"] = family["user"] // as the image of the server has it
		}
	}
	if len(found) == 0 || found["dbname"] == "" && found["host"] == "" && found["user"] == "" && found["service"] == "" && found["path"] == "" {
		for name := range vars {
			if strings.HasPrefix(name, "MYSQL_") || strings.HasPrefix(name, "MARIADB_") {
				return f, true, other(name)
			}
		}
		return f, false, nil
	}
	f, err = ofParts(found, folder)
	return f, true, err
}

// ofParts makes a connection of parts with libpq's names, an engine and a path.
func ofParts(found map[string]string, folder string) (Found, error) {
	named, path := found["engine"], cmp.Or(found["path"], found["dbname"])
	delete(found, "engine")
	delete(found, "path")
	kind := engineOf(named)
	if kind == unnamed && found["host"] == "" && found["user"] == "" && isSQLiteName(path) {
		kind = sqlite
	}
	switch kind {
	case foreign:
		return Found{}, other(named)
	case sqlite:
		return ofPath(path, folder)
	}
	return connect(found)
}

func (v variables) family(prefix string) map[string]string {
	found := map[string]string{}
	for part, names := range parts {
		for _, name := range names {
			if value := v[prefix+name]; value != "" && (prefix+name != "PATH") {
				found[part] = value
				break
			}
		}
	}
	return found
}

// address is the URL among the variables, or "".
func (v variables) address() string {
	for _, name := range addresses {
		if isAddress(v[name]) {
			return v[name]
		}
	}
	var names []string
	for name := range v {
		if strings.HasSuffix(name, "DATABASE_URL") && isAddress(v[name]) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return v[slices.Min(names)]
}
