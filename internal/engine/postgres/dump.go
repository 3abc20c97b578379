package postgres

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Dump writes a custom archive with pg_dump and counts its rows at the same
// time, both in the snapshot of one transaction. The counting runs on a
// connection of its own, and on one processor of the server, so that it costs no
// time of the dump; so does the compression, which also reads back what it wrote
// (Proof).
func (e *Engine) Dump(ctx context.Context, t backup.Target, path string, o backup.DumpOptions, p backup.Progress) (backup.Dumped, error) {
	var none backup.Dumped
	var looking sync.WaitGroup
	looking.Go(func() { e.tools.find(ctx, "pg_dump", t.ToolsDir) }) // remembered when it is asked for, below
	defer looking.Wait()
	s, err := open(ctx, t)
	if err != nil {
		return none, err
	}
	defer s.close(ctx)
	tool, err := e.tools.dump(ctx, t.ToolsDir, s.version)
	if err != nil {
		return none, err
	}
	if err := s.begin(ctx, reading); err != nil {
		return none, s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	c, tables, err := s.describe(ctx)
	if err == nil {
		err = s.hold(ctx, tables)
	}
	if err == nil {
		err = s.script(ctx, "SET LOCAL max_parallel_workers_per_gather = 0")
	}
	var snapshot string
	if err == nil {
		err = s.QueryRow(ctx, "SELECT pg_catalog.pg_export_snapshot()").Scan(&snapshot)
	}
	if err != nil {
		return none, s.lockedBy(ctx, s.problem(ctx, err))
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return none, archive.FileError(err, path)
	}
	defer file.Close()
	if err := s.lead(ctx); err != nil {
		return none, err
	}
	d := dumping{session: s, tool: tool, snapshot: snapshot, file: file, pack: o.Compression != archive.None,
		application: application + " " + rand.Text()[:8], progress: newProgress(p)}
	if c.Tables, err = d.run(ctx, tables); err != nil {
		return none, err
	}
	info, err := file.Stat()
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return none, archive.FileError(err, path)
	}
	now := time.Now().UTC()
	c.Format, c.Bytes, c.DumpedBy, c.CreatedAt = archive.FormatCustom, info.Size(), "pg_dump "+tool.version.String(), &now
	if d.pack {
		c.Compression = archive.Gzip
	}
	return backup.Dumped{Contents: c, Proof: d.proof}, nil
}

// hold locks the tables against being dropped, rewritten or truncated, which
// would show in the dump and not in the counts, or the other way round. Programs
// that read and write are not disturbed.
func (s *session) hold(ctx context.Context, tables []table) error {
	if len(tables) == 0 {
		return nil
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = "ONLY " + quote(t.schema, t.name)
	}
	return s.script(ctx, "LOCK TABLE "+strings.Join(names, ", ")+" IN ACCESS SHARE MODE")
}

// dumping is one run of pg_dump.
type dumping struct {
	session     *session
	tool        tool
	snapshot    string
	file        *os.File
	pack        bool
	application string // names pg_dump's session among all others
	progress    *progress
	proof       *archive.Proof
}

// run returns the rows of each table that went into the file.
func (d *dumping) run(ctx context.Context, tables []table) ([]backup.Table, error) {
	running, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cmd := d.command(running)
	complaints := listen(cmd, d.heard)
	out, err := cmd.StdoutPipe()
	if err == nil {
		widen(out)
		err = cmd.Start()
	}
	if err != nil {
		complaints.heard()
		return nil, errs.New(errs.Unavailable, "postgres.tool_start", errs.Args{"tool": d.tool.path}).Because(err)
	}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		d.watch(running)
	}()
	counted := make(chan []backup.Table, 1)
	go func() {
		rows, err := d.session.count(running, tables)
		if err != nil {
			stop(err) // no counts, no backup
		} else {
			d.progress.expect(rows)
		}
		counted <- rows
	}()
	unwritten := d.write(running, out)
	if unwritten != nil && !errors.Is(unwritten, io.ErrUnexpectedEOF) {
		stop(unwritten) // not because pg_dump has ended early: it may be waiting for a reader
	}
	failure := cmd.Wait()
	said := complaints.heard()
	if err := cmp.Or(failure, unwritten); err != nil { // an archive that ended early did so because pg_dump failed
		stop(err)
	}
	rows := <-counted
	cause := context.Cause(running)
	stop(nil)
	<-watched
	if cause != nil {
		d.leftovers(ctx)
		return nil, d.problem(ctx, cause, said)
	}
	d.progress.end()
	return rows, nil
}

// write writes what pg_dump says to the file, compressed where that is wanted.
// pg_dump would do it too, but one after the other.
func (d *dumping) write(ctx context.Context, out io.Reader) (err error) {
	if d.pack {
		d.proof, err = archive.Repack(ctx, out, d.file)
		return err
	}
	if _, err = io.Copy(d.file, out); err != nil {
		return archive.FileError(err, d.file.Name())
	}
	return nil
}

func (d *dumping) command(ctx context.Context) *exec.Cmd {
	where := d.session.where
	env := surroundings()
	if where.password != "" {
		env = append(env, "PGPASSWORD="+where.password)
	}
	return program(ctx, d.tool, env, "--format=custom", "--compress=0", "--snapshot="+d.snapshot, "--verbose",
		"--lock-wait-timeout="+strconv.FormatInt(d.session.target.Wait().Milliseconds(), 10), "--no-password",
		"--dbname="+where.conninfo(d.tool.version.major, d.application))
}

// heard reads a line of pg_dump --verbose.
func (d *dumping) heard(line string) {
	if rest, ok := strings.CutPrefix(line, "dumping contents of table "); ok {
		of := d.session.PgConn().ParameterStatus("server_encoding")
		d.progress.table(archive.Legible(archive.Decoded(of, strings.Trim(rest, `"`))))
	}
}

// leftovers ends what a pg_dump that was killed left running on the server.
func (d *dumping) leftovers(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), partingLimit)
	defer cancel()
	d.session.rollback(ctx)
	_, _ = d.session.Exec(ctx, `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
		WHERE application_name = $1 AND pid <> pg_catalog.pg_backend_pid()`, d.application) // at worst it ends by itself, at its next write
}

// problem words a failed run; said are pg_dump's complaints.
func (d *dumping) problem(ctx context.Context, cause error, said string) error {
	var exit *exec.ExitError
	switch {
	case errors.Is(cause, context.Canceled), errors.Is(cause, context.DeadlineExceeded):
		return cause
	case !errors.As(cause, &exit):
		return d.session.lockedBy(ctx, cause)
	case strings.Contains(said, "LOCK TABLE "):
		locked := errs.New(errs.Busy, "postgres.locked", errs.Args{"database": d.session.database}).With(said)
		return d.session.lockedBy(ctx, locked)
	}
	return errs.New(errs.Unavailable, "postgres.dump", errs.Args{"tool": "pg_dump " + d.tool.version.String(), "database": d.session.database}).With(said)
}
