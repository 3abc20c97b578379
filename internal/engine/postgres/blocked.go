package postgres

import (
	"context"
	"errors"
	"strconv"
	"time"

	"cofre/internal/errs"
)

// holders are the sessions of other programs that hold locks on this database's
// tables, the one whose transaction is oldest first.
const holders = `
SELECT a.pid::bigint, coalesce(nullif(a.application_name, ''), a.backend_type, ''), coalesce(a.usename::text, ''),
	coalesce(a.xact_start, a.backend_start, pg_catalog.now())
FROM pg_catalog.pg_stat_activity a
WHERE a.pid <> pg_catalog.pg_backend_pid() AND EXISTS (
	SELECT FROM pg_catalog.pg_locks l
	WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' AND l.relation >= 16384
		AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		AND (l.mode = 'AccessExclusiveLock' OR $1))
ORDER BY 4, 1`

// lockedBy makes an error of a lock name who holds it. It ends the running
// transaction, in which nothing can be asked any more.
func (s *session) lockedBy(ctx context.Context, cause error) error {
	return s.locked(ctx, cause, false)
}

// lockedByAny counts readers, too: they are in the way of a restore.
func (s *session) lockedByAny(ctx context.Context, cause error) error {
	return s.locked(ctx, cause, true)
}

func (s *session) locked(ctx context.Context, cause error, readers bool) error {
	var coded *errs.Error
	if !errors.As(cause, &coded) || coded.Reason != "postgres.locked" {
		return cause
	}
	s.rollback(ctx)
	rows, err := s.Query(ctx, holders, readers)
	if err != nil {
		return cause
	}
	defer rows.Close()
	sessions := 0
	for rows.Next() {
		var pid int64
		var application, user string
		var since time.Time
		if rows.Scan(&pid, &application, &user, &since) != nil {
			return cause
		}
		if sessions++; sessions == 1 {
			coded.Reason = "postgres.locked_by"
			coded.Args["pid"], coded.Args["application"], coded.Args["user"] = strconv.FormatInt(pid, 10), application, user
			coded.Args["since_at"] = since.UnixMilli()
		}
	}
	if rows.Err() != nil {
		return cause
	}
	coded.Args["sessions"] = sessions
	coded.Args["waited_ms"] = s.target.Wait().Milliseconds()
	return coded
}
