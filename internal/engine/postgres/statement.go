package postgres

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"cofre/internal/errs"
)

// kind is what a statement of a backup is to a restore.
type kind int

const (
	definition       kind = iota // CREATE, ALTER, COMMENT …: an object
	loading                      // INSERT, SELECT setval, lowrite …
	copying                      // COPY … FROM stdin
	setting                      // SET
	passing                      // transaction control and roles, which are the restore's own
	access                       // owners, grants, default privileges
	newSchema                    // CREATE SCHEMA
	newExtension                 // CREATE EXTENSION
	extensionComment             // COMMENT ON EXTENSION
)

// plainIdentifier has letters of either case: without (?-i) a pattern that ignores
// case would look up the other case of all of Unicode when it is compiled.
const plainIdentifier = `(?-i:"(?:[^"]|"")+"|[\w$\x{80}-\x{10FFFF}]+)`

const identifier = `(` + plainIdentifier + `)`

// qualified is one or more identifiers with dots between them.
const qualified = `(` + plainIdentifier + `(?:\.` + plainIdentifier + `)*)`

var (
	copyPattern      = regexp.MustCompile(`(?i)^COPY ` + qualified + `\s*(?:\((` + plainIdentifier + `(?:\s*,\s*` + plainIdentifier + `)*)\))?\s*FROM stdin$`)
	schemaPattern    = regexp.MustCompile(`(?i)^CREATE SCHEMA (?:IF NOT EXISTS )?` + identifier + `(?: AUTHORIZATION ` + identifier + `)?$`)
	extensionPattern = regexp.MustCompile(`(?i)^CREATE EXTENSION (?:IF NOT EXISTS )?` + identifier + `(?: WITH)?(?: SCHEMA ` + identifier + `)?`)
	ownerPattern     = regexp.MustCompile(`(?is)^ALTER .* OWNER TO ` + identifier + `$`)
	settingPattern   = regexp.MustCompile(`(?i)^SET ([\w.]+)\s*(?:=|TO)\s*(.*)$`)
	itemPattern      = regexp.MustCompile(`(?is)^(?:CREATE (?:UNIQUE )?INDEX |ALTER TABLE (?:ONLY )?|CREATE [A-Z ]*?(?:TABLE|VIEW|SEQUENCE|FUNCTION|TYPE|DOMAIN|TRIGGER|POLICY) |REFRESH MATERIALIZED VIEW |COPY |INSERT INTO )` + qualified)
)

// kindOf says what a statement is. What a backup has no reason to hold, and what
// would end the transaction or reach outside the database, is errs.Invalid.
func kindOf(statement string) (kind, error) {
	first, rest := word(statement)
	second, third := word(rest)
	refused := func() (kind, error) {
		return 0, errs.New(errs.Invalid, "postgres.foreign_statement", errs.Args{"statement": strings.TrimSpace(first + " " + second)})
	}
	switch first {
	case "COPY":
		if copyPattern.MatchString(statement) {
			return copying, nil
		}
		return refused() // from a file or a program of the server
	case "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE", "CALL", "VACUUM", "LOAD":
		return refused()
	case "BEGIN", "START", "COMMIT", "END", "RESET":
		return passing, nil
	case "SET":
		if second == "ROLE" || second == "SESSION" {
			return passing, nil
		}
		return setting, nil
	case "SELECT", "INSERT", "UPDATE", "DELETE":
		return loading, nil
	case "GRANT", "REVOKE":
		return access, nil
	case "COMMENT":
		switch object, _ := word(third); object {
		case "EXTENSION":
			return extensionComment, nil
		case "DATABASE":
			return passing, nil // of the database that was dumped
		}
	case "CREATE", "ALTER", "DROP":
		return kindOfDefinition(statement, first, second, third, refused)
	}
	return definition, nil
}

func kindOfDefinition(statement, first, second, rest string, refused func() (kind, error)) (kind, error) {
	third, _ := word(rest)
	switch {
	case second == "DATABASE":
		return passing, nil // pg_dump --create names the database that was dumped
	case second == "SYSTEM", second == "ROLE", second == "TABLESPACE", second == "USER" && third != "MAPPING":
		return refused() // of the whole server, not of this database
	case second == "SCHEMA" && schemaPattern.MatchString(statement):
		return newSchema, nil
	case second == "EXTENSION" && first == "CREATE":
		return newExtension, nil
	case first == "ALTER" && (second == "DEFAULT" || ownerPattern.MatchString(statement)):
		return access, nil
	}
	return definition, nil
}

// word splits off the first word, in capitals.
func word(s string) (first, rest string) {
	s = strings.TrimLeft(s, " \t\r\n")
	i := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if i < 0 {
		i = len(s)
	}
	return strings.ToUpper(s[:i]), strings.TrimLeft(s[i:], " \t\r\n")
}

// heavy are statements that may take long, and are shown while they run.
func heavy(statement string) bool {
	first, rest := word(statement)
	second, _ := word(rest)
	switch first {
	case "CREATE":
		return second == "INDEX" || second == "UNIQUE"
	case "ALTER":
		return second == "TABLE" && strings.Contains(statement, " ADD CONSTRAINT ")
	}
	return first == "REFRESH"
}

// item is what a statement works on, as a person would name it.
func item(statement string) string {
	match := itemPattern.FindStringSubmatch(statement)
	if match == nil {
		return ""
	}
	return unquoted(match[1])
}

// unquoted reads identifiers as the server would.
func unquoted(name string) string {
	if !strings.Contains(name, `"`) {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(name, `""`, "\x00"), `"`, ""), "\x00", `"`)
}

// rehearse reads a whole script and says whether a restore would take every
// statement of it. It runs none.
func rehearse(ctx context.Context, s *script) error {
	for ctx.Err() == nil {
		statement, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		kind, err := kindOf(statement)
		if err != nil {
			return err
		}
		if kind != copying {
			continue
		}
		rows, err := s.rows(func(int64) {})
		if err == nil {
			_, err = io.Copy(io.Discard, rows)
		}
		if err != nil {
			return errs.New(errs.Corrupt, "postgres.script_cut", nil).Because(err)
		}
	}
	return ctx.Err()
}
