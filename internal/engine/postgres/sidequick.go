package postgres

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// quick fills a database by pg_restore with several connections. pg_restore runs
// what an archive's table of contents says, word for word, and knows one role for
// all: so definitions are played before, by a session of our own that looks at each
// statement; rows are sent by connections of our own (load); large objects, indexes
// and constraints, looked at beforehand, are left to it; and what a superuser may
// have to make comes after, by our session again.
type quick struct {
	*building
	tool  tool
	kind  archive.Format
	first []int         // dump IDs, in the archive's order
	sent  map[int]bool  // those whose rows are sent by load
	many  []int         // those for pg_restore
	owned []int         // of these, those that are not rows
	last  []int         // what is made at the end
	bytes map[int]int64 // of rows in the archive, by dump ID
	size  int64         // of the archive
	lists []string      // files to remove

	refused bool // the server has refused rows
}

const (
	mostJobs  = 8
	worthJobs = 1 << 20 // bytes of an archive that are sooner restored than connections made
)

// quick returns nil where one session has to do: a plain script or tar file, an
// archive with statements that are not pg_dump's, no connection to spare.
func (b *building) quick(ctx context.Context) *quick {
	d, err := look(b.file)
	if err != nil || d.format != archive.FormatCustom && d.format != archive.FormatDirectory {
		return nil // play says what is wrong with it
	}
	q := &quick{building: b, kind: d.format, bytes: map[int]int64{}, sent: map[int]bool{}}
	if q.tool, err = b.engine.tools.restore(ctx, b.target.ToolsDir, d.version, b.door.version); err != nil {
		return nil
	}
	dump, err := archive.OpenDump(b.file)
	if err != nil {
		return nil
	}
	defer dump.Close()
	if !q.sort(dump) || !q.worth(ctx) {
		return nil
	}
	return q
}

// sort says which session runs which entry, and false where pg_restore may not be
// given all that is left for it.
func (q *quick) sort(dump *archive.Dump) bool {
	tables := map[string]bool{}
	for i := range dump.Entries {
		if e := &dump.Entries[i]; e.Desc == "TABLE" {
			tables[e.Name()] = true
		}
	}
	q.measure(dump.Entries)
	section, encoding := archive.SectionPreData, dump.Encoding()
	for i := range dump.Entries {
		e := &dump.Entries[i]
		if e.Section != archive.SectionNone {
			section = e.Section
		}
		switch {
		case e.Desc == "STDSTRINGS" && strings.Contains(e.Defn, "off"):
			return false
		case afterAll(e):
			q.last = append(q.last, e.DumpID)
		case section == archive.SectionPreData, e.Desc == "BLOB METADATA", // a definition, though it stands among the data
			e.Desc == "TABLE DATA" && !tables[e.Name()]: // an extension's table
			q.first = append(q.first, e.DumpID)
		case !harmless(e, encoding):
			return false
		case sendable(e):
			q.sent[e.DumpID] = true
		default:
			q.many = append(q.many, e.DumpID)
			if section == archive.SectionPostData {
				q.owned = append(q.owned, e.DumpID)
			}
		}
	}
	return true
}

// afterAll is true for what only a superuser may make, or that would fire for all
// that is made, and for grants that come after rows.
func afterAll(e *archive.Entry) bool {
	switch e.Desc {
	case "ACL", "DEFAULT ACL", "EVENT TRIGGER", "PUBLICATION", "PUBLICATION TABLE", "PUBLICATION TABLES IN SCHEMA":
		return true
	case "COMMENT", "SECURITY LABEL":
		return strings.HasPrefix(e.Tag, "EVENT TRIGGER ") || strings.HasPrefix(e.Tag, "PUBLICATION ")
	}
	return false
}

// harmless says whether pg_restore may run an entry unseen: it is what pg_dump
// writes there, and nothing besides.
func harmless(e *archive.Entry, encoding string) bool {
	if e.Desc == "TABLE DATA" && e.HasData {
		kinds, ok := kindsOf(e.CopyStmt, encoding)
		if !ok || len(kinds) != 1 || kinds[0] != copying {
			return false // INSERTs are in the data, where nobody has looked
		}
	}
	kinds, ok := kindsOf(e.Defn, encoding)
	return ok && !slices.ContainsFunc(kinds, func(k kind) bool { return k != definition && k != loading })
}

// sendable says whether the rows of an entry are sent by load.
func sendable(e *archive.Entry) bool {
	_, ok := rowsOf(e)
	return ok
}

// kindsOf reads a few statements that are spelled in an encoding.
func kindsOf(sql, encoding string) (kinds []kind, ok bool) {
	s := newScript(strings.NewReader(sql))
	for s.width = archive.Widths(encoding); ; {
		statement, err := s.next()
		if errors.Is(err, io.EOF) {
			return kinds, true
		}
		if err != nil {
			return nil, false
		}
		k, err := kindOf(statement)
		if err != nil {
			return nil, false
		}
		kinds = append(kinds, k)
	}
}

// worth decides on the number of connections: as many as this machine has
// processors (the server's are not known), and the server has to spare.
func (q *quick) worth(ctx context.Context) bool {
	most, err := spare(ctx, q.door.Conn)
	if err != nil {
		return false
	}
	q.connections = min(max(2, runtime.NumCPU()), mostJobs, most, len(q.many)+len(q.sent))
	return q.connections > 1 && q.size >= worthJobs
}

// spare is how many more connections to its server may be made beside conn: half of
// those that are free, for there are others.
func spare(ctx context.Context, conn *pgx.Conn) (int, error) {
	var free int64
	err := conn.QueryRow(ctx, `SELECT current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
		- (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' OR backend_type IS NULL)`).Scan(&free)
	return int(max(free, 0) / 2), err
}

