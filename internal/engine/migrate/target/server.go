package target

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"cofre/internal/engine/migrate/convert"
)

// Server converts values by the database's own types, one at a time, on a
// connection of its own. What it has converted it remembers for a while, because
// such columns mostly repeat few values.
type Server struct {
	mu     sync.Mutex
	ctx    context.Context //nolint:containedctx // a codec has no context; the server lives no longer than one migration
	conn   *pgx.Conn
	sql    map[string]string
	recent map[asked]answer
	err    error
}

type asked struct{ sql, text string } // type and value

type answer struct {
	binary []byte
	ok     bool
}

// mostRecent is how many answers are remembered.
const mostRecent = 4096

// NewServer uses conn, which the caller closes, until ctx is done.
func NewServer(ctx context.Context, conn *pgx.Conn) *Server {
	return &Server{ctx: ctx, conn: conn, sql: map[string]string{}, recent: map[asked]answer{}}
}

// Ask converts a text to the type's binary form; false: the type refuses it, or
// the server could not be asked (Err says so).
func (s *Server) Ask(t convert.Type, text []byte) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, false
	}
	key := asked{t.SQL, string(text)}
	if a, ok := s.recent[key]; ok {
		return a.binary, a.ok
	}
	a, err := s.ask(t, key.text)
	if err != nil {
		s.err = fmt.Errorf("convert a value to %s: %w", t.SQL, err)
		return nil, false
	}
	if len(s.recent) >= mostRecent {
		clear(s.recent)
	}
	s.recent[key] = a
	return a.binary, a.ok
}

func (s *Server) ask(t convert.Type, text string) (a answer, err error) {
	sql, ok := s.sql[t.SQL]
	if !ok {
		send, err := s.send(t)
		if err != nil {
			return a, err
		}
		sql = "SELECT " + send + "($1::text::" + t.SQL + ")"
		s.sql[t.SQL] = sql
	}
	err = s.conn.QueryRow(s.ctx, sql, text).Scan(&a.binary)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && !s.conn.IsClosed() {
		return a, nil
	}
	a.ok = err == nil
	return a, err
}

// Err is why the server could not be asked, nil where it always could.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
