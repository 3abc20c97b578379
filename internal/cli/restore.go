package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

func (s *session) restoreCommand() *cobra.Command {
	var dry, yes, rescue, migrate bool
	var decided deciding
	var report string
	c := &cobra.Command{
		Use:     "restore FILE|ID --db URL",
		Short:   s.words.T("cli.restore", nil),
		Long:    s.words.T("cli.restore_long", nil),
		Example: "  cofre restore app.dump --db postgres://app@localhost/app --dry-run\n  cofre restore app.sqlite3 --db app.sqlite3 --yes\n  cofre restore app.sqlite3 --db postgres://app@localhost/app --yes --migrate",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var given []backup.Consent
			if yes {
				given = append(given, backup.ConsentOverwrite)
			}
			if rescue {
				given = append(given, backup.ConsentRescue)
			}
			if migrate {
				given = append(given, backup.ConsentMigrate)
			}
			return s.with(c.Context(), func(sys *boot.System) error {
				return s.restore(c.Context(), sys, args[0], dry, given, &decided, report)
			})
		},
	}
	s.keyFlags(c)
	s.targetFlags(c)
	s.aroundFlags(c)
	decided.flags(s, c)
	s.nameFlag(c)
	c.Flags().BoolVar(&dry, "dry-run", false, s.words.T("cli.flag_dry_run", nil))
	c.Flags().BoolVar(&yes, "yes", false, s.words.T("cli.flag_yes", nil))
	c.Flags().BoolVar(&rescue, "rescue", false, s.words.T("cli.flag_rescue", nil))
	c.Flags().BoolVar(&migrate, "migrate", false, s.words.T("cli.flag_migrate", nil))
	c.Flags().StringVar(&report, "report", "", s.words.T("cli.flag_report", nil))
	return c
}

func (s *session) restore(ctx context.Context, sys *boot.System, name string, dry bool, given []backup.Consent, decided *deciding, report string) error {
	made, err := decided.read()
	if err != nil {
		return err
	}
	t, err := s.target(ctx, sys)
	if err != nil {
		return err
	}
	t.Choices = t.Choices.With(made)
	p, err := sys.Service.Plan(ctx, sys.Service.Ref(ctx, name), t)
	if err == nil {
		err = cmp.Or(fits(p, made), s.mayReport(p, report))
	}
	if err == nil && !dry {
		err = s.keepChoices(ctx, sys, p, made)
	}
	if err != nil && !dry {
		return s.untouched(err, p)
	}
	if err != nil {
		return err
	}
	if dry {
		return s.plan(p)
	}
	return s.run(ctx, sys, p, given, report)
}

// run runs a plan, saves the report of a migration where one is wanted, and prints how it ended; a consent that is missing prints the plan.
func (s *session) run(ctx context.Context, sys *boot.System, p backup.Plan, given []backup.Consent, to string) error {
	if s.namesTarget(p) {
		given = append(given, backup.ConsentTyped)
	}
	op, err := sys.Service.Restore(ctx, p, given)
	if err != nil {
		if code := errs.CodeOf(err); code == errs.Consent || code == errs.Incompatible {
			return errors.Join(err, s.plan(p))
		}
		return s.untouched(err, p)
	}
	r, err := op.Wait()
	s.progressShow.endIf()
	err = errors.Join(err, s.result(p, r))
	if lost := s.saveReport(to, r); lost != nil {
		s.fail(lost) // the migration is done, with or without it
	}
	return err
}

// untouched is the ending of a restore that did not begin.
func (s *session) untouched(err error, p backup.Plan) error {
	if !s.json {
		return err
	}
	return errors.Join(err, s.result(p, backup.Result{Status: backup.Untouched, Mode: p.Mode, Method: p.Method}))
}

// planned is the answer of --dry-run, and of a consent that is missing.
type planned struct {
	ID       string           `json:"id"`
	Mode     backup.Mode      `json:"mode"`
	Method   backup.Method    `json:"method"`
	Steps    []backup.Step    `json:"steps"`
	Checks   []wordedCheck    `json:"checks"`
	Consents []backup.Consent `json:"consents"`
	KeepAs   string           `json:"keep_as,omitempty"`
	Current  backup.Contents  `json:"current"`
	Archive  backup.Contents  `json:"archive"`

	Choices  *backup.Choices  `json:"choices,omitempty"`  // of a migration: those in force
	Findings []backup.Finding `json:"findings,omitempty"` // of a migration: all, and what will be done about each

	Since *backup.Since `json:"since,omitempty"` // of an undo
}

