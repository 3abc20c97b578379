package target

import (
	"regexp"

	"cofre/internal/engine/migrate/convert"
)

// constant are the defaults that are the same for every row of a migration, as
// pg_get_expr writes them: a literal with its cast, or the time at which it began.
var constant = regexp.MustCompile(`^(?:'(?:[^']|'')*'(?:::[\w" .,()\[\]]+)?|\(?-?\d+(?:\.\d+)?\)?(?:::[\w" .,()]+)?|true|false|now\(\)|CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP)$`)

// Constant returns the binary form of a column's default where that is a constant;
// false where it is not, or there is none.
func (s *Server) Constant(c *Column) ([]byte, bool) {
	if !constant.MatchString(c.Default) {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return nil, false
	}
	send, err := s.send(c.Type)
	var binary []byte
	if err == nil {
		err = s.conn.QueryRow(s.ctx, "SELECT "+send+"(("+c.Default+")::"+c.Type.SQL+")").Scan(&binary)
	}
	return binary, err == nil && binary != nil // one that can't be had is not offered
}

// send is the function that gives a type's binary form.
func (s *Server) send(t convert.Type) (name string, err error) {
	err = s.conn.QueryRow(s.ctx, "SELECT typsend::oid::regproc::text FROM pg_type WHERE oid = $1", t.OID).Scan(&name)
	return name, err
}
