package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cofre/internal/errs"
)

// player runs the statements of a backup in the session's transaction.
type player struct {
	session *session
	script  *script
	role    string // new objects belong to it; "" for the connecting role
	foreign bool   // the backup is of another database: its owners and grants mean nothing here
	tell    func(item string, rows int64)

	settings        map[string]bool   // that this server knows
	tablespaces     map[string]bool   // that this server has
	installed       map[string]string // extensions that are here, and their schemas
	schemas         map[string]bool   // that the backup has
	extensionTables map[string]bool   // written as the connecting role

	access  []string // owners and grants, for the end
	events  []string // event triggers, for the very end: they would fire for all else
	path    string   // search_path and client_encoding by which they are understood
	spelled string
	waiting []string // statements to be sent together
	size    int
	copied  int64
}

const together = 64 << 10 // bytes of small statements that are sent at once

// newPlayer asks what the server knows and has.
func newPlayer(ctx context.Context, s *session, src *source, role string) (*player, error) {
	p := &player{session: s, script: newScript(src), role: role, foreign: !src.access, tell: func(string, int64) {}, installed: map[string]string{}, schemas: map[string]bool{}, extensionTables: map[string]bool{}}
	for _, known := range []struct {
		names *map[string]bool
		sql   string
	}{
		{&p.settings, "SELECT name FROM pg_catalog.pg_settings"},
		{&p.tablespaces, "SELECT spcname::text FROM pg_catalog.pg_tablespace"},
	} {
		names, err := s.text(ctx, known.sql)
		if err != nil {
			return nil, err
		}
		*known.names = make(map[string]bool, len(names))
		for _, name := range names {
			(*known.names)[name] = true
		}
	}
	rows, err := s.Query(ctx, `SELECT extname::text, nspname::text
		FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace`)
	if err != nil {
		return nil, err
	}
	var name, home string
	_, err = pgx.ForEachRow(rows, []any{&name, &home}, func() error { p.installed[name] = home; return nil })
	return p, err
}

// play runs the whole script. On an error the transaction is only good for a rollback.
func (p *player) play(ctx context.Context) error {
	if err := p.perform(ctx); err != nil {
		return err
	}
	return p.grant(ctx)
}

// perform runs the script but for owners and grants, which it keeps for grant.
func (p *player) perform(ctx context.Context) error {
	if err := p.become(ctx); err != nil {
		return err
	}
	for {
		statement, err := p.script.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		kind, err := kindOf(statement)
		if err != nil {
			return err
		}
		if err := p.one(ctx, kind, statement); err != nil {
			return err
		}
	}
	if err := p.flush(ctx); err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	return p.connected(ctx)
}

// unserved are the states of a role that is not here, or not ours to serve.
var unserved = []string{"42704", "42501"}

