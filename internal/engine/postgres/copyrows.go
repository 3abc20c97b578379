package postgres

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// errCut is a script that ends among rows. It is no io.ErrUnexpectedEOF, which is
// also what a connection that breaks ends with.
var errCut = errors.New("the script ends among the rows of a table")

// copyRows reads the rows that follow a COPY … FROM stdin in a script, up to the
// line \. that ends them. A script that ends before is errCut: what
// was copied so far must not stay.
type copyRows struct {
	in      *bufio.Reader
	rows    int64
	partial bool   // the last piece was not the end of its line
	pending []byte // of the reader's buffer, not handed out yet
	within  bool   // what Read has returned ends within a line
	over    bool
	broken  error            // what reading ended with, other than the last line
	told    func(rows int64) // called as the rows go by
	seen    func([]byte)     // called with each piece of a line; may be nil
}

// rows returns the rows that follow the statement that next has returned.
func (s *script) rows(told func(int64)) (*copyRows, error) {
	line, err := s.in.ReadSlice('\n')
	if err != nil || len(bytes.TrimSpace(line)) > 0 {
		return nil, errCut
	}
	return &copyRows{in: s.in, told: told}, nil
}

var endOfRows = []byte(`\.`)

// Read returns whole lines where they have room, and waits for more only when it has
// nothing to return.
func (c *copyRows) Read(p []byte) (int, error) {
	if c.broken != nil {
		return 0, c.broken
	}
	n := 0
	for n < len(p) {
		if len(c.pending) == 0 {
			if n > 0 && c.in.Buffered() == 0 {
				break
			}
			if err := c.fill(); err != nil {
				if !errors.Is(err, io.EOF) {
					c.broken = err
				} else if n > 0 {
					break
				}
				return n, err
			}
		}
		if n > 0 && !c.within && len(c.pending) > len(p)-n {
			break
		}
		moved := copy(p[n:], c.pending)
		c.pending = c.pending[moved:]
		n += moved
		c.within = p[n-1] != '\n'
	}
	c.told(c.rows)
	return n, nil
}

func (c *copyRows) fill() error {
	if c.over {
		return io.EOF
	}
	line, err := c.in.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF):
		return errCut
	case err != nil && !errors.Is(err, bufio.ErrBufferFull):
		return err
	case !c.partial && err == nil && bytes.Equal(bytes.TrimRight(line, "\r\n"), endOfRows):
		c.over = true
		return io.EOF
	}
	if c.partial = err != nil; !c.partial {
		c.rows++
	}
	if c.seen != nil {
		c.seen(line)
	}
	c.pending = line
	return nil
}

// send is CopyFrom whose rows are read no more when it has returned: where a
// connection breaks, pgx leaves a goroutine behind that reads on.
func (s *session) send(ctx context.Context, rows io.Reader, sql string) (pgconn.CommandTag, error) {
	l := &leash{rows: rows}
	defer l.cut()
	return s.PgConn().CopyFrom(ctx, l, sql)
}

type leash struct {
	mu   sync.Mutex
	rows io.Reader
}

func (l *leash) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows == nil {
		return 0, io.ErrClosedPipe
	}
	return l.rows.Read(b)
}

func (l *leash) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = nil
}