// list writes dump IDs as pg_restore reads them.
func (q *quick) list(ids []int) (option string, err error) {
	f, err := os.CreateTemp("", "cofre-*.list")
	if err != nil {
		return "", archive.FileError(err, os.TempDir())
	}
	q.lists = append(q.lists, f.Name())
	var lines strings.Builder
	for _, id := range ids {
		lines.WriteString(strconv.Itoa(id) + ";\n")
	}
	if _, err = f.WriteString(lines.String()); err == nil {
		err = f.Close()
	}
	if err != nil {
		return "", archive.FileError(err, f.Name())
	}
	return "--use-list=" + f.Name(), nil
}

func (q *quick) close() {
	for _, path := range q.lists {
		os.Remove(path)
	}
}

// fill is definitions, then rows and indexes, then what comes last.
func (q *quick) fill(ctx context.Context, s *session) error {
	var players []*player
	play := func(ids []int) error {
		if len(ids) == 0 {
			return nil
		}
		option, err := q.list(ids)
		if err != nil {
			return err
		}
		src, err := q.engine.sql(ctx, s, q.file, q.same, option)
		if err != nil {
			return err
		}
		defer src.close()
		p, err := newPlayer(ctx, s, src, q.role)
		if err == nil {
			err = p.perform(ctx)
		}
		if err == nil {
			err = src.finish(ctx)
		}
		if err == nil {
			players = append(players, p)
			return s.script(ctx, "SET LOCAL search_path = ''; SET LOCAL row_security = off")
		}
		return src.explain(ctx, err)
	}
	var kept map[string]bool
	err := s.inTransaction(ctx, func() (err error) {
		if kept, err = s.furnish(ctx, q.furniture); err != nil {
			return err
		}
		return play(q.first)
	})
	if err == nil {
		err = q.load(ctx)
		q.refused = state(err) != ""
	}
	if err == nil && len(q.many) > 0 {
		err = q.restore(ctx, s)
	}
	if err != nil {
		return err
	}
	owners, err := q.owners(ctx, s)
	if err != nil {
		return err
	}
	return s.inTransaction(ctx, func() error {
		if err := play(q.last); err != nil {
			return err
		}
		players = append(players, &player{session: s, access: owners})
		for _, p := range players {
			if err := p.grant(ctx); err != nil {
				return err
			}
			for name := range p.schemas {
				kept[name] = true
			}
		}
		if err := s.inUTF8(ctx); err != nil {
			return err
		}
		if err := s.dropSchemas(ctx, kept); err != nil {
			return err
		}
		if err := s.access(ctx, q.furniture); err != nil {
			return err
		}
		for _, p := range players {
			if err := p.arm(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// owners are the statements of the archive that give what pg_restore has made to
// its owners, where these are known here.
func (q *quick) owners(ctx context.Context, s *session) (statements []string, err error) {
	if !q.same || len(q.owned) == 0 {
		return nil, nil
	}
	option, err := q.list(q.owned)
	if err != nil {
		return nil, err
	}
	src, err := q.engine.sql(ctx, s, q.file, true, option)
	if err != nil {
		return nil, err
	}
	defer src.close()
	for script := newScript(src); ; {
		statement, err := script.next()
		if errors.Is(err, io.EOF) {
			return statements, src.finish(ctx)
		}
		if err != nil {
			return nil, src.explain(ctx, err)
		}
		if kind, err := kindOf(statement); err == nil && kind == access {
			statements = append(statements, statement)
		}
	}
}

// restore runs pg_restore. Its failure is an *exec.ExitError with its words.
func (q *quick) restore(ctx context.Context, s *session) error {
	list, err := q.list(q.many)
	if err != nil {
		return err
	}
	if err := s.lead(ctx); err != nil {
		return err
	}
	args := []string{"--dbname=" + s.where.conninfo(q.tool.version.major, label(q.name)), "--format=" + letters[q.kind], "--jobs=" + strconv.Itoa(q.connections), list,
		"--no-owner", "--no-privileges", "--no-password", "--verbose"}
	strange := q.tool.version.major >= sinceTransactionTimeout && s.version.major < sinceTransactionTimeout
	if !strange {
		args = append(args, "--exit-on-error")
	}
	if q.role != "" {
		args = append(args, "--role="+q.role)
	}
	env := surroundings()
	if s.where.password != "" {
		env = append(env, "PGPASSWORD="+s.where.password)
	}
	cmd := program(ctx, q.tool, env, append(args, q.file)...)
	complaints := listen(cmd, q.heard())
	if err := cmd.Start(); err != nil {
		complaints.heard()
		return errs.New(errs.Unavailable, "postgres.tool_start", errs.Args{"tool": q.tool.path}).Because(err)
	}
	err = cmd.Wait()
	said := complaints.heard()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && (!strange || !onlyStrange(said)):
		return errs.New(errs.Incompatible, "postgres.side_fill", errs.Args{"database": q.live}).With(said).Because(err)
	}
	return nil
}

// sinceTransactionTimeout is the first major of pg_restore that sets
// transaction_timeout in each of its connections, and of the servers that know it.
// An older server refuses it, which pg_restore counts as an error.
const sinceTransactionTimeout = 17

// onlyStrange says whether that was the only thing that pg_restore complained of.
// It has several processes, whose lines may run into each other; but "error: ", and
// a message with its statement, are each written at once.
func onlyStrange(said string) bool {
	refused := strings.Count(said, "\nCommand was: SET transaction_timeout = 0;")
	return refused > 0 && strings.Count(said, "error: ") == refused
}