type wordedCheck struct {
	Level   backup.Level `json:"level"`
	Code    string       `json:"code"`
	Message string       `json:"message"`
	Hint    string       `json:"hint"`
	Detail  string       `json:"detail,omitempty"`
	Args    errs.Args    `json:"args,omitempty"`
}

func (s *session) plan(p backup.Plan) error {
	checks := make([]wordedCheck, len(p.Checks))
	for i, c := range p.Checks {
		message, hint := s.words.Check(c.Code, c.Args)
		checks[i] = wordedCheck{c.Level, c.Code, message, hint, c.Detail, c.Args}
	}
	if s.json {
		consents := p.Consents
		if consents == nil {
			consents = []backup.Consent{}
		}
		v := planned{ID: p.ID, Mode: p.Mode, Method: p.Method, Steps: p.Steps, Checks: checks, Consents: consents, KeepAs: p.KeepAs, Current: p.Current, Archive: p.Archive.Contents, Since: p.Since}
		if p.Examination != nil {
			v.Choices, v.Findings = &p.Target.Choices, p.Examination.Findings
		}
		return s.document(map[string]planned{"plan": v})
	}
	s.say("cli.plan_title", map[string]any{"file": cmp.Or(p.Kept, p.Archive.File), "target": p.Target.Name, "place": p.Target.Place()})
	s.difference(p.Current, p.Archive.Contents)
	s.since(p.Since)
	for i, c := range checks {
		fmt.Fprintf(s.out, "%s %s\n", map[backup.Level]string{backup.Blocker: "✗", backup.Warning: "!", backup.Info: "·"}[c.Level], c.Message)
		if c.Hint != "" {
			fmt.Fprintf(s.out, "  %s\n", c.Hint)
		}
		if c.Detail != "" && c.Level != backup.Info {
			s.lines("    ", c.Detail)
		}
		if f := flag(p.Checks[i]); f != "" {
			fmt.Fprintf(s.out, "  %s\n", f)
		}
	}
	fmt.Fprintln(s.out)
	s.say("cli.plan_nothing_changed", nil)
	return nil
}

// since prints what was written into each table since the restore.
func (s *session) since(since *backup.Since) {
	if since == nil || len(since.Tables) == 0 {
		return
	}
	s.say("cli.since", map[string]any{"since_at": since.At.UnixMilli()})
	s.changes(since.Tables, nil)
}

// changes prints what was added, removed and changed in each table, and below it
// what more has to say, if anything.
func (s *session) changes(tables []backup.TableDiff, more func(backup.TableDiff)) {
	line := func(added, removed, changed, name string) {
		fmt.Fprintf(s.out, "  %10s  %10s  %10s  %s\n", added, removed, changed, name)
	}
	line(s.words.T("cli.added", nil), s.words.T("cli.removed", nil), s.words.T("cli.changed", nil), s.words.T("cli.table", nil))
	for _, t := range tables {
		name := s.table(t.Name)
		switch {
		case t.Skipped == backup.Denied:
			line("?", "?", "?", name+"  "+s.words.T("cli.diff_table_denied", nil))
			continue
		case t.Skipped != "":
			line("?", "?", "?", name+"  "+s.words.T("cli.since_not_compared", map[string]any{"before": s.count(t.Before), "after": s.count(t.After)}))
			continue
		case t.Before < 0:
			name += "  " + s.words.T("cli.since_new_table", nil)
		case t.After < 0:
			name += "  " + s.words.T("cli.since_dropped_table", nil)
		case t.Columns:
			name += "  " + s.words.T("cli.since_columns", nil)
		}
		line(s.count(t.Added), s.count(t.Removed), s.count(t.Changed), name)
		if more != nil {
			more(t)
		}
	}
	fmt.Fprintln(s.out)
}

