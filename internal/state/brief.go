package state

import (
	"cmp"
	"context"
	"database/sql"
	"sync"

	"cofre/internal/backup"
)

// briefs are the brief entries that this process has read: a list of thousands reads
// only those that are new or were changed since, by whichever process. What an entry
// points to is shared by all lists; nobody changes it.
type briefs struct {
	mu   sync.Mutex
	read map[string]*brief
}

// brief is an entry as its row was while it had that stamp.
type brief struct {
	stamp int64
	entry backup.Entry
}

// row names a row, as it is.
type row struct {
	rowid int64
	id    string
	stamp int64
}

// brief lists what tail asks for, which is all there is where everything is set.
func (c Catalog) brief(ctx context.Context, tail string, args []any, everything bool) ([]backup.Entry, error) {
	var rows []row
	var known []*brief
	var missing []int64
	var list entries
	err := c.db.snapshot(ctx, func(tx *sql.Tx) error {
		err := each(ctx, tx, "SELECT rowid, id, stamp FROM backups"+tail, args, func(s scanner) error {
			var r row
			err := s.Scan(&r.rowid, &r.id, &r.stamp)
			rows = append(rows, r)
			return err
		})
		if err != nil {
			return err
		}
		if known, missing = c.db.briefs.find(rows); len(missing) == 0 {
			return nil
		}
		wanted, err := encode(&missing)
		if err != nil {
			return err
		}
		missing = missing[:0] // in the order that they come in
		return each(ctx, tx, "SELECT rowid, "+briefColumns+" FROM backups WHERE rowid IN (SELECT value FROM json_each(?))", []any{wanted}, func(s scanner) error {
			var rowid int64
			r, err := scanEntry(s, &rowid)
			missing = append(missing, rowid)
			list.add(r)
			return err
		})
	})
	read, unreadable := list.all()
	if err = cmp.Or(err, unreadable); err != nil {
		return []backup.Entry{}, err
	}
	fresh := make(map[int64]*backup.Entry, len(read))
	for i, rowid := range missing {
		fresh[rowid] = &read[i]
	}
	all := make([]backup.Entry, len(rows))
	for i, r := range rows {
		if known[i] == nil {
			known[i] = &brief{r.stamp, *fresh[r.rowid]}
		}
		all[i] = known[i].entry
	}
	c.db.briefs.keep(rows, known, everything)
	return all, nil
}

// find returns what is known of rows, nil for those that are missing.
func (b *briefs) find(rows []row) (known []*brief, missing []int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	known = make([]*brief, len(rows))
	for i, r := range rows {
		if is := b.read[r.id]; is != nil && is.stamp == r.stamp {
			known[i] = is
		} else {
			missing = append(missing, r.rowid)
		}
	}
	return known, missing
}

// keep remembers what is known of rows. Where they are everything, what is not among
// them is forgotten.
func (b *briefs) keep(rows []row, known []*brief, everything bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.read == nil || everything && len(b.read) > len(rows) {
		b.read = make(map[string]*brief, len(rows))
	}
	for i, r := range rows {
		b.read[r.id] = known[i]
	}
}
