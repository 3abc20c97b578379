package state

import (
	"context"
	"slices"
	"time"

	"cofre/internal/backup"
)

// Journal keeps what Cofre does, before it does it.
type Journal struct{ db *DB }

var _ backup.Journal = Journal{}

// Journal of this state.
func (db *DB) Journal() Journal { return Journal{db} }

// Begin adds a record. An ID that is there already is an error.
func (j Journal) Begin(ctx context.Context, r backup.Record) error {
	return j.write(ctx, "begin job "+r.ID, "INSERT", r)
}

// Update replaces the record with r.ID.
func (j Journal) Update(ctx context.Context, r backup.Record) error {
	return j.write(ctx, "update job "+r.ID, "INSERT OR REPLACE", r)
}

func (j Journal) write(ctx context.Context, what, verb string, r backup.Record) error {
	kept := recordOf(r)
	raw, err := encode(&kept)
	if err != nil {
		return j.db.fail(what, err)
	}
	_, err = j.db.sql.ExecContext(ctx, verb+` INTO jobs (id, kind, identity, status, started_at, ended_at, record)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Kind, r.Identity, r.Status, nanos(r.StartedAt), nanos(r.EndedAt), raw)
	return j.db.fail(what, err)
}

// Open returns the records that were never ended, oldest first.
func (j Journal) Open(ctx context.Context) ([]backup.Record, error) {
	return j.read(ctx, "read open jobs", "WHERE ended_at = 0 ORDER BY started_at")
}

// Recent returns records, newest first.
func (j Journal) Recent(ctx context.Context, limit, offset int) ([]backup.Record, error) {
	return j.read(ctx, "read jobs", "ORDER BY started_at DESC, id DESC LIMIT ? OFFSET ?", limit, offset)
}

// Of returns the records of that kind and identity, newest first; all of them with a
// limit of -1.
func (j Journal) Of(ctx context.Context, kind, identity string, limit int) ([]backup.Record, error) {
	return j.read(ctx, "read jobs of one database", "WHERE kind = ? AND identity = ? ORDER BY started_at DESC, id DESC LIMIT ?", kind, identity, limit)
}

// OfKinds returns the records of any of these kinds, newest first.
func (j Journal) OfKinds(ctx context.Context, limit int, kinds ...string) ([]backup.Record, error) {
	list, err := encode(&kinds)
	if err != nil {
		return []backup.Record{}, j.db.fail("read jobs of some kinds", err)
	}
	return j.read(ctx, "read jobs of some kinds", "WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY started_at DESC, id DESC LIMIT ?", list, limit)
}

// Unread returns the records that are interrupted or settled and that nobody has
// acknowledged, newest first.
func (j Journal) Unread(ctx context.Context) ([]backup.Record, error) {
	return j.read(ctx, "read interrupted jobs", "WHERE "+unread+" ORDER BY started_at DESC, id DESC")
}

// unread are the words of the index jobs_unread, which is used for these alone.
const unread = "(status = 'interrupted' OR record ->> '$.settled' IS 1) AND record ->> '$.acknowledged' IS NOT 1"

// LastDone returns the newest succeeded record of that kind and identity, or nil.
func (j Journal) LastDone(ctx context.Context, kind, identity string) (*backup.Record, error) {
	found, err := j.read(ctx, "read last job",
		"WHERE status = 'succeeded' AND kind = ? AND identity = ? ORDER BY started_at DESC LIMIT 1", kind, identity)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// DoneSince returns succeeded records of that kind and identity, newest first: those that
// began since then and the last one before, but not more than limit.
func (j Journal) DoneSince(ctx context.Context, kind, identity string, since time.Time, limit int) ([]backup.Record, error) {
	const of = "status = 'succeeded' AND kind = ?1 AND identity = ?2"
	return j.read(ctx, "read jobs of one database", "WHERE "+of+" AND started_at >= coalesce((SELECT max(started_at) FROM jobs WHERE "+of+" AND started_at < ?3), 0) ORDER BY started_at DESC LIMIT ?4",
		kind, identity, nanos(since), limit)
}

// Lent returns the rehearsals that have ended and name a private server, oldest first.
func (j Journal) Lent(ctx context.Context) ([]backup.Record, error) {
	found, err := j.read(ctx, "read rehearsals", `WHERE kind = 'rehearse' AND ended_at <> 0 AND record LIKE '%"server":%' ORDER BY started_at`)
	return slices.DeleteFunc(found, func(r backup.Record) bool { return r.Left.Server == "" }), err
}

// Unsettled returns the restores aside of that identity that have ended without
// success, and the rehearsals, that were not settled yet, oldest first.
func (j Journal) Unsettled(ctx context.Context, identity string) ([]backup.Record, error) {
	found, err := j.read(ctx, "read interrupted jobs", "WHERE (status <> 'succeeded' OR kind = 'rehearse') AND ended_at <> 0 AND identity = ? ORDER BY started_at", identity)
	return slices.DeleteFunc(found, func(r backup.Record) bool { return r.Names == nil || r.Settled }), err
}

func (j Journal) read(ctx context.Context, what, tail string, args ...any) ([]backup.Record, error) {
	records := []backup.Record{}
	err := j.db.each(ctx, "SELECT record FROM jobs "+tail, args, func(row scanner) error {
		var raw string
		if err := row.Scan(&raw); err != nil {
			return err
		}
		var kept record
		err := decode(raw, &kept)
		records = append(records, kept.record())
		return err
	})
	return records, j.db.fail(what, err)
}

// record is a backup.Record as state.db keeps it: its names must stay when the
// domain's change.
type record struct {
	ID           string            `json:"id"`
	Kind         string            `json:"kind"`
	What         string            `json:"what,omitempty"`
	Target       string            `json:"target"`
	Identity     string            `json:"identity"`
	By           string            `json:"by"`
	StartedAt    time.Time         `json:"started_at"`
	EndedAt      time.Time         `json:"ended_at,omitzero"`
	Step         string            `json:"step"`
	Steps        []backup.StepTime `json:"steps,omitempty"`
	Status       string            `json:"status"`
	Failure      *failure          `json:"failure,omitempty"`
	BackupID     string            `json:"backup_id,omitempty"`
	File         string            `json:"file,omitempty"`
	SafetyID     string            `json:"safety_id,omitempty"`
	Safety       string            `json:"safety,omitempty"`
	Bytes        int64             `json:"bytes,omitempty"`
	Names        *backup.Names     `json:"names,omitempty"`
	Left         backup.Left       `json:"left,omitzero"`
	Settled      bool              `json:"settled,omitempty"`
	Before       []backup.Table    `json:"before,omitempty"`
	After        []backup.Table    `json:"after,omitempty"`
	Well         bool              `json:"well,omitempty"`
	Acknowledged bool              `json:"acknowledged,omitempty"`
}

func recordOf(r backup.Record) record {
	return record{ID: r.ID, Kind: r.Kind, What: r.What, Target: r.Target, Identity: r.Identity, By: r.By,
		StartedAt: r.StartedAt, EndedAt: r.EndedAt, Step: r.Step, Steps: r.Steps, Status: r.Status,
		Failure: failureOf(r.Failure), BackupID: r.BackupID, File: r.File, SafetyID: r.SafetyID, Safety: r.Safety,
		Bytes: r.Bytes, Names: r.Names, Left: r.Left, Settled: r.Settled, Before: r.Before, After: r.After, Well: r.Well, Acknowledged: r.Acknowledged}
}

func (r record) record() backup.Record {
	return backup.Record{ID: r.ID, Kind: r.Kind, What: r.What, Target: r.Target, Identity: r.Identity, By: r.By,
		StartedAt: r.StartedAt, EndedAt: r.EndedAt, Step: r.Step, Steps: r.Steps, Status: r.Status,
		Failure: r.Failure.error(), BackupID: r.BackupID, File: r.File, SafetyID: r.SafetyID, Safety: r.Safety,
		Bytes: r.Bytes, Names: r.Names, Left: r.Left, Settled: r.Settled, Before: r.Before, After: r.After, Well: r.Well, Acknowledged: r.Acknowledged}
}