// table is the name of a table on the terminal.
func (s *session) table(name string) string {
	if name == archive.LargeObjects {
		return s.words.T("profile.counter."+profile.LargeObjects+".name", nil)
	}
	return clean(name)
}

// difference prints what each table holds now and after.
func (s *session) difference(now, after backup.Contents) {
	fmt.Fprintln(s.out)
	fmt.Fprintf(s.out, "  %14s  %14s  %s\n", s.words.T("cli.now", nil), s.words.T("cli.after", nil), s.words.T("cli.table", nil))
	row := func(a, b int64, name string) {
		fmt.Fprintf(s.out, "  %14s  %14s  %s\n", s.count(a), s.count(b), clean(name))
	}
	for _, p := range backup.Pairs(now, after) {
		row(p.Now, p.After, p.Name)
	}
	fmt.Fprintln(s.out)
}

// restored is the answer of restore.
type restored struct {
	Status   backup.Status  `json:"status"`
	Mode     backup.Mode    `json:"mode"`
	Method   backup.Method  `json:"method"`
	Safety   *safety        `json:"safety"`
	Verified bool           `json:"verified"`
	Kept     string         `json:"kept,omitempty"`
	KeptFile string         `json:"kept_file,omitempty"`
	Warnings []worded       `json:"warnings,omitempty"`
	Tables   []backup.Table `json:"tables"`
	TookMS   int64          `json:"took_ms"`
	Report   *backup.Report `json:"report,omitempty"` // of a migration that succeeded
}

// worded is an error in words.
type worded struct {
	Code    errs.Code `json:"code"`
	Message string    `json:"message"`
	Details string    `json:"details"`
	Hint    string    `json:"hint"`
}

type safety struct {
	ID   string `json:"id"`
	File string `json:"file"`
}

func (s *session) result(p backup.Plan, r backup.Result) error {
	var net *safety
	if r.Safety != nil {
		net = &safety{r.Safety.ID, r.Safety.File}
	}
	if r.Status == "" { // it did not come to an ending of its own
		r.Status = backup.Untouched
	}
	if s.json {
		tables := r.After.Tables
		if tables == nil {
			tables = []backup.Table{}
		}
		return s.document(restored{r.Status, r.Mode, r.Method, net, r.Verified, r.Kept, r.KeptFile, s.warnings(r.Warnings), tables, r.Took.Milliseconds(), r.Report})
	}
	args := map[string]any{"target": p.Target.Name, "took_ms": r.Took.Milliseconds(), "tables": len(r.After.Tables), "rows": r.After.Rows()}
	if r.Status == backup.Succeeded && !r.Verified {
		s.say("cli.restore_not_checked", args)
	} else {
		s.say("cli.restore_"+string(r.Status), args)
	}
	if r.Kept != "" {
		s.say("cli.restore_kept", map[string]any{"database": r.Kept})
	}
	if r.KeptFile != "" {
		s.say("cli.restore_kept_file", map[string]any{"file": r.KeptFile})
	}
	if net != nil {
		s.say("cli.restore_safety", map[string]any{"file": net.File})
	}
	s.warn(r.Warnings)
	if r.Status == backup.Succeeded && (net != nil || r.Kept != "") {
		s.say("cli.restore_well", nil)
	}
	return nil
}

// lines prints what others have said, line by line.
func (s *session) lines(indent, said string) {
	for line := range strings.Lines(said) {
		fmt.Fprintln(s.out, indent+clean(strings.TrimSuffix(line, "\n")))
	}
}

// warn prints what went wrong beside what was done.
func (s *session) warn(of []*errs.Error) {
	for _, w := range s.warnings(of) {
		fmt.Fprintf(s.out, "! %s\n", w.Message)
		if w.Details != "" {
			s.lines("  ", w.Details)
		}
		if w.Hint != "" {
			fmt.Fprintf(s.out, "  → %s\n", w.Hint)
		}
	}
}

// warnings are what went wrong beside what was done.
func (s *session) warnings(of []*errs.Error) []worded {
	var list []worded
	for _, w := range of {
		message, details, hint := s.words.Error(w)
		list = append(list, worded{w.Code, message, details, hint})
	}
	return list
}
