package service

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
)

// PlanRestore says what restoring a backup into the active database would mean,
// and remembers the plan so that the person's yes is to what the person saw.
func (d *Desk) PlanRestore(ctx context.Context, ref backup.Ref) (PlanView, error) {
	if err := d.admin(); err != nil {
		return PlanView{}, err
	}
	c, t, err := d.needActive(ctx)
	if err != nil {
		return PlanView{}, err
	}
	p, err := d.Service.Plan(ctx, ref, t)
	if err != nil {
		return PlanView{}, err
	}
	return d.remember(p, c), nil
}

// remember keeps a plan that the person looks at.
func (d *Desk) remember(p backup.Plan, c backup.Connection) PlanView {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plans == nil || len(d.plans) > 20 {
		d.plans = map[string]planned{}
	}
	d.plans[p.ID] = planned{p, c}
	return d.planView(p, c)
}

// compareWithin is how long a person at the window is kept waiting for what was
// written since a restore.
const compareWithin = 30 * time.Second

// PlanUndo plans to take the last restore of the active database back.
func (d *Desk) PlanUndo(ctx context.Context) (PlanView, error) {
	if err := d.admin(); err != nil {
		return PlanView{}, err
	}
	c, t, err := d.needActive(ctx)
	if err != nil {
		return PlanView{}, err
	}
	p, err := d.Service.PlanUndo(ctx, t, compareWithin)
	if err != nil {
		return PlanView{}, err
	}
	return d.remember(p, c), nil
}

// StartRestore begins a plan that the person has agreed to and returns the job's
// ID. A production database is named once more by typing.
func (d *Desk) StartRestore(ctx context.Context, in StartRestoreInput) (string, error) {
	if err := d.admin(); err != nil {
		return "", err
	}
	d.mu.Lock()
	seen, ok := d.plans[in.PlanID]
	d.mu.Unlock()
	if !ok {
		return "", errs.New(errs.Stale, "restore.plan_gone", nil)
	}
	if seen.connection.Production && strings.TrimSpace(in.Typed) != seen.connection.Name {
		return "", errs.New(errs.Consent, "restore.consent_typed", errs.Args{"target": seen.connection.Name})
	}
	var given []backup.Consent
	for _, c := range in.Consents {
		if consent := backup.Consent(c); consent != backup.ConsentTyped {
			given = append(given, consent)
		}
	}
	if seen.connection.Production { // the name was typed, as seen above
		given = append(given, backup.ConsentTyped)
	}
	d.endDifference("") // it reads what is about to be replaced, and may hold it
	op, err := d.Service.Restore(d.as(ctx), seen.plan, given)
	if err != nil {
		return "", err
	}
	d.afterwards(op.Done, func() { d.restored(op, seen) })
	return op.ID, nil
}

// restored keeps the result for the page, and ends every session where the
// database was replaced: its users, too, may be others now.
func (d *Desk) restored(op *Operation[backup.Result], seen planned) {
	r, err := op.Wait()
	v := ResultView{JobID: op.ID, Status: string(r.Status), Mode: string(r.Mode), Method: string(r.Method), Target: d.connectionView(seen.connection),
		Verified: r.Verified, Kept: r.Kept, KeptFile: r.KeptFile, Warnings: []job.Failure{}, Rows: planRows(r.Before, r.After), TookMS: r.Took.Milliseconds(), Failure: job.FailureOf(err)}
	for _, w := range r.Warnings {
		v.Warnings = append(v.Warnings, *job.FailureOf(w))
	}
	if r.Status == backup.Untouched {
		v.Rows = planRows(r.Before, r.Before)
		if errs.CodeOf(err) == errs.Cancelled {
			v.Status = string(job.Cancelled)
		}
	}
	if r.Safety != nil {
		e, err := d.Service.Entry(context.Background(), r.Safety.ID)
		if err == nil {
			b := backupView(e, seen.plan.Target.Identity())
			v.Safety = &b
		}
	}
	if r.Status == backup.Succeeded {
		v.Profile, v.Report = seen.plan.Archive.Contents.Profile, r.Report
	}
	d.mu.Lock()
	d.result = &v
	d.mu.Unlock()
	d.Changed()
	if r.Status != backup.Untouched {
		d.Logout()
		d.Ended()
	}
}

// LastResult is the ending of the last restore in this window, or nil. It may be
// read after the session has ended: it is the last page of the restore.
func (d *Desk) LastResult() *ResultView {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.result
}

// ReportFor is the evidence of the last restore, for whoever reads its result, to be
// saved at path: which must be nothing that Cofre needs.
func (d *Desk) ReportFor(ctx context.Context, path string) (*backup.Report, error) {
	r := d.LastResult()
	if r == nil || r.Report == nil {
		return nil, errs.New(errs.NotFound, "report.none", nil)
	}
	return r.Report, d.mayReplace(ctx, path)
}

