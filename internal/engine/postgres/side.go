package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// A restore aside has three databases: the live one, the one that is built beside
// it (NAME__new_…), and the old one that is kept after the swap (NAME__before_…).
// All that is done to them is done from a fourth, the door: no session can rename
// the database that it is in. Everything that makes a swap is in one transaction,
// so that there is never more than one question after a crash: did it commit?

var _ backup.Swapper = (*Engine)(nil)

const (
	stampLayout  = "20060102_150405"
	longestName  = 63 // bytes that the server keeps of a name
	longestStem  = longestName - len("__before_") - len(stampLayout)
	builtMark    = "cofre: built aside for "
	keptMark     = "cofre: kept, was "
	swapLimit    = 15 * time.Second // for sessions that do not end
	clearLimit   = time.Minute      // for removing what was built aside
	swapDeadline = 2 * time.Minute  // for all of a swap
)

// NamesFor returns names that fit into the 63 bytes of a name, and that those of
// no other database meet.
func (e *Engine) NamesFor(t backup.Target, at time.Time) backup.Names {
	name, stamp := stem(databaseOf(t)), at.Format(stampLayout)
	return backup.Names{Aside: name + "__new_" + stamp, Before: name + "__before_" + stamp}
}

// Beside returns t with another database of its server.
func (e *Engine) Beside(t backup.Target, name string) backup.Target {
	u, err := url.Parse(t.URL)
	if err != nil {
		return t // open says what is wrong with it
	}
	// The other parameters stay as they are spelled: to libpq a plus sign is no space.
	pairs := slices.DeleteFunc(strings.Split(u.RawQuery, "&"), func(pair string) bool { return pair == "" || strings.HasPrefix(pair, "dbname=") })
	if strings.HasPrefix(name, "/") { // the path would lose it
		pairs = append(pairs, "dbname="+strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	}
	u.Path, u.RawPath, u.RawQuery = "/"+name, "", strings.Join(pairs, "&")
	t.URL, t.Name = u.String(), name
	return t
}

// databaseOf is the database that t connects to, "" where its URL can't be read.
func databaseOf(t backup.Target) string {
	config, _, err := configure(t)
	if err != nil {
		return ""
	}
	if config.Database == "" {
		return config.User // as the server does
	}
	return config.Database
}

// stem is what the names of a database's side databases begin with: its own name,
// or the beginning of a long one and what tells it from others that begin alike.
func stem(database string) string {
	if len(database) <= longestStem {
		return database
	}
	sum := sha256.Sum256([]byte(database))
	end := longestStem - 9
	for end > 0 && !utf8.RuneStart(database[end]) {
		end--
	}
	return database[:end] + "_" + hex.EncodeToString(sum[:4])
}

// role of a side database, as its name tells.
type part string

const (
	noPart   part = ""
	newPart  part = "new"
	keptPart part = "before"
)

// partOf reads the name of a database that may be a side database of another.
func partOf(database, name string) part {
	match := regexp.MustCompile(`^` + regexp.QuoteMeta(stem(database)) + `__(new|before)_\d{8}_\d{6}$`).FindStringSubmatch(name)
	if match == nil {
		return noPart
	}
	return part(match[1])
}

// door is a session with the server of a target, in a database that is neither
// the target's nor a side one.
type door struct {
	*session
	live string // the target's database
}

// doors are where every server lets people in, unless it was set up otherwise.
var doors = []string{"postgres", "template1"}

// door opens a door to t's server: in the usual databases, in those that are named,
// else in any other that t's own knows of.
func (e *Engine) door(ctx context.Context, t backup.Target, named ...string) (*door, error) {
	live := databaseOf(t)
	var first error
	try := func(names []string) *door {
		for _, name := range names {
			if name == live {
				continue
			}
			s, err := open(ctx, e.Beside(t, name))
			if err == nil {
				s.database = live // what errors are about
				return &door{s, live}
			}
			if first == nil {
				first = err
			}
			if !closedDoor(err) {
				return nil
			}
		}
		return nil
	}
	if d := try(append(slices.Clone(doors), named...)); d != nil {
		return d, nil
	}
	if first == nil || !closedDoor(first) {
		return nil, first
	}
	others, err := e.neighbours(ctx, t)
	if err != nil {
		return nil, err
	}
	if d := try(others); d != nil {
		return d, nil
	}
	return nil, first
}

// neighbours are a few other databases of t's server that t's role may connect to.
func (e *Engine) neighbours(ctx context.Context, t backup.Target) ([]string, error) {
	s, err := open(ctx, t)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	names, err := s.text(ctx, `SELECT datname::text FROM pg_catalog.pg_database
		WHERE datallowconn AND NOT datistemplate AND datname <> pg_catalog.current_database() AND pg_catalog.has_database_privilege(oid, 'CONNECT')
			AND datname !~ '__(new|before)_\d{8}_\d{6}$' ORDER BY oid LIMIT 10`)
	return names, s.problem(ctx, err)
}

// closedDoor says whether another database of the same server may still let us in.
func closedDoor(err error) bool {
	var coded *errs.Error
	if !errors.As(err, &coded) {
		return false
	}
	switch coded.Reason {
	case "postgres.not_let_in", "postgres.no_connect", "postgres.no_database", "postgres.closed", "postgres.no_answer":
		return true
	}
	return false
}

// label names a session after what it builds, so that what a crash left running
// can be found and ended.
func label(aside string) string {
	sum := sha256.Sum256([]byte(aside))
	return application + " aside " + hex.EncodeToString(sum[:4])
}

// rename lets the server's administrator, and Settle, tell a session that builds. It
// may have nothing to do for hours, while others work.
func (s *session) rename(ctx context.Context, label string) error {
	sql := "SET application_name = '" + label + "'"
	if s.version.major >= sinceIdleSessionTimeout {
		sql += "; SET idle_session_timeout = 0"
	}
	return s.script(ctx, sql)
}

// compose lets the server quote: form is format()'s.
func (s *session) compose(ctx context.Context, form string, args ...string) (string, error) {
	var sql string
	err := s.QueryRow(ctx, "SELECT pg_catalog.format($1, VARIADIC $2::text[])", form, args).Scan(&sql)
	return sql, err
}

// run composes a statement and runs it.
func (s *session) run(ctx context.Context, form string, args ...string) error {
	sql, err := s.compose(ctx, form, args...)
	if err == nil {
		err = s.script(ctx, sql)
	}
	return err
}

// sideDatabase is what the server knows of one of the three databases.
type sideDatabase struct {
	oid    uint32
	open   bool
	remark string // its comment
}

// find returns nil where there is no such database.
func (s *session) find(ctx context.Context, name string) (*sideDatabase, error) {
	rows, err := s.Query(ctx, `SELECT oid, datallowconn, coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '')
		FROM pg_catalog.pg_database WHERE datname = $1`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var d sideDatabase
	err = rows.Scan(&d.oid, &d.open, &d.remark)
	return &d, err
}
