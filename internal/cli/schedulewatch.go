package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/service"
)

// watchedRule is a rule in the answers of the command line.
type watchedRule struct {
	Connection   string   `json:"connection"`
	On           bool     `json:"on"`
	Deletions    bool     `json:"after_deletions"`
	Changes      int64    `json:"after_changes"`
	Tables       []string `json:"tables"`
	QuietSeconds int      `json:"quiet_s"`
	EveryMinutes int      `json:"every_min"`
	WhenEmpty    string   `json:"when_empty"` // "ask", "restore"
	Last         *lastOf  `json:"last,omitempty"`
}

type lastOf struct {
	At       time.Time     `json:"at"`
	BackupID string        `json:"backup_id"`
	Cause    archive.Cause `json:"cause"`
}

func ruleOf(v service.WatchView) watchedRule {
	r := watchedRule{Connection: v.ConnectionName, On: v.On, Deletions: v.Deletions, Changes: v.Changes, Tables: v.Tables, QuietSeconds: v.Quiet, EveryMinutes: v.Pause, WhenEmpty: "ask"}
	if v.BringBack {
		r.WhenEmpty = "restore"
	}
	if v.LastCause != nil {
		r.Last = &lastOf{time.UnixMilli(v.LastAt), v.LastBackup, *v.LastCause}
	}
	return r
}

// watchFlags are what a rule can be told.
type watchFlags struct {
	service.WatchInput
	empty    string
	off      bool
	quiet    time.Duration
	every    time.Duration
	allTable bool
}

func (s *session) scheduleWatch() *cobra.Command {
	o := watchFlags{}
	c := &cobra.Command{
		Use:     "watch [--db URL]",
		Short:   s.words.T("cli.schedule_watch", nil),
		Long:    s.words.T("cli.schedule_watch_long", nil),
		Example: "  cofre schedule watch --db app.sqlite3 --after-changes 25\n  cofre schedule watch --connection app --table orders --table customers --quiet 1m --every 30m\n  cofre schedule watch --connection app --when-empty restore\n  cofre schedule watch --connection app --off\n  cofre schedule watch",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error { return s.watchRule(c, sys, o) })
		},
	}
	s.databaseFlags(c)
	usual := backup.UsualWatch()
	f := c.Flags()
	f.BoolVar(&o.Deletions, "after-deletions", usual.Deletions, s.words.T("cli.flag_after_deletions", nil))
	f.Int64Var(&o.Changes, "after-changes", usual.Changes, s.words.T("cli.flag_after_changes", nil))
	f.StringArrayVar(&o.Tables, "table", nil, s.words.T("cli.flag_watch_table", nil))
	f.BoolVar(&o.allTable, "all-tables", false, s.words.T("cli.flag_watch_all_tables", nil))
	f.DurationVar(&o.quiet, "quiet-for", time.Duration(usual.Quiet)*time.Second, s.words.T("cli.flag_quiet_for", nil))
	f.DurationVar(&o.every, "every", time.Duration(usual.Pause)*time.Minute, s.words.T("cli.flag_watch_every", nil))
	f.StringVar(&o.empty, "when-empty", "ask", s.words.T("cli.flag_when_empty", nil))
	f.BoolVar(&o.off, "off", false, s.words.T("cli.flag_watch_off", nil))
	return c
}

func (s *session) watchRule(c *cobra.Command, sys *boot.System, o watchFlags) error {
	ctx, said := c.Context(), func(flag string) bool { return c.Flags().Changed(flag) }
	changes := false
	for _, flag := range []string{"after-deletions", "after-changes", "table", "all-tables", "quiet-for", "every", "when-empty", "off"} {
		changes = changes || said(flag)
	}
	if s.db == "" && s.saved == "" {
		if changes {
			return errs.New(errs.Invalid, "cli.no_db", nil)
		}
		return s.watchRules(c, sys)
	}
	v, err := sys.Scheduler.WatchOf(ctx, s.saved, s.db)
	if err != nil {
		return err
	}
	if changes {
		in := v.Input()
		in.On = !o.off && (in.On || said("after-deletions") || said("after-changes") || said("table") || said("all-tables") || said("quiet-for") || said("every"))
		if said("after-deletions") {
			in.Deletions = o.Deletions
		}
		if said("after-changes") {
			in.Changes = o.Changes
		}
		if said("table") || o.allTable {
			in.Tables = o.Tables
		}
		if said("quiet-for") {
			if o.quiet%time.Second != 0 {
				return errs.New(errs.Invalid, "cli.quiet_for", errs.Args{"value": o.quiet.String()})
			}
			in.Quiet = int(o.quiet / time.Second)
		}
		if said("every") {
			if o.every%time.Minute != 0 {
				return errs.New(errs.Invalid, "cli.every", errs.Args{"value": o.every.String()})
			}
			in.Pause = int(o.every / time.Minute)
		}
		if said("when-empty") {
			if o.empty != "ask" && o.empty != "restore" {
				return errs.New(errs.Invalid, "cli.when_empty", errs.Args{"value": o.empty})
			}
			in.BringBack = o.empty == "restore"
		}
		if v, err = sys.Scheduler.SetWatch(ctx, s.saved, s.db, in); err != nil {
			return err
		}
	}
	if s.json {
		return s.document(ruleOf(v))
	}
	s.sayRule(ruleOf(v))
	if v.On || v.BringBack {
		s.say("cli.schedule_who", nil)
	}
	return nil
}

