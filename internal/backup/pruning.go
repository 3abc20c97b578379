package backup

import (
	"path/filepath"
	"slices"
	"time"
)

// Reason is why a backup stays or goes; internal/text has words for each, under
// "retention.why.".
type Reason string

// Why a backup stays: kept by a rule, needed, or not to be judged.
const (
	KeptLast    Reason = "last"
	KeptHourly  Reason = "hourly"
	KeptDaily   Reason = "daily"
	KeptWeekly  Reason = "weekly"
	KeptMonthly Reason = "monthly"
	KeptYearly  Reason = "yearly"
	WithinLimit Reason = "within_limits" // there are limits alone

	LastGood    Reason = "last_good"
	LastProven  Reason = "last_proven"
	IsPinned    Reason = "pinned"
	UndoTime    Reason = "undo_time"   // a safety backup that is still young
	WayBack     Reason = "way_back"    // the last restore is taken back by it
	RecentFail  Reason = "recent_fail" // somebody may still want to know what went wrong
	IsImported  Reason = "imported"    // a person has fetched it, perhaps from another computer
	Elsewhere   Reason = "elsewhere"   // a person has put it outside of the repository
	FileMissing Reason = "missing"     // its file is not there; a drive may be away
	FromFuture  Reason = "future"      // its time can't be right, or the clock's can't
	NewestBad   Reason = "newest_bad"  // the newest one is not good: nothing goes
	NoRules     Reason = "no_rules"    // nobody has said what may go
)

// Why a backup goes.
const (
	NoRuleKeeps Reason = "no_rule_keeps"
	TooOld      Reason = "too_old"
	TooMuch     Reason = "too_much"
	UndoOver    Reason = "undo_over"
	OldFail     Reason = "old_fail"
)

// failedFor is how long a backup stays after it was found not to be good.
const failedFor = 7 * 24 * time.Hour

// Fate is what becomes of one backup.
type Fate struct {
	Entry Entry
	Goes  bool
	Why   []Reason // at least one
}

// Pruning is what becomes of all backups of a database. Making it removes nothing.
type Pruning struct {
	Identity string
	Rules    Retention
	Fates    []Fate // newest first
}

// Totals are how many go and stay, and the bytes of the files of those that go.
func (p Pruning) Totals() (goes, stays int, bytes int64) {
	for _, f := range p.Fates {
		if !f.Goes {
			stays++
			continue
		}
		if goes++; f.Entry.File != "" {
			bytes += f.Entry.Manifest.Bytes
		}
	}
	return goes, stays, bytes
}

// Going are the backups that go, oldest first: what is cut off leaves the newer ones.
func (p Pruning) Going() []Entry {
	going := []Entry{}
	for _, f := range p.Fates {
		if f.Goes {
			going = append(going, f.Entry)
		}
	}
	slices.Reverse(going)
	return going
}

// Standing is what a pruning has to know beside the backups.
type Standing struct {
	Now        time.Time
	Repository string   // folder; a backup elsewhere is a person's own
	UndoDays   int      // for how long a safety backup stays; 0: for ever
	WaysBack   []string // IDs of the safety backups that the last changes are taken back by
}

// Plan says what becomes of entries, which are all backups of one database. Only good
// ones count for the rules, and safety backups for none of them. Whatever the rules:
// the last good backup stays, the last proven one, pinned ones, safety backups that may
// still be wanted, and all of them when the newest one is not good.
func (r Retention) Plan(entries []Entry, s Standing) (Pruning, error) {
	zone, err := r.location()
	if err != nil {
		return Pruning{}, err
	}
	p := Pruning{Rules: r, Fates: make([]Fate, len(entries))}
	for i, e := range entries {
		p.Identity, p.Fates[i].Entry = e.Manifest.Source.Identity, e
	}
	slices.SortStableFunc(p.Fates, func(a, b Fate) int { return b.Entry.Manifest.CreatedAt.Compare(a.Entry.Manifest.CreatedAt) })

	here := p.here(s)
	if len(here) == 0 {
		return p, nil
	}
	if stop := r.stops(here); stop != "" {
		for _, f := range here {
			f.Why = []Reason{stop}
		}
		return p, nil
	}
	good, regular := []*Fate{}, []*Fate{}
	for _, f := range here {
		if f.Entry.State.Sound() {
			good = append(good, f)
			if f.Entry.Manifest.Purpose != Safety {
				regular = append(regular, f)
			}
		}
	}
	needed := need(here, good, regular, s)
	r.keeps(regular, zone)
	r.judge(here, needed, s)
	r.limit(here, regular, needed, s)
	for i := range p.Fates {
		if f := &p.Fates[i]; len(needed[f]) > 0 {
			f.Goes, f.Why = false, slices.Concat(needed[f], kept(f.Why))
		}
	}
	return p, nil
}

// here are the backups that may be judged, newest first; the others stay.
func (p Pruning) here(s Standing) (here []*Fate) {
	for i := range p.Fates {
		f := &p.Fates[i]
		switch e := f.Entry; {
		case e.Manifest.CreatedAt.After(s.Now):
			f.Why = []Reason{FromFuture}
		case !e.Own():
			f.Why = []Reason{IsImported}
		case e.File != "" && !inside(e.File, s.Repository):
			f.Why = []Reason{Elsewhere}
		default:
			here = append(here, f)
		}
	}
	return here
}

