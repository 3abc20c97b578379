package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/service"
)

// errAtRisk is no error: status found a database that is not protected.
var errAtRisk = errors.New("at risk")

func (s *session) statusCommand() *cobra.Command {
	var metrics string
	c := &cobra.Command{
		Use:     "status",
		Short:   s.words.T("cli.status", nil),
		Long:    s.words.T("cli.status_long", nil),
		Example: "  cofre status --db app.sqlite3\n  cofre status --json\n  cofre status --prometheus /var/lib/node_exporter/textfile_collector/cofre.prom",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error { return s.status(c.Context(), sys, metrics) })
		},
	}
	s.targetFlags(c)
	c.Flags().StringVar(&metrics, "prometheus", "", s.words.T("cli.flag_prometheus", nil))
	return c
}

// standing is one database in the answer of status.
type standing struct {
	Database   string     `json:"database"`
	Place      string     `json:"place"`
	Status     string     `json:"status"` // protected, attention, risk
	Reason     string     `json:"reason"`
	Message    string     `json:"message"`
	LastGood   *stood     `json:"last_good"`
	LastProven *stood     `json:"last_proven"`
	Backups    int        `json:"backups"`
	Bytes      int64      `json:"bytes"` // of all its backups
	LastRun    *ranBackup `json:"last_run"`
	Silent     *time.Time `json:"silent_since,omitempty"` // a good backup is overdue since then
	Failure    *whyFailed `json:"failure,omitempty"`      // why it can't be reached
}

// stood is a backup that counts.
type stood struct {
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"created_at"`
	AgeSeconds int64     `json:"age_seconds"`
	Bytes      int64     `json:"bytes"`
	Rows       int64     `json:"rows"`
}

// ranBackup is the newest backup that was tried.
type ranBackup struct {
	At     time.Time `json:"at"` // when it ended
	Ending string    `json:"ending"`
	TookMS int64     `json:"took_ms"`
}

func (s *session) status(ctx context.Context, sys *boot.System, metrics string) error {
	targets, look, err := s.statusTargets(ctx, sys)
	if err != nil {
		return err
	}
	all, risk := make([]standing, len(targets)), false
	for i, t := range targets {
		// The password of a server is not known here where none was asked for.
		if all[i], err = s.standing(ctx, sys, t, look || t.Kind == backup.SQLite); err != nil {
			return err
		}
		risk = risk || all[i].Status == "risk"
	}
	stuck, err := sys.Notices.Stuck(ctx)
	if err != nil {
		return err
	}
	switch {
	case metrics != "":
		err = s.metrics(metrics, all, stuck, sys.Service.Now())
	case s.json:
		undelivered := []told{}
		for _, v := range stuck {
			undelivered = append(undelivered, s.toldOf(v))
		}
		err = s.document(map[string]any{"databases": all, "undelivered": undelivered})
	default:
		for _, a := range all {
			s.printStanding(a)
		}
		for _, v := range stuck {
			why, _, _ := s.words.Error(v.Cause)
			s.say("cli.status_stuck", map[string]any{"name": v.Channel, "since_at": v.At, "why": why})
		}
	}
	if err == nil && risk {
		return errAtRisk
	}
	return err
}

// statusTargets are the database that the flags mean, which is reached for, or those of
// all saved connections.
func (s *session) statusTargets(ctx context.Context, sys *boot.System) (targets []backup.Target, look bool, err error) {
	if s.db != "" || s.saved != "" {
		t, err := s.target(ctx, sys)
		return []backup.Target{t}, true, err
	}
	targets, err = sys.Desk.Databases(ctx)
	if err == nil && len(targets) == 0 {
		err = errs.New(errs.Invalid, "cli.no_db", nil)
	}
	return targets, false, err
}

func (s *session) standing(ctx context.Context, sys *boot.System, t backup.Target, look bool) (standing, error) {
	reach := map[bool]service.Reach{false: service.Apart, true: service.Opened}[look]
	p, err := sys.Service.Protection(ctx, t, reach)
	if err != nil {
		return standing{}, err
	}
	a := standing{Database: t.Name, Place: t.Place(), Status: p.Status, Reason: p.Reason, Message: s.words.T("overview."+p.Reason, p.Args), Bytes: p.Bytes}
	for _, e := range p.Entries {
		if e.File != "" && e.State != service.StateMissing {
			a.Backups++
		}
	}
	if !p.SilentSince.IsZero() {
		a.Silent = &p.SilentSince
	}
	if p.Failure != nil {
		a.Failure = s.whyFailed(errs.Of(p.Failure))
	}
	if a.LastGood, err = stoodOf(ctx, sys, p.LastGood); err != nil {
		return a, err
	}
	if a.LastProven, err = stoodOf(ctx, sys, p.LastProven); err != nil {
		return a, err
	}
	run, err := sys.Service.LastRun(ctx, t.Identity())
	if run != nil {
		a.LastRun = &ranBackup{run.EndedAt, run.Status, run.EndedAt.Sub(run.StartedAt).Milliseconds()}
	}
	return a, err
}

// stoodOf reads the whole entry: its rows. One that was removed meanwhile is none.
func stoodOf(ctx context.Context, sys *boot.System, e *backup.Entry) (*stood, error) {
	if e == nil {
		return nil, nil
	}
	whole, err := sys.Service.Entry(ctx, e.Manifest.ID)
	if errs.CodeOf(err) == errs.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := whole.Manifest
	age := sys.Service.Now().Sub(m.CreatedAt)
	return &stood{m.ID, m.CreatedAt, int64(max(0, age) / time.Second), m.Bytes, backup.Contents{Tables: m.Tables}.Rows()}, err
}

func (s *session) printStanding(a standing) {
	if s.quiet {
		return
	}
	fmt.Fprintf(s.out, "%s: %s. %s\n", clean(a.Database), s.words.T("cli.status_"+a.Status, nil), a.Message)
	if a.Silent != nil {
		s.say("cli.status_silent", map[string]any{"silent_at": a.Silent.UnixMilli()})
	}
	if a.LastProven != nil {
		s.say("cli.status_proven", map[string]any{"last_at": a.LastProven.CreatedAt.UnixMilli()})
	}
	if a.LastRun != nil {
		s.say("cli.status_run", map[string]any{"last_at": a.LastRun.At.UnixMilli(), "ending": s.named("audit.ending.", a.LastRun.Ending)})
	}
	s.say("cli.status_backups", map[string]any{"n": a.Backups, "all_bytes": a.Bytes})
}

// indented prints a line that belongs to the one above.
func (s *session) indented(key string, args map[string]any) {
	fmt.Fprintln(s.out, "  "+s.words.T(key, args))
}
