package postgres

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
)

var _ backup.Watcher = (*Engine)(nil)

// Watch looks at what the server counts by itself, by one connection that stays open: to
// open one costs both sides more than many looks. It is in no transaction between two
// looks. A server counts a transaction when its session has nothing to do, but not twice
// within a second: then up to ten seconds later, or (before PostgreSQL 15) with the
// session's next statement.
func (e *Engine) Watch(t backup.Target) backup.Eye { return &eyeOf{target: t} }

type eyeOf struct {
	target backup.Target
	s      *session
	of     string
	at     time.Time
	cheap  totals
	sight  backup.Sight
	away   error // why the last look saw nothing
}

// totals are the first look: what was counted of all tables, the system's included.
type totals struct {
	inserted, updated, deleted int64
	reset                      string
}

const (
	pace = 2 * time.Second // from one look to the next; what comes sooner is told what was seen
	// retry is how long it takes until a server that could not be reached is asked again.
	retry = 15 * time.Second
	// lookLimit is far more than a look takes: a server that does not answer is away.
	lookLimit = 10 * time.Second
)

// Look asks at most every pace, and a server that could not be reached again after retry.
func (y *eyeOf) Look(ctx context.Context) (backup.Sight, error) {
	since := time.Since(y.at)
	switch {
	case y.away != nil && since < retry:
		return backup.Sight{}, y.away
	case y.s != nil && since < pace:
		return y.sight, nil
	}
	limited, stop := context.WithTimeout(ctx, lookLimit)
	defer stop()
	err := y.look(limited)
	y.at, y.away = time.Now(), nil
	if err != nil {
		if y.s != nil {
			err = y.s.problem(ctx, err)
		}
		y.Close()
		y.away = err
		return backup.Sight{}, err
	}
	return y.sight, nil
}

func (y *eyeOf) look(ctx context.Context) error {
	if y.s == nil {
		s, err := open(ctx, y.target)
		if err != nil {
			return err
		}
		y.s, y.cheap, y.of, y.sight = s, totals{}, "", backup.Sight{}
		// Who may not ask for the number of the cluster is told nothing, and nothing else fails.
		_ = s.QueryRow(ctx, "SELECT (pg_catalog.pg_control_system()).system_identifier::text || '/' || oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()").Scan(&y.of)
	}
	var now totals
	err := y.s.QueryRow(ctx, "SELECT tup_inserted, tup_updated, tup_deleted, coalesce(stats_reset::text, '-') FROM pg_catalog.pg_stat_database WHERE datname = pg_catalog.current_database()").
		Scan(&now.inserted, &now.updated, &now.deleted, &now.reset)
	if err != nil || now == y.cheap && y.sight.Sign != "" {
		return err
	}
	edits, err := y.s.edits(ctx)
	if err != nil {
		return err
	}
	y.cheap, y.sight = now, backup.Sight{Of: y.of, Edits: edits, Counting: y.of + " " + now.reset, Sign: signOf(edits, y.of+now.reset)}
	return nil
}

// edits are what the server has counted of each table that is not its own.
func (s *session) edits(ctx context.Context) (map[string]backup.Edits, error) {
	rows, err := s.Query(ctx, `SELECT t.schemaname || '.' || t.relname, t.n_tup_ins, t.n_tup_upd, t.n_tup_del, c.relfilenode::bigint
		FROM pg_catalog.pg_stat_user_tables t JOIN pg_catalog.pg_class c ON c.oid = t.relid
		WHERE c.relpersistence <> 't'`)
	if err != nil {
		return nil, err
	}
	edits := map[string]backup.Edits{}
	var name string
	var e backup.Edits
	_, err = pgx.ForEachRow(rows, []any{&name, &e.Inserted, &e.Updated, &e.Deleted, &e.File}, func() error {
		edits[name] = e
		return nil
	})
	return edits, err
}

func signOf(edits map[string]backup.Edits, counting string) string {
	h := fnv.New128a()
	fmt.Fprint(h, counting)
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		fmt.Fprintf(h, "\n%q %+v", name, edits[name])
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

func (y *eyeOf) Close() {
	if y.s != nil {
		y.s.close(context.Background())
		y.s = nil
	}
}