// Acknowledge says that the person has read about an interrupted job.
func (d *Desk) Acknowledge(ctx context.Context, id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	return d.Service.Acknowledge(ctx, id)
}

// KeptFile is what the broken database of r was kept as, where it got so far.
func KeptFile(r backup.Record) string {
	if _, err := os.Lstat(r.Left.Kept); r.Left.Kept == "" || err != nil {
		return ""
	}
	return r.Left.Kept
}

// interrupted words the jobs that a crash cut off.
func (d *Desk) interrupted(ctx context.Context) ([]Interrupted, error) {
	views := []Interrupted{}
	records, err := d.Service.Interrupted(ctx)
	if err != nil {
		return views, err
	}
	all, err := d.Connected.All(ctx)
	for _, r := range records {
		v := Interrupted{JobID: r.ID, Kind: r.Kind, Target: r.Target, Step: r.Step, StartedAt: millis(r.StartedAt), State: "unknown", KeptFile: KeptFile(r)}
		for _, c := range all {
			if t := c.Target(""); t.Identity() == r.Identity {
				if t, err := d.target(c); err == nil {
					v.State = d.Service.StateAfter(ctx, r, t)
				}
			}
		}
		if r.SafetyID != "" {
			if e, err := d.Service.Entry(ctx, r.SafetyID); err == nil {
				b := backupView(e, r.Identity)
				v.Safety = &b
			}
		}
		views = append(views, v)
	}
	return views, err
}

func (d *Desk) planView(p backup.Plan, c backup.Connection) PlanView {
	v := PlanView{ID: p.ID, MadeAt: millis(p.MadeAt), Mode: string(p.Mode), Method: string(p.Method), Connection: d.connectionView(c), Place: p.Target.Place(),
		BackupID: p.Archive.ID, File: p.Archive.File, FileName: cmp.Or(p.Kept, filepath.Base(p.Archive.File)), Undo: p.Kept != "", Archive: contentsView(p.Archive.Contents), Current: contentsView(p.Current),
		Exists: p.Exists, Rows: planRows(p.Current, p.Archive.Contents), Comparable: p.Comparable() && p.Since == nil, Checks: p.Checks, Consents: []string{},
		KeepAs: p.KeepAs, SafetyName: backup.FileName(p.Target, backup.BackupOptions{Purpose: backup.Safety}, d.Service.Now())}
	if m := p.Archive.Manifest; m != nil {
		v.Archive.CreatedAt = millis(m.CreatedAt)
	}
	if v.Checks == nil {
		v.Checks = []backup.Check{}
	}
	for _, consent := range p.Consents {
		v.Consents = append(v.Consents, string(consent))
	}
	v.Examined, v.Findings, v.Choices = -1, []backup.Finding{}, choicesView(p.Target.Choices)
	if e := p.Examination; e != nil {
		v.Examined, v.Findings = e.Rows, append(v.Findings, e.Findings...)
	}
	if p.Since != nil {
		v.Since = &SinceView{At: millis(p.Since.At), Unknown: p.Since.Unknown, Tables: p.Since.Tables}
	}
	v.Steps, v.ExpectedMS = stepViews(p.Steps)
	v.Command = command(p, c)
	return v
}

// command is the same restore on the command line, without a secret.
func command(p backup.Plan, c backup.Connection) string {
	words := []string{"cofre", "restore", quote(cmp.Or(p.Archive.ID, p.Archive.File)), "--connection", quote(c.Name)}
	if p.Kept != "" || p.Since != nil {
		words = []string{"cofre", "undo", "--connection", quote(c.Name)}
	}
	for _, consent := range p.Consents {
		if consent == backup.ConsentTyped {
			words = append(words, "--name", quote(p.Target.Name))
			continue
		}
		words = append(words, map[backup.Consent]string{backup.ConsentOverwrite: "--yes", backup.ConsentRescue: "--rescue", backup.ConsentMigrate: "--migrate"}[consent])
	}
	return strings.Join(words, " ")
}

// quote makes a word that a POSIX shell reads back as it is.
func quote(s string) string {
	safe := func(r rune) bool {
		return r > 0x7f || (r >= '0' && r <= '9') || (r >= 'A' && r <= 'Z') || (r >= 'a' && r <= 'z') || strings.ContainsRune("_-./:@+,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// sortByLoss puts the largest loss first, then the largest gain, then by name.
func sortByLoss(rows []PlanRow) {
	change := func(r PlanRow) int64 { return max(r.After, 0) - max(r.Now, 0) }
	slices.SortStableFunc(rows, func(a, b PlanRow) int {
		x, y := change(a), change(b)
		switch {
		case x < 0 || y < 0:
			return cmp.Compare(x, y)
		case x != y:
			return cmp.Compare(y, x)
		}
		return cmp.Or(cmp.Compare(b.Now, a.Now), strings.Compare(a.Table, b.Table))
	})
}
