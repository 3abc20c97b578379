package appsettings

import (
	"strings"

	"cofre/internal/errs"
)

type engine int

const (
	unnamed engine = iota
	postgres
	sqlite
	foreign
)

// others are databases that Cofre does not know, by a part of what drivers call them.
var others = [][2]string{
	{"mysql", "MySQL"}, {"maria", "MariaDB"}, {"mssql", "SQL Server"}, {"sqlserver", "SQL Server"}, {"sql_server", "SQL Server"}, {"oracle", "Oracle"},
	{"mongo", "MongoDB"}, {"cockroach", "CockroachDB"}, {"redis", "Redis"}, {"firebird", "Firebird"}, {"db2", "Db2"}, {"clickhouse", "ClickHouse"},
}

// engineOf reads the name of a scheme, a driver or a backend: "pgsql",
// "django.db.backends.sqlite3", "postgis". What it does not know is unnamed.
func engineOf(name string) engine {
	name = strings.ToLower(name)
	switch {
	case name == "":
		return unnamed
	case otherName(name) != "":
		return foreign
	case strings.Contains(name, "sqlite"), strings.Contains(name, "spatialite"), name == "file":
		return sqlite
	case strings.Contains(name, "postg"), strings.Contains(name, "psycopg"), strings.Contains(name, "pgsql"), name == "psql", name == "pg", name == "timescale", name == "timescaledb":
		return postgres
	}
	return unnamed
}

// other refuses a database that Cofre does not work with, by its name.
func other(name string) error {
	return errs.New(errs.Invalid, "settings.other_engine", errs.Args{"engine": otherName(strings.ToLower(name))})
}

func otherName(name string) string {
	for _, o := range others {
		if strings.Contains(name, o[0]) {
			return o[1]
		}
	}
	return ""
}
