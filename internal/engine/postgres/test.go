package postgres

import (
	"context"
	"crypto/tls"
	"time"

	"cofre/internal/backup"
)

// Reach connects to t and says good-bye.
func (e *Engine) Reach(ctx context.Context, t backup.Target) error {
	s, err := open(ctx, t)
	if err == nil {
		s.close(ctx)
	}
	return err
}

// Test says what connecting to t gives: who and what is there, what the role may, and
// which client tools will be used. No rows are read.
func (e *Engine) Test(ctx context.Context, t backup.Target) (backup.Tested, error) {
	var v backup.Tested
	s, err := open(ctx, t)
	if err != nil {
		return v, err
	}
	defer s.close(ctx)
	if secured, ok := s.PgConn().Conn().(*tls.Conn); ok {
		v.TLS = tls.VersionName(secured.ConnectionState().Version)
	}
	for range 3 { // the best of three: the first may wait for something else
		began := time.Now()
		if err := s.script(ctx, "SELECT 1"); err != nil {
			return v, s.problem(ctx, err)
		}
		if took := time.Since(began); v.RoundTrip == 0 || took < v.RoundTrip {
			v.RoundTrip = took
		}
	}
	if err := s.begin(ctx, reading); err != nil {
		return v, s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	c, tables, err := s.describe(ctx)
	if err == nil {
		err = s.QueryRow(ctx, `
			SELECT session_user::text, r.rolsuper, r.rolcreatedb OR r.rolsuper, pg_catalog.pg_has_role(session_user, d.datdba, 'USAGE')
			FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
			WHERE r.rolname = session_user AND d.datname = pg_catalog.current_database()`).Scan(&v.Role, &v.Superuser, &v.Creates, &v.Owner)
	}
	if err != nil {
		return v, s.problem(ctx, err)
	}
	v.Version, v.Replica, v.Tables, v.Bytes = c.Version, s.replica, len(tables), c.Bytes
	if v.Aside, v.Why, err = e.CanSwap(ctx, t, backup.Archive{}); err != nil {
		return v, err
	}
	if v.Aside {
		v.Why = nil // only notes
	}
	v.Tools, v.NoTools = e.toolsFor(ctx, t, s.version)
	return v, nil
}

// toolsFor picks the programs for a server, and for what its pg_dump writes.
func (e *Engine) toolsFor(ctx context.Context, t backup.Target, server version) ([]backup.ClientTool, error) {
	dump, err := e.tools.dump(ctx, t.ToolsDir, server)
	if err != nil {
		return nil, err
	}
	writes := archiveVersion{1, 14}
	for _, newer := range []archiveVersion{{1, 15}, {1, 16}} {
		if newer.readBy(dump.version) {
			writes = newer
		}
	}
	restore, err := e.tools.restore(ctx, t.ToolsDir, writes, server)
	if err != nil {
		return nil, err
	}
	return []backup.ClientTool{
		{Name: "pg_dump", Version: dump.version.String(), Path: dump.path},
		{Name: "pg_restore", Version: restore.version.String(), Path: restore.path},
	}, nil
}