// grant gives what was made the owners and grants of the backup.
func (p *player) grant(ctx context.Context) error {
	p.role = "" // what follows is the connecting role's to do
	for _, statement := range p.access {
		if err := p.alone(ctx, statement, unserved...); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) one(ctx context.Context, kind kind, statement string) error {
	if (kind == definition || kind == access && !p.foreign) && eventPattern.MatchString(statement) {
		p.events = append(p.events, statement)
		return nil
	}
	switch kind {
	case passing:
		return nil
	case access:
		if !p.foreign {
			p.access = append(p.access, statement)
		}
		return nil
	case copying:
		return p.copy(ctx, statement)
	case newSchema:
		return p.newSchema(ctx, schemaPattern.FindStringSubmatch(statement)[1])
	case newExtension:
		return p.newExtension(ctx, statement)
	case extensionComment:
		return p.asConnected(ctx, statement, "42501") // whoever owns the extension has said it already
	case setting:
		if statement = p.known(statement); statement == "" {
			return nil
		}
	case definition:
		if serverQuirk.MatchString(statement) {
			return nil
		}
	}
	atOnce := heavy(statement)
	if atOnce || p.size+len(statement) > together {
		if err := p.flush(ctx); err != nil {
			return err
		}
	}
	p.waiting = append(p.waiting, statement)
	p.size += len(statement)
	if atOnce || setsEncoding(statement) { // what follows is understood as the session has it: see shown
		return p.flush(ctx)
	}
	return nil
}

func setsEncoding(statement string) bool {
	match := settingPattern.FindStringSubmatch(statement)
	return match != nil && strings.EqualFold(match[1], "client_encoding")
}

// serverQuirk is an option that Debian's PostgreSQL 15.20 keeps in its catalogue
// and that newer pg_dump writes out, though no server takes it.
var serverQuirk = regexp.MustCompile(`(?s)^ALTER TABLE .* ALTER COLUMN .* SET \(pg_attver=\d+\)$`)

// known returns a SET that this server accepts, or "": an archive may come from
// a newer one.
func (p *player) known(statement string) string {
	match := settingPattern.FindStringSubmatch(statement)
	if match == nil {
		return ""
	}
	name, value := strings.ToLower(match[1]), match[2]
	switch {
	case !p.settings[name] && !strings.Contains(name, "."):
		return ""
	case name == "default_tablespace" && value != "''" && !p.tablespaces[p.session.shown(unquoted(value))]:
		return "SET default_tablespace = ''" // objects go where the database is
	}
	return statement
}

// newSchema makes a schema that belongs to the role, though it may have no right
// to make one. One that is here was emptied, and keeps its owner and its grants.
func (p *player) newSchema(ctx context.Context, name string) error {
	p.schemas[p.session.shown(unquoted(name))] = true
	sql := "CREATE SCHEMA IF NOT EXISTS " + name
	if p.role != "" {
		sql += " AUTHORIZATION " + quote(p.role)
	}
	return p.asConnected(ctx, sql)
}

// become makes new objects belong to the role.
func (p *player) become(ctx context.Context) error {
	if p.role == "" {
		return nil
	}
	return p.session.script(ctx, "SET LOCAL ROLE "+quote(p.role))
}

// connected returns to the connecting role.
func (p *player) connected(ctx context.Context) error {
	if p.role == "" {
		return nil
	}
	return p.session.script(ctx, "RESET ROLE")
}

// copy sends the rows that follow a COPY statement.
func (p *player) copy(ctx context.Context, statement string) error {
	if err := p.flush(ctx); err != nil {
		return err
	}
	name := copyPattern.FindStringSubmatch(statement)[1]
	shown := unquoted(name)
	before := p.copied
	source, err := p.script.rows(func(n int64) { p.tell(shown, before+n) })
	if err != nil {
		return err
	}
	if p.extensionTables[name] {
		if err := p.connected(ctx); err != nil {
			return err
		}
	}
	tag, err := p.session.PgConn().CopyFrom(ctx, source, statement)
	if source.broken != nil && ctx.Err() == nil {
		return source.broken // of which the server only says that the rows ended early
	}
	if err != nil {
		return p.failed(ctx, statement, err)
	}
	if tag.RowsAffected() != source.rows {
		return errs.New(errs.Corrupt, "postgres.rows_lost", errs.Args{"table": shown, "sent": source.rows, "stored": tag.RowsAffected()})
	}
	p.copied = before + source.rows
	if p.extensionTables[name] {
		return p.become(ctx)
	}
	return nil
}

// flush sends the statements that wait. If one of them fails, they are tried one
// by one, which tells which it was, and whether the connecting role may do what
// the owner of the objects may not.
func (p *player) flush(ctx context.Context) error {
	if len(p.waiting) == 0 {
		return nil
	}
	waiting := p.waiting
	p.waiting, p.size = nil, 0
	p.tell(item(waiting[0]), p.copied)
	err := p.guarded(ctx, waiting...)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	if err := p.back(ctx); err != nil {
		return err
	}
	for _, statement := range waiting {
		if err := p.alone(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// guarded runs statements behind a savepoint, sent together but each as a message of
// its own: of a text that holds several, a server that can't parse one runs none, and
// the savepoint would not be there to go back to.
func (p *player) guarded(ctx context.Context, statements ...string) error {
	var b pgconn.Batch
	b.ExecParams("SAVEPOINT cofre", nil, nil, nil, nil)
	for _, sql := range statements {
		b.ExecParams(sql, nil, nil, nil, nil)
	}
	b.ExecParams("RELEASE cofre", nil, nil, nil, nil)
	return p.session.PgConn().ExecBatch(ctx, &b).Close()
}

func (p *player) back(ctx context.Context) error {
	return p.session.script(ctx, "ROLLBACK TO SAVEPOINT cofre; RELEASE SAVEPOINT cofre")
}

// alone runs one statement; errors with one of the states are no failure. A
// definition that the owner of the objects may not make (an event trigger, a
// function in C) is made by the connecting role. The server has many words for
// "only a superuser may", so any refusal is worth the second try.
func (p *player) alone(ctx context.Context, statement string, pass ...string) error {
	err := p.try(ctx, statement, false)
	if state(err) != "" && ctx.Err() == nil && p.role != "" && defines(statement) && p.try(ctx, statement, true) == nil {
		return nil
	}
	return p.unless(ctx, pass, statement, err)
}

// asConnected runs one statement as the connecting role, after those that wait.
func (p *player) asConnected(ctx context.Context, statement string, pass ...string) error {
	if err := p.flush(ctx); err != nil {
		return err
	}
	return p.unless(ctx, pass, statement, p.try(ctx, statement, true))
}

func (p *player) unless(ctx context.Context, pass []string, statement string, err error) error {
	if err == nil || slices.Contains(pass, state(err)) {
		return nil
	}
	return p.failed(ctx, statement, err)
}

// try runs a statement; when it fails the transaction is as before it.
func (p *player) try(ctx context.Context, statement string, connected bool) error {
	statements := []string{statement}
	if connected && p.role != "" {
		statements = []string{"RESET ROLE", statement, "SET LOCAL ROLE " + quote(p.role)}
	}
	err := p.guarded(ctx, statements...)
	if err != nil && ctx.Err() == nil {
		if back := p.back(ctx); back != nil {
			return back
		}
	}
	return err
}

// state is the SQLSTATE of a server's error, "" for any other.
func state(err error) string {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return said.Code
	}
	return ""
}

// defines says whether a statement describes an object and computes nothing. What
// computes (a table made of a query, an index, a constraint that is checked) calls
// functions of the backup, and never runs with more rights than the objects' owner
// has.
func defines(statement string) bool {
	first, rest := word(statement)
	switch first {
	case "COMMENT", "SECURITY":
		return true
	case "CREATE", "ALTER":
		what, rest := word(rest)
		if what == "OR" { // REPLACE
			_, rest = word(rest)
			what, rest = word(rest)
		}
		if what == "AGGREGATE" { // its first value is read by its type, which may be the backup's
			return !strings.Contains(strings.ToUpper(rest), "INITCOND")
		}
		return inert[what]
	}
	return false
}

// inert are the kinds of object whose definition calls nothing.
var inert = map[string]bool{
	"ACCESS": true, "CAST": true, "COLLATION": true, "CONVERSION": true, "EVENT": true, "FOREIGN": true, "FUNCTION": true, "OPERATOR": true,
	"PROCEDURE": true, "PUBLICATION": true, "SCHEMA": true, "SERVER": true, "TEXT": true, "TRANSFORM": true, "TYPE": true, "USER": true,
}

// failed words the failure of a statement of the backup, by what it works on.
func (p *player) failed(ctx context.Context, statement string, err error) error {
	var said *pgconn.PgError
	if ctx.Err() != nil || !errors.As(err, &said) {
		return err
	}
	problem := p.session.problem(ctx, err)
	if errs.CodeOf(problem) != errs.Internal {
		return problem
	}
	first, rest := word(statement)
	second, _ := word(rest)
	args := errs.Args{"statement": strings.TrimSpace(first + " " + second), "item": item(statement), "state": said.Code, "server": p.session.version.String()}
	return errs.New(errs.Incompatible, "postgres.does_not_fit", args).With(words(said)).Because(fmt.Errorf("restore into PostgreSQL %s", p.session.version))
}
