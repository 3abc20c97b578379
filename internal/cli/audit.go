package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/audit"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/service"
)

// auditing is what the flags of audit say.
type auditing struct {
	since, until string
	query        audit.Query
	csv, verify  bool
}

// auditPage is how many entries are printed for a person who has not said how many.
const auditPage = 100

func (s *session) auditCommand() *cobra.Command {
	var o auditing
	c := &cobra.Command{
		Use:     "audit",
		Short:   s.words.T("cli.audit", nil),
		Long:    s.words.T("cli.audit_long", nil),
		Example: "  cofre audit --what restore --since 2026-11-01\n  cofre audit --csv > trail.csv\n  cofre audit --verify",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.csv && s.json {
				return usage(errors.New("--csv --json"))
			}
			var err error
			if o.query.Since, err = moment(o.since, 0); err != nil {
				return err
			}
			if o.query.Until, err = moment(o.until, 1); err != nil {
				return err
			}
			if o.query.Limit < 0 {
				return errs.New(errs.Invalid, "cli.audit_limit", nil)
			}
			return s.with(c.Context(), func(sys *boot.System) error {
				switch {
				case o.verify:
					return s.verifyTrail(c.Context(), sys)
				case o.csv:
					return sys.Service.Trail.Export(c.Context(), s.out, audit.CSV, o.query)
				case s.json:
					return sys.Service.Trail.Export(c.Context(), s.out, audit.JSON, o.query)
				}
				return s.printTrail(c.Context(), sys.Service.Trail, o.query)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&o.since, "since", "", s.words.T("cli.flag_audit_since", nil))
	f.StringVar(&o.until, "until", "", s.words.T("cli.flag_audit_until", nil))
	f.StringVar(&o.query.Who, "who", "", s.words.T("cli.flag_audit_who", nil))
	f.StringVar(&o.query.What, "what", "", s.words.T("cli.flag_audit_what", nil))
	f.StringVar(&o.query.Database, "database", "", s.words.T("cli.flag_audit_database", nil))
	f.StringVar(&o.query.Search, "search", "", s.words.T("cli.flag_audit_search", nil))
	f.IntVar(&o.query.Limit, "limit", 0, s.words.T("cli.flag_audit_limit", nil))
	f.BoolVar(&o.csv, "csv", false, s.words.T("cli.flag_audit_csv", nil))
	f.BoolVar(&o.verify, "verify", false, s.words.T("cli.flag_audit_verify", nil))
	c.MarkFlagsMutuallyExclusive("csv", "verify")
	return c
}

// moment reads a day, a time of this computer's zone, or RFC 3339; "" is none. A day
// means its beginning, so many days later.
func moment(text string, later int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return day.AddDate(0, 0, later), nil
	}
	for _, form := range []string{"2006-01-02 15:04", time.DateTime, time.RFC3339Nano} {
		if at, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errs.New(errs.Invalid, "cli.moment", errs.Args{"value": text})
}

// printTrail prints entries for a person, the newest first.
func (s *session) printTrail(ctx context.Context, trail *audit.Trail, q audit.Query) error {
	limit := cmp.Or(q.Limit, auditPage)
	q.Limit = limit + 1
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	n := 0
	err := trail.Each(ctx, q, func(l audit.Line) error {
		if n++; n <= limit {
			s.printEntry(w, l.Entry())
		}
		if n%auditPage == 0 { // the columns are those of a page: no more of it is kept
			return w.Flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	switch {
	case n == 0:
		s.say("cli.audit_empty", nil)
	case n > limit:
		s.say("cli.audit_more", map[string]any{"limit": limit})
	}
	return nil
}

func (s *session) printEntry(w *tabwriter.Writer, e audit.Entry) {
	about := cmp.Or(e.Database, e.Subject)
	for _, name := range e.Names {
		about += " " + name
	}
	took := ""
	if e.TookMS > 0 {
		took = s.words.Duration(time.Duration(e.TookMS) * time.Millisecond)
	}
	ending := s.named("audit.ending.", e.Ending)
	if e.Reason != "" {
		ending += " (" + e.Reason + ")"
	}
	fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", e.N, e.At.Local().Format(time.DateTime), clean(cmp.Or(e.Who, "–")),
		s.named("audit.what.", string(e.What)), clean(ending), clean(about), took)
}

// named is a code in words, where there are some.
func (s *session) named(prefix, code string) string {
	if s.words.Has(prefix + code) {
		return s.words.T(prefix+code, nil)
	}
	return clean(code)
}

// trailVerdict is the answer of --verify.
type trailVerdict struct {
	Whole       bool         `json:"whole"`
	Entries     int64        `json:"entries"` // read and found as they were written
	FirstAt     *time.Time   `json:"first_at"`
	LastAt      *time.Time   `json:"last_at"`
	Head        audit.Head   `json:"head"`
	Manifests   int          `json:"manifests"`    // that agree
	OtherTrails int          `json:"other_trails"` // manifests that tell of another trail
	Damage      *trailDamage `json:"damage"`
}

type trailDamage struct {
	N       int64     `json:"n"` // the first entry that does not fit
	How     audit.How `json:"how"`
	File    string    `json:"file"` // the manifest that knows it, where only that does
	Message string    `json:"message"`
}

func (s *session) verifyTrail(ctx context.Context, sys *boot.System) error {
	v, err := sys.Service.CheckTrail(ctx)
	if err != nil {
		return err
	}
	broken := service.DamageError(v)
	if s.json {
		a := trailVerdict{Whole: v.Damage == nil, Entries: v.Entries, Head: v.Head, Manifests: v.Witnesses, OtherTrails: v.Strangers}
		if v.Entries > 0 {
			a.FirstAt, a.LastAt = &v.First, &v.Last
		}
		if d := v.Damage; d != nil {
			message, _, _ := s.words.Error(broken)
			a.Damage = &trailDamage{d.N, d.How, d.File, message}
		}
		if err := s.document(a); err != nil {
			return err
		}
		return broken
	}
	if broken != nil {
		return broken
	}
	s.say("cli.audit_whole", map[string]any{"n": v.Entries})
	s.say("cli.audit_witnesses", map[string]any{"n": v.Witnesses})
	if v.Strangers > 0 {
		s.say("cli.audit_strangers", map[string]any{"n": v.Strangers})
	}
	return nil
}
