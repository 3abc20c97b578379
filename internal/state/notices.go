package state

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cofre/internal/errs"
	"cofre/internal/notify"
)

// Notices are channels, what is to be told on them, and episodes.
type Notices struct{ db *DB }

var _ notify.Book = Notices{}

// Notices of this state.
func (db *DB) Notices() Notices { return Notices{db} }

// keptNotices are those that are over and stay.
const keptNotices = 1000

// Channels returns all, by name; an empty slice where there are none.
func (n Notices) Channels(ctx context.Context) ([]notify.Channel, error) {
	all := []notify.Channel{}
	err := n.db.each(ctx, "SELECT channel FROM channels ORDER BY folded", nil, func(row scanner) error {
		var raw string
		if err := row.Scan(&raw); err != nil {
			return err
		}
		var c notify.Channel
		err := decode(raw, &c)
		all = append(all, c)
		return err
	})
	return all, n.db.fail("list channels", err)
}

// Put adds c or replaces the channel with its ID; what waits for it is due at once.
func (n Notices) Put(ctx context.Context, c notify.Channel) error {
	raw, err := encode(&c)
	if err != nil {
		return n.db.fail("put channel", err)
	}
	return n.db.in(ctx, "put channel", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO channels (id, folded, channel) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET folded = excluded.folded, channel = excluded.channel`, c.ID, fold(c.Name), raw)
		if isTaken(err) {
			return errs.New(errs.Invalid, "notify.name_taken", errs.Args{"name": c.Name})
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE notices SET notice = json_remove(notice, '$.due') WHERE channel = ? AND state = 'waiting'", c.ID)
		return err
	})
}

// Remove forgets a channel and its notices.
func (n Notices) Remove(ctx context.Context, id string) error {
	_, err := n.db.sql.ExecContext(ctx, "DELETE FROM channels WHERE id = ?", id)
	return n.db.fail("remove channel", err)
}

// Add puts notices into the queue. One for a channel that is gone is dropped.
func (n Notices) Add(ctx context.Context, all ...notify.Notice) error {
	if len(all) == 0 {
		return nil
	}
	return n.db.in(ctx, "add notices", func(tx *sql.Tx) error { return addNotices(ctx, tx, all) })
}

func addNotices(ctx context.Context, tx *sql.Tx, all []notify.Notice) error {
	for _, x := range all {
		raw, err := encode(noticeOf(x))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO notices (channel, state, event, subject, sent_at, notice) SELECT id, ?, ?, ?, ?, ? FROM channels WHERE id = ?",
			string(x.State), string(x.Event), x.Subject.Key, nanos(x.SentAt), raw, x.Channel); err != nil {
			return err
		}
	}
	return nil
}

// Claim lets choose take of what waits for a channel; see notify.Book.
func (n Notices) Claim(ctx context.Context, channel string, since time.Time, choose func([]notify.Notice, map[notify.Key]time.Time) []notify.Notice) error {
	// Most looks find nothing: they write nothing, and wait for no other process.
	some, err := n.read(ctx, "WHERE channel = ? AND state = 'waiting' ORDER BY id LIMIT 1", channel)
	if err != nil || len(some) == 0 {
		return err
	}
	return n.db.in(ctx, "claim notices", func(tx *sql.Tx) error {
		waiting, err := readNotices(ctx, tx, "WHERE channel = ? AND state = 'waiting' ORDER BY id", channel)
		if err != nil {
			return err
		}
		sent := map[notify.Key]time.Time{}
		rows, err := tx.QueryContext(ctx, "SELECT event, subject, max(sent_at) FROM notices WHERE channel = ? AND sent_at > ? AND state = 'sent' GROUP BY event, subject", channel, nanos(since))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k notify.Key
			var at int64
			if err := rows.Scan(&k.Event, &k.Subject, &at); err != nil {
				return err
			}
			sent[k] = instant(at)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		return putNotices(ctx, tx, choose(waiting, sent))
	})
}

// Settle replaces notices by their IDs; the oldest of those that are over go.
func (n Notices) Settle(ctx context.Context, all ...notify.Notice) error {
	return n.db.in(ctx, "settle notices", func(tx *sql.Tx) error {
		if err := putNotices(ctx, tx, all); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM notices WHERE state <> 'waiting' AND id <= (SELECT id FROM notices WHERE state <> 'waiting' ORDER BY id DESC LIMIT 1 OFFSET ?)", keptNotices)
		return err
	})
}

func putNotices(ctx context.Context, tx *sql.Tx, all []notify.Notice) error {
	for _, x := range all {
		raw, err := encode(noticeOf(x))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE notices SET state = ?, sent_at = ?, notice = ? WHERE id = ?", string(x.State), nanos(x.SentAt), raw, x.ID); err != nil {
			return err
		}
	}
	return nil
}

// Recent returns the last notices, newest first.
func (n Notices) Recent(ctx context.Context, limit int) ([]notify.Notice, error) {
	return n.read(ctx, "ORDER BY id DESC LIMIT ?", limit)
}

// Unsent returns what waits and has failed at least once, oldest first.
func (n Notices) Unsent(ctx context.Context) ([]notify.Notice, error) {
	return n.read(ctx, "WHERE state = 'waiting' AND notice ->> '$.attempts' > 0 ORDER BY id")
}

func (n Notices) read(ctx context.Context, tail string, args ...any) ([]notify.Notice, error) {
	all, err := readNotices(ctx, n.db.sql, tail, args...)
	return all, n.db.fail("read notices", err)
}

func readNotices(ctx context.Context, from interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, tail string, args ...any) ([]notify.Notice, error) {
	all := []notify.Notice{}
	rows, err := from.QueryContext(ctx, "SELECT id, channel, state, event, sent_at, notice FROM notices "+tail, args...)
	if err != nil {
		return all, err
	}
	defer rows.Close()
	for rows.Next() {
		var x notify.Notice
		var raw string
		var sent int64
		if err := rows.Scan(&x.ID, &x.Channel, &x.State, &x.Event, &sent, &raw); err != nil {
			return all, err
		}
		var kept notice
		if err := decode(raw, &kept); err != nil {
			return all, err
		}
		x.Subject, x.What, x.At, x.Lines, x.Attempts, x.Due, x.Claimed = kept.Subject, kept.What, kept.At, kept.Lines, kept.Attempts, kept.Due, kept.Claimed
		x.SentAt, x.Cause, x.Failure = instant(sent), kept.Cause.error(), kept.Failure.error()
		all = append(all, x)
	}
	return all, rows.Err()
}

// Episodes returns what is kept, by key.
func (n Notices) Episodes(ctx context.Context) (map[string]notify.Episode, error) {
	all := map[string]notify.Episode{}
	err := n.db.each(ctx, "SELECT key, episode FROM episodes", nil, func(row scanner) error {
		var key, raw string
		if err := row.Scan(&key, &raw); err != nil {
			return err
		}
		var e notify.Episode
		err := decode(raw, &e)
		all[key] = e
		return err
	})
	return all, n.db.fail("list episodes", err)
}

// Episode replaces what is kept under key by what step makes of it; see notify.Book.
func (n Notices) Episode(ctx context.Context, key string, step func(notify.Episode) (notify.Episode, []notify.Notice)) error {
	kept := func(row *sql.Row) (raw string, e notify.Episode, err error) {
		if err = row.Scan(&raw); errors.Is(err, sql.ErrNoRows) {
			return "", e, nil
		}
		if err == nil {
			err = decode(raw, &e)
		}
		return raw, e, err
	}
	const query = "SELECT episode FROM episodes WHERE key = ?"
	// Most looks find nothing new: they write nothing, and wait for no other process.
	raw, e, err := kept(n.db.sql.QueryRowContext(ctx, query, key))
	if err != nil {
		return n.db.fail("read episode", err)
	}
	same := func(raw string, now notify.Episode) (string, bool, error) {
		after, err := encode(&now)
		return after, after == raw || raw == "" && now.IsZero(), err
	}
	next, all := step(e)
	if _, unchanged, err := same(raw, next); err != nil || unchanged && len(all) == 0 {
		return n.db.fail("keep episode", err)
	}
	return n.db.in(ctx, "keep episode", func(tx *sql.Tx) error {
		raw, e, err := kept(tx.QueryRowContext(ctx, query, key))
		if err != nil {
			return err
		}
		next, all := step(e)
		after, unchanged, err := same(raw, next)
		switch {
		case err != nil || unchanged:
		case next.IsZero():
			_, err = tx.ExecContext(ctx, "DELETE FROM episodes WHERE key = ?", key)
		default:
			_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO episodes (key, episode) VALUES (?, ?)", key, after)
		}
		if err == nil {
			err = addNotices(ctx, tx, all)
		}
		return err
	})
}

// notice is a notify.Notice as state.db keeps it.
type notice struct {
	Subject  notify.Subject `json:"subject"`
	What     string         `json:"what,omitempty"`
	At       time.Time      `json:"at"`
	Lines    []notify.Line  `json:"lines,omitempty"`
	Cause    *failure       `json:"cause,omitempty"`
	Attempts int            `json:"attempts"`
	Due      time.Time      `json:"due,omitzero"` // none: at once
	Claimed  time.Time      `json:"claimed,omitzero"`
	Failure  *failure       `json:"failure,omitempty"`
}

func noticeOf(x notify.Notice) *notice {
	return &notice{x.Subject, x.What, x.At, x.Lines, failureOf(x.Cause), x.Attempts, x.Due, x.Claimed, failureOf(x.Failure)}
}
