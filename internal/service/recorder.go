package service

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
)

// recorder tells the listeners and the journal what an operation does. It is the
// backup.Run of every job: a step is in the journal before it is taken.
type recorder struct {
	journal backup.Journal
	rep     *job.Reporter
	now     backup.Clock
	note    func(context.Context, audit.Entry, error) error
	tell    func(context.Context, happening)

	mu    sync.Mutex
	r     backup.Record
	entry audit.Entry // what the trail says of its end
	from  time.Time   // when the running step began
	made  *backup.Entry
}

var _ backup.Run = (*recorder)(nil)

func (c *recorder) Step(ctx context.Context, s backup.StepName) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close()
	c.r.Step, c.from = string(s), c.now()
	if err := c.journal.Update(ctx, c.r); err != nil {
		return err
	}
	c.rep.Step(string(s))
	return nil
}

// close adds the time of the step that has ended.
func (c *recorder) close() {
	if c.r.Step != "" {
		c.r.Steps = append(c.r.Steps, backup.StepTime{Name: backup.StepName(c.r.Step), Took: c.now().Sub(c.from)})
	}
}

func (c *recorder) Safety(ctx context.Context, e backup.Entry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.r.SafetyID, c.r.Safety = e.Manifest.ID, e.File
	c.entry.Files = append(c.entry.Files, filesOf("safety", e)...)
	return c.journal.Update(ctx, c.r)
}

func (c *recorder) Aside(ctx context.Context, n backup.Names) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.r.Names = &n; n == (backup.Names{}) {
		c.r.Names = nil
	}
	return c.journal.Update(ctx, c.r)
}

func (c *recorder) Leave(ctx context.Context, l backup.Left) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.r.Left = c.r.Left.And(l)
	return c.journal.Update(ctx, c.r)
}

func (c *recorder) Update(u backup.Update) { c.rep.Update(u.Done, u.Total, u.Unit, u.Item) }
func (c *recorder) Log(text string)        { c.rep.Log(text) }
func (c *recorder) NoCancel()              { c.rep.NoCancel() }

// panicked is the ending of a restore by a defect. Where the new content may have
// been going in, nobody knows what is there: the safety backup is named.
func (c *recorder) panicked(p backup.Plan, cause any) (backup.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := backup.Result{Status: backup.Untouched, Mode: p.Mode, Method: p.Method, Before: p.Current}
	if slices.Contains(inPlace, backup.StepName(c.r.Step)) || c.r.Step == string(backup.StepSwap) {
		r.Status = backup.Damaged
	}
	if c.r.SafetyID != "" {
		r.Safety = &backup.Archive{ID: c.r.SafetyID, File: c.r.Safety}
	}
	return r, errs.New(errs.Internal, "internal", nil).With(fmt.Sprintf("%v\n%s", cause, debug.Stack()))
}

// end writes down how it ended, in the journal and in the audit trail, and returns
// what could not be written; it can't be cancelled.
func (c *recorder) end(ctx context.Context, status string, cause error) (failed []error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.close()
	c.r.EndedAt, c.r.Status, c.r.Failure = c.now(), status, errs.Of(cause)
	writing, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	if err := c.journal.Update(writing, c.r); err != nil {
		failed = append(failed, err)
	}
	c.entry.Ending, c.entry.TookMS = status, c.r.EndedAt.Sub(c.r.StartedAt).Milliseconds()
	if err := c.note(ctx, c.entry, cause); err != nil {
		failed = append(failed, err)
	}
	c.tell(ctx, happening{what: c.entry.What, status: status, record: c.r, database: c.entry.Database, made: c.made, cause: cause})
	return failed
}
