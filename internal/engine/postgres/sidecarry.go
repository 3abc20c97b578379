package postgres

import (
	"context"
	"fmt"
	"strings"
)

// carry gives the database to what the server keeps of the database from beside its
// content: owner, privileges, settings, connection limit, security labels. In the
// running transaction; the comment waits for the swap, since until then it is the
// mark of a side database.
func (s *session) carry(ctx context.Context, from, to string) error {
	for _, form := range []string{
		`SELECT pg_catalog.format('ALTER DATABASE %I OWNER TO %I', t.datname, pg_catalog.pg_get_userbyid(f.datdba))
			FROM pg_catalog.pg_database f, pg_catalog.pg_database t WHERE f.datname = $1 AND t.datname = $2 AND f.datdba <> t.datdba`,
		databaseGrants,
		`SELECT pg_catalog.format('ALTER DATABASE %I CONNECTION LIMIT %s', $2::text, datconnlimit) FROM pg_catalog.pg_database WHERE datname = $1`,
		`SELECT pg_catalog.format('SECURITY LABEL FOR %I ON DATABASE %I IS %L', l.provider, $2::text, l.label) FROM pg_catalog.pg_shseclabel l
			JOIN pg_catalog.pg_database f ON f.oid = l.objoid WHERE l.classoid = 'pg_catalog.pg_database'::regclass AND f.datname = $1`,
	} {
		statements, err := s.text(ctx, form, from, to)
		if err != nil {
			return err
		}
		if err := s.script(ctx, strings.Join(statements, ";\n")); err != nil {
			return err
		}
	}
	return s.carrySettings(ctx, from, to, func(string) bool { return true })
}

// databaseGrants takes away what is granted on $2 and not on $1, then grants what is missing.
const databaseGrants = `
WITH two AS (
	SELECT d.datname, a.grantee, a.privilege_type AS privilege, a.is_grantable AS option
	FROM pg_catalog.pg_database d, LATERAL pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a WHERE d.datname IN ($1, $2)
), wanted AS (SELECT grantee, privilege, option FROM two WHERE datname = $1),
granted AS (SELECT grantee, privilege, option FROM two WHERE datname = $2),
changes AS (
	SELECT 1 AS place, 'REVOKE %s ON DATABASE %I FROM %s CASCADE' AS form, x.* FROM (SELECT * FROM granted EXCEPT SELECT * FROM wanted) x
	UNION ALL
	SELECT 2, 'GRANT %s ON DATABASE %I TO %s' || CASE WHEN x.option THEN ' WITH GRANT OPTION' ELSE '' END, x.* FROM (SELECT * FROM wanted EXCEPT SELECT * FROM granted) x
)
SELECT pg_catalog.format(form, pg_catalog.string_agg(privilege, ', ' ORDER BY privilege), $2::text, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM changes GROUP BY place, form, grantee, option ORDER BY place`

// carrySettings replaces the settings of a database, and of roles in it, by those
// of another that are wanted.
func (s *session) carrySettings(ctx context.Context, from, to string, wanted func(name string) bool) error {
	statements, err := s.text(ctx, `SELECT CASE s.setrole WHEN 0 THEN pg_catalog.format('ALTER DATABASE %I RESET ALL', $1::text)
			ELSE pg_catalog.format('ALTER ROLE %s IN DATABASE %I RESET ALL', s.setrole::regrole, $1::text) END
		FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase WHERE d.datname = $1`, to)
	if err != nil {
		return err
	}
	rows, err := s.Query(ctx, `SELECT CASE s.setrole WHEN 0 THEN pg_catalog.format('ALTER DATABASE %I', $2::text)
			ELSE pg_catalog.format('ALTER ROLE %s IN DATABASE %I', s.setrole::regrole, $2::text) END, pg_catalog.unnest(s.setconfig)
		FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase WHERE d.datname = $1`, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var whose, setting string
		if err := rows.Scan(&whose, &setting); err != nil {
			return err
		}
		name, value, _ := strings.Cut(setting, "=")
		if wanted(name) {
			statements = append(statements, fmt.Sprintf("%s SET %s TO %s", whose, quote(strings.Split(name, ".")...), settingValue(name, value)))
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.script(ctx, strings.Join(statements, ";\n"))
}

// lists are the settings whose stored value is a list of quoted names
// (GUC_LIST_QUOTE): written as one text they would become one name.
var lists = map[string]bool{"search_path": true, "temp_tablespaces": true, "local_preload_libraries": true,
	"session_preload_libraries": true, "shared_preload_libraries": true, "unix_socket_directories": true}

func settingValue(name, value string) string {
	if !lists[strings.ToLower(name)] {
		return literal(value)
	}
	elements := splitNames(value)
	for i, element := range elements {
		elements[i] = literal(element)
	}
	if len(elements) == 0 {
		return "''"
	}
	return strings.Join(elements, ", ")
}

// splitNames reads a list of names as the server does: quoted, or in lower case.
func splitNames(list string) (names []string) {
	var name strings.Builder
	quoted, some := false, false
	end := func() {
		if some {
			names = append(names, name.String())
		}
		name.Reset()
		some = false
	}
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == '"' && quoted && i+1 < len(list) && list[i+1] == '"':
			name.WriteByte(c)
			i++
		case c == '"':
			quoted, some = !quoted, true
		case quoted:
			name.WriteByte(c)
		case c == ',':
			end()
		case c != ' ' && c != '\t' && c != '\n':
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			name.WriteByte(c)
			some = true
		}
	}
	end()
	return names
}

// literal quotes a text for any setting of standard_conforming_strings.
func literal(text string) string {
	quoted := strings.ReplaceAll(text, "'", "''")
	if strings.Contains(text, `\`) {
		return " E'" + strings.ReplaceAll(quoted, `\`, `\\`) + "'"
	}
	return "'" + quoted + "'"
}
