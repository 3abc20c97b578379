package service

import (
	"context"
	"path/filepath"
	"slices"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// RulesView are the rules of a connection that say which backups stay; see backup.Retention.
type RulesView struct {
	Last       int   `json:"last"`
	Hourly     int   `json:"hourly"`
	Daily      int   `json:"daily"`
	Weekly     int   `json:"weekly"`
	Monthly    int   `json:"monthly"`
	Yearly     int   `json:"yearly"`
	MaxAgeDays int   `json:"maxAgeDays"`
	MaxBytes   int64 `json:"maxBytes"`
}

// CleaningView says which backups of the active database rules let go, and which stay.
type CleaningView struct {
	Rules     RulesView `json:"rules"`
	Kept      []KeptBy  `json:"kept"` // each backup that stays once, where its rule says it for the shortest time
	Goes      int       `json:"goes"`
	GoesBytes int64     `json:"goesBytes"`
	Stays     int       `json:"stays"`
	Fates     []Fate    `json:"fates"` // newest first; only where they were asked for
}

// KeptBy is how many backups one rule keeps.
type KeptBy struct {
	Why backup.Reason `json:"why"` // a rule, or "" for what stays whatever the rules are
	N   int           `json:"n"`
}

// Fate is what becomes of one backup, and why.
type Fate struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"` // of its file, "" for none
	CreatedAt int64           `json:"createdAt"`
	Bytes     int64           `json:"bytes"`
	State     string          `json:"state"`
	Goes      bool            `json:"goes"`
	Why       []backup.Reason `json:"why"`
}

// byRule are the reasons that rules give, from the shortest time to the longest.
var byRule = []backup.Reason{backup.KeptLast, backup.KeptHourly, backup.KeptDaily, backup.KeptWeekly, backup.KeptMonthly, backup.KeptYearly, backup.WithinLimit, backup.NoRules}

func (v RulesView) rules(zone string) backup.Retention {
	return backup.Retention{Last: v.Last, Hourly: v.Hourly, Daily: v.Daily, Weekly: v.Weekly, Monthly: v.Monthly, Yearly: v.Yearly, MaxAgeDays: v.MaxAgeDays, MaxBytes: v.MaxBytes, Zone: zone}
}

func rulesView(r backup.Retention) RulesView {
	return RulesView{r.Last, r.Hourly, r.Daily, r.Weekly, r.Monthly, r.Yearly, r.MaxAgeDays, r.MaxBytes}
}

// Cleaning says what the rules of the active connection let go now, with each backup
// where list is set.
func (d *Desk) Cleaning(ctx context.Context, list bool) (CleaningView, error) {
	c, err := d.cleaned(ctx)
	if err != nil {
		return CleaningView{Kept: []KeptBy{}, Fates: []Fate{}}, err
	}
	return d.cleaning(ctx, c, c.Retention, list)
}

// PreviewCleaning says the same of other rules, which are not kept.
func (d *Desk) PreviewCleaning(ctx context.Context, rules RulesView) (CleaningView, error) {
	c, err := d.cleaned(ctx)
	if err != nil {
		return CleaningView{Kept: []KeptBy{}, Fates: []Fate{}}, err
	}
	return d.cleaning(ctx, c, rules.rules(c.Retention.Zone), false)
}

// SaveRules keeps the rules of the active connection; nothing goes by that.
func (d *Desk) SaveRules(ctx context.Context, rules RulesView) error {
	c, err := d.cleaned(ctx)
	if err == nil {
		err = d.Service.allowed()
	}
	if err != nil {
		return err
	}
	return d.Retain(d.as(ctx), c.Target("").Identity(), rules.rules(c.Retention.Zone))
}

// StartCleaning begins the removal of those backups of the active database, by ID, that
// its rules let go: others stay, whatever has changed meanwhile. It returns the job's ID.
func (d *Desk) StartCleaning(ctx context.Context, agreed []string) (string, error) {
	c, err := d.cleaned(ctx)
	if err != nil {
		return "", err
	}
	p, err := d.Service.PlanPrune(ctx, c.Target("").Identity(), c.Retention)
	if err != nil {
		return "", err
	}
	for i, f := range p.Fates {
		p.Fates[i].Goes = f.Goes && slices.Contains(agreed, f.Entry.Manifest.ID)
	}
	if len(p.Going()) == 0 {
		return "", errs.New(errs.Stale, "prune.nothing", nil)
	}
	op, err := d.Service.Prune(d.as(ctx), p)
	if err != nil {
		return "", err
	}
	d.afterwards(op.Done, d.Changed)
	return op.ID, nil
}

// cleaned is the active connection, for the administrator.
func (d *Desk) cleaned(ctx context.Context) (backup.Connection, error) {
	if err := d.admin(); err != nil {
		return backup.Connection{}, err
	}
	c, _, err := d.needActive(ctx)
	return c, err
}

func (d *Desk) cleaning(ctx context.Context, c backup.Connection, rules backup.Retention, list bool) (CleaningView, error) {
	v := CleaningView{Rules: rulesView(rules), Kept: []KeptBy{}, Fates: []Fate{}}
	p, err := d.Service.PlanPrune(ctx, c.Target("").Identity(), rules)
	if err != nil {
		return v, err
	}
	v.Goes, v.Stays, v.GoesBytes = p.Totals()
	counts := map[backup.Reason]int{}
	for _, f := range p.Fates {
		m := f.Entry.Manifest
		if !f.Goes {
			counts[ruleOf(f.Why)]++
		}
		if list {
			fate := Fate{ID: m.ID, CreatedAt: millis(m.CreatedAt), Bytes: m.Bytes, State: string(f.Entry.State), Goes: f.Goes, Why: f.Why}
			if f.Entry.File != "" {
				fate.Name = filepath.Base(f.Entry.File)
			}
			v.Fates = append(v.Fates, fate)
		}
	}
	for _, why := range append(slices.Clone(byRule), "") {
		if n := counts[why]; n > 0 {
			v.Kept = append(v.Kept, KeptBy{why, n})
		}
	}
	return v, nil
}

// ruleOf is the rule that keeps a backup for the shortest time, "" where none does.
func ruleOf(why []backup.Reason) backup.Reason {
	for _, rule := range byRule {
		if slices.Contains(why, rule) {
			return rule
		}
	}
	return ""
}
