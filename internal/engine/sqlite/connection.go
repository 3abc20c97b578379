package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
)

// connection is one connection to one database file.
type connection struct {
	*sql.Conn
	pool *sql.DB
}

// How a file is opened.
const (
	reading = "mode=ro"
	// readingAsIs makes no -shm either, which SQLite makes even for readers.
	readingAsIs = "mode=ro&readonly_shm=1"
	// still is for a file that nobody writes: no lock is taken and no -wal is looked for.
	still   = "mode=ro&immutable=1"
	writing = "mode=rw"
)

// careful are the settings of every connection: a file may come from outside.
var careful = []string{"trusted_schema(0)", "cell_size_check(1)"}

// turn is how long SQLite itself waits for a lock before Cofre looks whether it
// was cancelled. During a turn SQLite keeps its place: new readers stay behind a
// writer that waits.
const turn = 200 * time.Millisecond

// open connects to the file that is there; it never makes one. Pragmas are run in
// order, after those of every connection.
func open(ctx context.Context, path, how string, pragmas ...string) (*connection, error) {
	pool, err := sql.Open("sqlite", uri(path, how, pragmas...))
	if err != nil {
		return nil, err
	}
	c, err := pool.Conn(ctx)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &connection{Conn: c, pool: pool}, nil
}

// close ends the connection; what it has not committed is taken back.
func (c *connection) close() {
	c.Close()
	c.pool.Close()
}

// native is what the driver's connection can do besides SQL.
type native interface {
	NewBackup(destination string) (*sqlite.Backup, error)
	NewRestore(source string) (*sqlite.Backup, error)
	sqlite.FileControl
	driver.ExecerContext
}

// raw lends the driver's connection to do.
func (c *connection) raw(do func(native) error) error {
	return c.Raw(func(d any) error { return do(d.(native)) })
}

// exec runs statements that return nothing of interest.
func (c *connection) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := c.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// snapshot begins a transaction that sees one state of the database until end.
func (c *connection) snapshot(ctx context.Context) error {
	err := c.exec(ctx, "BEGIN", "SELECT 1 FROM sqlite_schema LIMIT 1")
	if err != nil {
		c.end(ctx)
	}
	return err
}

// end ends a snapshot, even when ctx is done.
func (c *connection) end(ctx context.Context) {
	_ = c.exec(context.WithoutCancel(ctx), "ROLLBACK") // a connection that can't is closed soon, which does the same
}

// uri names a file to SQLite, whatever is in its name: spaces, quotes, #, %, ?,
// a newline.
func uri(path, how string, pragmas ...string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/x
	}
	var b strings.Builder
	b.WriteString("file://")
	b.WriteString((&url.URL{Path: path}).EscapedPath())
	b.WriteString("?" + how)
	for _, p := range append([]string{"busy_timeout(" + milliseconds(turn) + ")"}, append(careful, pragmas...)...) {
		b.WriteString("&_pragma=" + url.QueryEscape(p))
	}
	return b.String()
}
