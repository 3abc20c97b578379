package state

import (
	"context"
	"time"

	"cofre/internal/errs"
	"cofre/internal/schedule"
)

// Schedules are what is done again and again, and its runs. They go with the
// connection that they are for.
type Schedules struct{ db *DB }

var _ schedule.Book = Schedules{}

// Schedules of this state.
func (db *DB) Schedules() Schedules { return Schedules{db} }

// Schedules returns all, by name; an empty slice where there are none.
func (s Schedules) Schedules(ctx context.Context) ([]schedule.Schedule, error) {
	all := []schedule.Schedule{}
	err := s.db.each(ctx, "SELECT schedule FROM schedules ORDER BY folded", nil, func(row scanner) error {
		var raw string
		if err := row.Scan(&raw); err != nil {
			return err
		}
		var x schedule.Schedule
		err := decode(raw, &x)
		all = append(all, x)
		return err
	})
	return all, s.db.fail("list schedules", err)
}

// Put adds x or replaces the schedule with its ID.
func (s Schedules) Put(ctx context.Context, x schedule.Schedule) error {
	raw, err := encode(&x)
	if err != nil {
		return s.db.fail("put schedule", err)
	}
	_, err = s.db.sql.ExecContext(ctx, `
		INSERT INTO schedules (id, folded, connection, schedule) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET folded = excluded.folded, connection = excluded.connection, schedule = excluded.schedule`,
		x.ID, fold(x.Name), x.Connection, raw)
	if isTaken(err) {
		return errs.New(errs.Invalid, "schedule.name_taken", errs.Args{"name": x.Name})
	}
	return s.db.fail("put schedule", err)
}

// Remove forgets a schedule and its runs.
func (s Schedules) Remove(ctx context.Context, id string) error {
	_, err := s.db.sql.ExecContext(ctx, "DELETE FROM schedules WHERE id = ?", id)
	return s.db.fail("remove schedule", err)
}

// Last returns the last run of a schedule, or nil.
func (s Schedules) Last(ctx context.Context, id string) (*schedule.Run, error) {
	found, err := s.Runs(ctx, id, 1)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Runs returns the last runs of a schedule, newest first.
func (s Schedules) Runs(ctx context.Context, id string, limit int) ([]schedule.Run, error) {
	return s.read(ctx, "WHERE schedule = ? ORDER BY id DESC LIMIT ?", id, limit)
}

// Open returns the runs that have not ended.
func (s Schedules) Open(ctx context.Context) ([]schedule.Run, error) {
	return s.read(ctx, "WHERE ended_at = 0 ORDER BY id")
}

func (s Schedules) read(ctx context.Context, tail string, args ...any) ([]schedule.Run, error) {
	runs := []schedule.Run{}
	err := s.db.each(ctx, "SELECT id, schedule, run FROM runs "+tail, args, func(row scanner) error {
		var r schedule.Run
		var raw string
		if err := row.Scan(&r.ID, &r.Schedule, &raw); err != nil {
			return err
		}
		var kept run
		err := decode(raw, &kept)
		r.Due, r.Attempt, r.StartedAt, r.EndedAt = kept.Due, kept.Attempt, kept.StartedAt, kept.EndedAt
		r.Status, r.Failure, r.Backup = schedule.Status(kept.Status), kept.Failure.error(), kept.Backup
		runs = append(runs, r)
		return err
	})
	return runs, s.db.fail("read runs", err)
}

// Begin adds a run; the oldest beyond those that stay go.
func (s Schedules) Begin(ctx context.Context, r schedule.Run) (int64, error) {
	raw, err := encode(runOf(r))
	if err != nil {
		return 0, s.db.fail("begin run", err)
	}
	done, err := s.db.sql.ExecContext(ctx, "INSERT INTO runs (schedule, ended_at, run) VALUES (?, ?, ?)", r.Schedule, nanos(r.EndedAt), raw)
	if err != nil {
		return 0, s.db.fail("begin run", err)
	}
	id, err := done.LastInsertId()
	if err == nil {
		_, err = s.db.sql.ExecContext(ctx, "DELETE FROM runs WHERE schedule = ? AND id <= (SELECT id FROM runs WHERE schedule = ? ORDER BY id DESC LIMIT 1 OFFSET ?)", r.Schedule, r.Schedule, schedule.KeptRuns)
	}
	return id, s.db.fail("begin run", err)
}

// End replaces the run with r.ID. One whose schedule was removed meanwhile is gone.
func (s Schedules) End(ctx context.Context, r schedule.Run) error {
	raw, err := encode(runOf(r))
	if err == nil {
		_, err = s.db.sql.ExecContext(ctx, "UPDATE runs SET ended_at = ?, run = ? WHERE id = ?", nanos(r.EndedAt), raw, r.ID)
	}
	return s.db.fail("end run", err)
}

// run is a schedule.Run as state.db keeps it.
type run struct {
	Due       time.Time `json:"due"`
	Attempt   int       `json:"attempt"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Status    string    `json:"status"`
	Failure   *failure  `json:"failure,omitempty"`
	Backup    string    `json:"backup,omitempty"`
}

func runOf(r schedule.Run) *run {
	return &run{r.Due, r.Attempt, r.StartedAt, r.EndedAt, string(r.Status), failureOf(r.Failure), r.Backup}
}
