package service

import (
	"context"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// DifferenceView is what the restore of a plan removes, brings and changes, row by row.
type DifferenceView struct {
	Tables  []backup.TableDiff `json:"tables"`  // those that differ or were not compared
	Names   []TableName        `json:"names"`   // what people call tables of the application
	Unknown string             `json:"unknown"` // "unreadable": rows were only counted
}

// TableName is the name that people use for a table, as profile.Counter has it.
type TableName struct {
	Table string `json:"table"`
	Key   string `json:"key"`
	Label string `json:"label"`
}

// ComparingView is how far a comparison is.
type ComparingView struct {
	PlanID string `json:"planID"`
	Done   int64  `json:"done"` // rows of both sides
	Total  int64  `json:"total"`
	Table  string `json:"table"`
}

// differing is a comparison that runs.
type differing struct {
	planID string // or the key of one of two backups
	stop   context.CancelFunc
	done   chan struct{}
}

// compareTold is how often the window hears of a comparison's progress.
const compareTold = 200 * time.Millisecond

func noDifference() DifferenceView {
	return DifferenceView{Tables: []backup.TableDiff{}, Names: []TableName{}}
}

// Difference compares what a plan replaces with what it brings, and returns when that
// is done. One comparison runs at a time: the one that ran before ends, and so does
// this one by CancelDifference, by the start of a restore and with the session.
func (d *Desk) Difference(ctx context.Context, planID string) (DifferenceView, error) {
	v := noDifference()
	if err := d.admin(); err != nil {
		return v, err
	}
	var seen planned
	var found backup.Difference
	err := d.comparing(ctx, planID, func(ctx context.Context, p backup.Progress) (err error) {
		d.mu.Lock()
		known, ok := d.plans[planID]
		d.mu.Unlock()
		if !ok {
			return errs.New(errs.Stale, "restore.plan_gone", nil)
		}
		seen = known
		found, err = d.Service.Restorer.DifferPlan(ctx, seen.plan, p)
		return err
	})
	if err != nil {
		return v, err
	}
	v.Tables, v.Unknown = found.Tables, found.Unknown
	v.Names = namesOf(seen.plan.Current.Profile, seen.plan.Archive.Contents.Profile)
	return v, nil
}

// comparing runs a comparison as the only one, and tells the window how far it is.
func (d *Desk) comparing(ctx context.Context, key string, do func(context.Context, backup.Progress) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	this := &differing{planID: key, stop: stop, done: make(chan struct{})}
	defer close(this.done)
	d.beginDifference(this)
	last := time.Time{}
	err := do(ctx, func(u backup.Update) {
		if now := time.Now(); d.Comparing != nil && now.Sub(last) >= compareTold {
			last = now
			d.Comparing(ComparingView{PlanID: key, Done: u.Done, Total: u.Total, Table: u.Item})
		}
	})
	if ctx.Err() != nil {
		return errs.New(errs.Cancelled, "job.cancelled", nil)
	}
	return err
}

// beginDifference makes this the comparison that runs, when the one before has ended.
func (d *Desk) beginDifference(this *differing) {
	for {
		d.mu.Lock()
		before := d.differ
		if before == nil || ended(before.done) {
			d.differ = this
			d.mu.Unlock()
			return
		}
		d.mu.Unlock()
		before.stop()
		<-before.done
	}
}

// CancelDifference ends the comparison of a plan, where it runs.
func (d *Desk) CancelDifference(planID string) error {
	if err := d.admin(); err != nil {
		return err
	}
	d.endDifference(planID)
	return nil
}

// endDifference ends the comparison of a plan, or any for "", and waits for its end.
func (d *Desk) endDifference(planID string) {
	d.mu.Lock()
	this := d.differ
	d.mu.Unlock()
	if this == nil || planID != "" && this.planID != planID {
		return
	}
	this.stop()
	<-this.done
}

func ended(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// namesOf are the names of tables that either side knows.
func namesOf(facts ...*profile.Facts) []TableName {
	names, known := []TableName{{Table: archive.LargeObjects, Key: profile.LargeObjects}}, map[string]bool{}
	for _, f := range facts {
		if f == nil {
			continue
		}
		for _, c := range f.Counters {
			if c.Table != "" && !known[c.Table] {
				known[c.Table] = true
				names = append(names, TableName{Table: c.Table, Key: c.Key, Label: c.Label})
			}
		}
	}
	return names
}
