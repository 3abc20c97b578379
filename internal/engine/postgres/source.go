package postgres

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// source is the SQL of a backup: what pg_restore writes for an archive, or a
// plain file itself.
type source struct {
	io.Reader
	file       *os.File // what is read; nil for a folder
	size       int64
	path, name string
	access     bool      // owners and grants are part of it
	cmd        *exec.Cmd // nil for a plain file
	complaints *complaints
	stop       context.CancelFunc
	failed     func(said string) error // of cmd; nil: the file can't be read
}

// sql opens a backup file. The session tells for which server it is. With access,
// the archive's own owners and grants are part of the SQL. Options are pg_restore's.
func (e *Engine) sql(ctx context.Context, s *session, file string, access bool, options ...string) (*source, error) {
	d, err := look(file)
	if err != nil {
		return nil, err
	}
	src := &source{path: file, name: filepath.Base(file), access: access, stop: func() {}}
	if d.format != archive.FormatDirectory {
		if src.file, err = os.Open(file); err != nil {
			return nil, archive.FileError(err, file)
		}
		info, err := src.file.Stat()
		if err != nil {
			src.file.Close()
			return nil, archive.FileError(err, file)
		}
		src.size = info.Size()
	}
	if d.format == archive.FormatPlain {
		src.Reader = src.file
		return src, nil
	}
	tool, err := e.tools.restore(ctx, s.target.ToolsDir, d.version, s.version)
	if err == nil {
		err = src.start(ctx, tool, d.format, file, access, options)
	}
	if err != nil {
		src.close()
		return nil, err
	}
	return src, nil
}

var letters = map[archive.Format]string{archive.FormatCustom: "c", archive.FormatDirectory: "d", archive.FormatTar: "t"}

// start runs pg_restore without a server: it writes SQL. With --single-transaction
// it leaves transactions to whoever runs that SQL. It reads our open file and not
// a path, so that the position in it, which both share, tells how far it is.
func (src *source) start(ctx context.Context, t tool, format archive.Format, file string, access bool, options []string) error {
	args := []string{"--file=-", "--format=" + letters[format], "--single-transaction", "--no-subscriptions"}
	if !access {
		args = append(args, "--no-owner", "--no-privileges")
	}
	args = append(args, options...)
	if src.file == nil {
		args = append(args, file)
	}
	return src.run(ctx, t, surroundings(), args)
}

// run starts the program that writes the SQL.
func (src *source) run(ctx context.Context, t tool, env, args []string) error {
	ctx, src.stop = context.WithCancel(ctx)
	src.cmd = program(ctx, t, env, args...)
	src.complaints = listen(src.cmd, func(string) {})
	if src.file != nil {
		src.cmd.Stdin = src.file
	}
	out, err := src.cmd.StdoutPipe()
	if err == nil {
		err = src.cmd.Start()
	}
	if err != nil {
		src.complaints.heard()
		src.cmd = nil
		return errs.New(errs.Unavailable, "postgres.tool_start", errs.Args{"tool": t.path}).Because(err)
	}
	src.Reader = out
	return nil
}

// position is how many bytes of the file have been read; 0 where that is not known.
func (src *source) position() int64 {
	if src.file == nil {
		return 0
	}
	at, err := src.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return at
}

// finish says whether the backup was read to its end without a complaint. Called
// after the last byte, and before anything is made final.
func (src *source) finish(ctx context.Context) error {
	if src.cmd == nil {
		return nil
	}
	_, _ = io.Copy(io.Discard, src.Reader) // nothing, else it would wait for us as we for it
	err := src.cmd.Wait()
	said := src.complaints.heard()
	src.cmd = nil
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	if src.failed != nil {
		return src.failed(said)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !exit.Exited() || strings.Contains(said, "out of memory") {
		return errs.New(errs.Unavailable, "postgres.tool_ended", errs.Args{"file": src.name}).With(said).Because(err)
	}
	return errs.New(errs.Corrupt, "postgres.unreadable", errs.Args{"file": src.name}).With(said)
}

// close ends what is still running.
func (src *source) close() {
	src.stop()
	if src.cmd != nil {
		_ = src.cmd.Wait()
		src.complaints.heard()
		src.cmd = nil
	}
	if src.file != nil {
		src.file.Close()
	}
}

// report tells the position in the file as bytes; for a folder, the rows so far.
func (src *source) report(p backup.Progress) func(item string, rows int64) {
	return func(item string, rows int64) {
		if src.size == 0 {
			p(backup.Update{Done: rows, Unit: "rows", Item: item})
			return
		}
		p(backup.Update{Done: min(src.position(), src.size), Total: src.size, Unit: "bytes", Item: item})
	}
}

// arrived reports that all of the backup has been read.
func (src *source) arrived(p backup.Progress, rows int64) {
	if src.size == 0 {
		p(backup.Update{Done: rows, Total: rows, Unit: "rows"})
		return
	}
	p(backup.Update{Done: src.size, Total: src.size, Unit: "bytes"})
}