func (s *session) watchRules(c *cobra.Command, sys *boot.System) error {
	all, err := sys.Scheduler.Watches(c.Context())
	if err != nil {
		return err
	}
	rules := []watchedRule{}
	for _, v := range all {
		rules = append(rules, ruleOf(v))
	}
	if s.json {
		return s.document(map[string]any{"watched": rules})
	}
	if len(rules) == 0 {
		s.say("cli.watch_none", nil)
	}
	for _, r := range rules {
		s.sayRule(r)
	}
	return nil
}

// sayRule prints a rule as sentences.
func (s *session) sayRule(r watchedRule) {
	args := map[string]any{"connection": r.Connection, "n": r.Changes, "quiet_ms": r.QuietSeconds * 1000, "every_ms": int64(r.EveryMinutes) * 60000, "tables": strings.Join(r.Tables, ", ")}
	key := "cli.watch_off"
	switch {
	case !r.On:
	case r.Deletions && r.Changes > 0:
		key = "cli.watch_both"
	case r.Deletions:
		key = "cli.watch_deletions"
	default:
		key = "cli.watch_changes"
	}
	s.say(key, args)
	if r.On {
		s.indented("cli.watch_pace", args)
		if len(r.Tables) > 0 {
			s.indented("cli.watch_tables", args)
		}
	}
	if r.Last != nil {
		s.indented("cli.watch_last", map[string]any{"last_at": r.Last.At, "id": r.Last.BackupID})
		s.indented(causeKey(r.Last.Cause), causeArgs(r.Last.Cause))
	}
	s.indented(map[string]string{"ask": "cli.watch_asks", "restore": "cli.watch_restores"}[r.WhenEmpty], args)
}

// causeKey words what had changed, as the window does.
func causeKey(c archive.Cause) string {
	switch {
	case c.Deleted > 0 && len(c.Tables) == 1:
		return "watch.cause.deleted_in"
	case c.Deleted > 0:
		return "watch.cause.deleted"
	case c.Added+c.Changed > 0 && len(c.Tables) == 1:
		return "watch.cause.changed_in"
	case c.Added+c.Changed > 0:
		return "watch.cause.changed"
	}
	return "watch.cause.unknown"
}

func causeArgs(c archive.Cause) map[string]any {
	args := map[string]any{"deleted": c.Deleted, "changed": c.Added + c.Changed, "tables": len(c.Tables), "table": ""}
	if len(c.Tables) > 0 {
		args["table"] = c.Tables[0]
	}
	return args
}

// noticed is what Cofre did by itself because of how a database is, as a line of JSON.
type noticed struct {
	Connection string         `json:"connection"`
	Event      string         `json:"event"` // "backup", "restored", "offered", "failed"
	BackupID   string         `json:"backup_id,omitempty"`
	Cause      *archive.Cause `json:"cause,omitempty"`
	State      string         `json:"state,omitempty"` // of the database, where it is offered: "empty", "missing"
	Why        string         `json:"why,omitempty"`   // it is only offered
	Before     int64          `json:"rows_before,omitempty"`
	After      int64          `json:"rows_after,omitempty"`
	Failure    *whyFailed     `json:"failure,omitempty"`
}

// sayNews tells what Cofre did by itself.
func (s *session) sayNews(n service.WatchNews) noticed {
	o := noticed{Connection: n.Connection, Event: "backup", BackupID: n.Backup, Cause: n.Cause}
	args := map[string]any{"connection": n.Connection, "id": n.Backup}
	key := "cli.watch_made"
	switch {
	case n.Restored != nil:
		o.Event, o.Before, o.After = "restored", n.Restored.Before.Rows(), n.Restored.After.Rows()
		key, args["before"], args["after"] = "cli.watch_restored", o.Before, o.After
	case n.Offer != nil:
		o.Event, o.State, o.Why, o.BackupID = "offered", n.Offer.State, n.Offer.Ask, n.Offer.Backup.Manifest.ID
		key = "cli.watch_offer_" + n.Offer.State
		args["id"], args["n"], args["made_at"] = o.BackupID, n.Offer.Rows, n.Offer.Backup.Manifest.CreatedAt
	case n.Err != nil:
		o.Event, key = "failed", ""
		o.Failure = s.whyFailed(errs.Of(n.Err))
	}
	if s.json {
		return o
	}
	s.progressShow.endIf()
	if key != "" {
		s.say(key, args)
	}
	if n.Cause != nil {
		s.indented(causeKey(*n.Cause), causeArgs(*n.Cause))
	}
	if n.Err != nil {
		s.fail(n.Err)
	}
	return o
}
