package watch

import (
	"time"

	"cofre/internal/backup"
)

// Expected is when what waits is to be in a good backup, by a rule: of a database that is
// known to be wholly in one at from, or as it was, nothing is expected, which is the zero time.
func (m Memory) Expected(rule backup.Watch, from time.Time) time.Time {
	since := m.since()
	if !from.Before(since) {
		return time.Time{}
	}
	return since.Add(max(patience, time.Duration(rule.Quiet)*time.Second, time.Duration(rule.Pause)*time.Minute))
}

// since is when that began which is not backed up yet, or since when nobody can say, as far
// as anybody has written it down.
func (m Memory) since() (at time.Time) {
	if m.Waiting != nil {
		at = m.Waiting.First
	}
	if m.Trouble != nil && (at.IsZero() || m.Trouble.Since.Before(at)) {
		at = m.Trouble.Since
	}
	return at
}
