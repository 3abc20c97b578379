package service

import (
	"path/filepath"
	"slices"
	"time"

	"cofre/internal/backup"
)

// covering is the good backup that a database is known to be wholly in, and from when on:
// the moment it was made, or a later one at which the database still held the same rows.
// Status, silence and notices go by this one judgement. Nil: there is none.
func covering(entries []backup.Entry, now time.Time) (best *backup.Entry, at time.Time) {
	for i := range entries {
		e := &entries[i]
		if !covers(*e) || e.Manifest.CreatedAt.After(now) {
			continue
		}
		if current := e.Current(now); best == nil || current.After(at) {
			best, at = e, current
		}
	}
	return best, at
}

// covers says whether a backup counts for its database. One that was made before a
// restore is of what somebody wanted to be rid of, and of an imported one nobody here
// knows which database it is of.
func covers(e backup.Entry) bool {
	return e.State.Sound() && e.Manifest.Purpose != backup.Safety && e.Own()
}

// plugged are the entries without those whose files are gone. Where not one file of a
// folder is there, its drive is not plugged in: nobody has deleted those backups.
func plugged(entries []backup.Entry) []backup.Entry {
	there, missing := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		missing[e.Manifest.ID] = present(e).State == StateMissing
		if !missing[e.Manifest.ID] {
			there[filepath.Dir(e.File)] = true
		}
	}
	return slices.DeleteFunc(entries, func(e backup.Entry) bool { return missing[e.Manifest.ID] && there[filepath.Dir(e.File)] })
}