func inside(file, folder string) bool {
	within, err := filepath.Rel(folder, file)
	return err == nil && filepath.IsLocal(within)
}

// stops says why nothing at all may go, "" where something may.
func (r Retention) stops(here []*Fate) Reason {
	switch {
	case r.None():
		return NoRules
	case !here[0].Entry.State.Sound():
		return NewestBad
	}
	return ""
}

// need says which backups stay whatever the rules are, and why. Good and regular are
// the good ones with and without safety backups, newest first.
func need(here, good, regular []*Fate, s Standing) map[*Fate][]Reason {
	needed := map[*Fate][]Reason{}
	because := func(f *Fate, why Reason) { needed[f] = append(needed[f], why) }
	because(good[0], LastGood) // the newest of all is good
	if len(regular) > 0 && regular[0] != good[0] {
		because(regular[0], LastGood) // a safety backup is of what somebody wanted to be rid of
	}
	if newest := current(regular, s.Now); newest != nil && newest != regular[0] {
		because(newest, LastGood) // it was restored, and is what the database holds now
	}
	if i := slices.IndexFunc(good, func(f *Fate) bool { return f.Entry.State == Proven }); i >= 0 {
		because(good[i], LastProven)
	}
	undo := agesFrom(s.Now, good, days(s.UndoDays))
	for _, f := range here {
		m := f.Entry.Manifest
		if f.Entry.Pinned {
			because(f, IsPinned)
		}
		if slices.Contains(s.WaysBack, m.ID) {
			because(f, WayBack)
		}
		if m.Purpose == Safety && (s.UndoDays == 0 || undo.Sub(m.CreatedAt) < days(s.UndoDays)) {
			because(f, UndoTime)
		}
		if !f.Entry.State.there() {
			because(f, FileMissing)
		}
		if f.Entry.State == Failed && s.Now.Sub(later(m.CreatedAt, f.Entry.CheckedAt)) < failedFor {
			because(f, RecentFail)
		}
	}
	return needed
}

// current is the one that is known to hold what the database held most lately.
func current(regular []*Fate, now time.Time) (newest *Fate) {
	for _, f := range regular {
		if newest == nil || f.Entry.Current(now).After(newest.Entry.Current(now)) {
			newest = f
		}
	}
	return newest
}

// judge says of each that is not needed whether it goes, the limits apart.
func (r Retention) judge(here []*Fate, needed map[*Fate][]Reason, s Standing) {
	for _, f := range here {
		switch {
		case len(needed[f]) > 0:
		case !f.Entry.State.Sound():
			f.Goes, f.Why = true, []Reason{OldFail}
		case f.Entry.Manifest.Purpose == Safety:
			f.Goes, f.Why = true, []Reason{UndoOver}
		case len(f.Why) > 0:
		case len(r.keeping()) > 0:
			f.Goes, f.Why = true, []Reason{NoRuleKeeps}
		default:
			f.Why = []Reason{WithinLimit}
		}
	}
}

// limit lets go what is too old, and the oldest of what is too much. Age is counted
// from the newest good backup: while none is made, none is lost by waiting. What takes
// no room is no part of what is too much.
func (r Retention) limit(here, regular []*Fate, needed map[*Fate][]Reason, s Standing) {
	var bytes int64
	var newest time.Time // before all of them where none is good
	if len(regular) > 0 {
		newest = agesFrom(regular[0].Entry.Manifest.CreatedAt, regular, days(r.MaxAgeDays))
	}
	for _, f := range here {
		if r.MaxAgeDays > 0 && !f.Goes && len(needed[f]) == 0 && newest.Sub(f.Entry.Manifest.CreatedAt) > days(r.MaxAgeDays) {
			f.Goes, f.Why = true, []Reason{TooOld}
		}
		if !f.Goes && f.Entry.File != "" && f.Entry.State.there() {
			bytes += f.Entry.Manifest.Bytes
		}
	}
	for _, f := range slices.Backward(here) {
		if r.MaxBytes > 0 && bytes > r.MaxBytes && f.Entry.File != "" && !f.Goes && len(needed[f]) == 0 {
			f.Goes, f.Why = true, []Reason{TooMuch}
			bytes -= f.Entry.Manifest.Bytes
		}
	}
}

// agesFrom is the moment that ages are counted from: at, unless the newest of them is
// alone, with more than limit between it and the next. The first backup after a long
// time, or of a clock that is ahead, makes nothing old; the second one does.
func agesFrom(at time.Time, good []*Fate, limit time.Duration) time.Time {
	if len(good) > 1 {
		next := good[1].Entry.Manifest.CreatedAt
		if good[0].Entry.Manifest.CreatedAt.Sub(next) > limit {
			return next
		}
	}
	return at
}

// kept are those of the reasons that speak for staying.
func kept(why []Reason) []Reason {
	return slices.DeleteFunc(slices.Clone(why), func(r Reason) bool {
		return r == WithinLimit || slices.Contains([]Reason{NoRuleKeeps, TooOld, TooMuch, UndoOver, OldFail}, r)
	})
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
