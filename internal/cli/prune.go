package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
)

// pruning is what the flags of prune say.
type pruning struct {
	rules              backup.Retention
	size               string // of rules.MaxBytes, as it was written
	given              bool   // some of the rules are given
	dry, yes, remember bool
}

func (s *session) pruneCommand() *cobra.Command {
	var o pruning
	c := &cobra.Command{
		Use:     "prune [--db URL] [--keep-daily N …]",
		Short:   s.words.T("cli.prune", nil),
		Long:    s.words.T("cli.prune_long", nil),
		Example: "  cofre prune --db app.sqlite3 --keep-last 5 --keep-daily 7 --keep-monthly 12 --dry-run\n  cofre prune --db app.sqlite3 --keep-daily 7 --remember --yes\n  cofre prune --yes",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for name := range o.flags() {
				o.given = o.given || c.Flags().Changed(name)
			}
			for _, name := range []string{"max-bytes", "zone"} {
				o.given = o.given || c.Flags().Changed(name)
			}
			var err error
			if o.rules.MaxBytes, err = sizeOf(o.size); err != nil {
				return err
			}
			if err := o.rules.Check(); err != nil {
				return err
			}
			if o.remember && (!o.given || s.db == "" && s.saved == "") {
				return errs.New(errs.Invalid, "cli.prune_remember", nil)
			}
			return s.with(c.Context(), func(sys *boot.System) error { return s.prune(c.Context(), sys, o) })
		},
	}
	s.databaseFlags(c)
	s.keyFlags(c)
	for name, n := range o.flags() {
		c.Flags().IntVar(n, name, 0, s.words.T("cli.flag_"+strings.ReplaceAll(name, "-", "_"), nil))
	}
	c.Flags().StringVar(&o.size, "max-bytes", "", s.words.T("cli.flag_max_bytes", nil))
	c.Flags().StringVar(&o.rules.Zone, "zone", "", s.words.T("cli.flag_calendar_zone", nil))
	c.Flags().BoolVar(&o.remember, "remember", false, s.words.T("cli.flag_remember_rules", nil))
	c.Flags().BoolVar(&o.dry, "dry-run", false, s.words.T("cli.flag_prune_dry_run", nil))
	c.Flags().BoolVar(&o.yes, "yes", false, s.words.T("cli.flag_prune_yes", nil))
	return c
}

// flags are the rules that are numbers.
func (o *pruning) flags() map[string]*int {
	r := &o.rules
	return map[string]*int{"keep-last": &r.Last, "keep-hourly": &r.Hourly, "keep-daily": &r.Daily, "keep-weekly": &r.Weekly, "keep-monthly": &r.Monthly, "keep-yearly": &r.Yearly, "max-age": &r.MaxAgeDays}
}

// sizeOf reads 500000, 500KB, 20GB …: thousands, as sizes are shown.
func sizeOf(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	number, factor := strings.ToUpper(strings.ReplaceAll(text, " ", "")), int64(1)
	for i, unit := range []string{"KB", "MB", "GB", "TB"} {
		if n, ok := strings.CutSuffix(number, unit); ok {
			number = n
			for range i + 1 {
				factor *= 1000
			}
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/factor {
		return 0, errs.New(errs.Invalid, "cli.size", errs.Args{"value": text})
	}
	return n * factor, nil
}

// pruned is the answer of prune, a database each.
type pruned struct {
	Database  string           `json:"database"`
	Place     string           `json:"place"`
	Rules     backup.Retention `json:"rules"`
	Goes      int              `json:"goes"`
	GoesBytes int64            `json:"goes_bytes"`
	Stays     int              `json:"stays"`
	Backups   []fate           `json:"backups"`
	Deleted   []string         `json:"deleted"` // IDs; nothing in a dry run
	plan      backup.Pruning
}

// fate is what becomes of a backup.
type fate struct {
	ID        string          `json:"id"`
	File      string          `json:"file"`
	CreatedAt time.Time       `json:"created_at"`
	Bytes     int64           `json:"bytes"`
	State     string          `json:"state"`
	Purpose   backup.Purpose  `json:"purpose"`
	Goes      bool            `json:"goes"`
	Why       []backup.Reason `json:"why"`
}

func (s *session) prune(ctx context.Context, sys *boot.System, o pruning) error {
	all, err := s.prunings(ctx, sys, o)
	if err != nil {
		return err
	}
	goes := 0
	for _, p := range all {
		goes += p.Goes
	}
	if o.remember && !o.dry {
		if err := sys.Desk.Retain(ctx, all[0].plan.Identity, o.rules); err != nil {
			return err
		}
	}
	if goes == 0 || o.dry || !o.yes && !sys.Service.Demo { // in a demonstration, agreeing would not help
		if goes > 0 && !o.dry && !o.remember {
			err = errs.New(errs.Consent, "cli.prune_consent", errs.Args{"n": goes})
		}
		return errors.Join(err, s.sayPrunings(all, o.dry || !o.yes))
	}
	for i := range all {
		p := &all[i]
		if p.Goes == 0 {
			continue
		}
		op, started := sys.Service.Prune(ctx, p.plan)
		if started != nil {
			err = errors.Join(err, started)
			break
		}
		gone, failed := op.Wait()
		for _, e := range gone {
			p.Deleted = append(p.Deleted, e.Manifest.ID)
		}
		err = errors.Join(err, failed)
	}
	s.progressShow.endIf()
	return errors.Join(err, s.sayPrunings(all, false))
}

// prunings are the plans: of the database that is named, or of each that the catalogue
// has backups of. Rules that are not given are those that were remembered.
func (s *session) prunings(ctx context.Context, sys *boot.System, o pruning) ([]pruned, error) {
	entries, err := sys.Service.Entries(ctx, backup.Filter{Brief: true})
	if err != nil {
		return nil, err
	}
	sources := map[string]backup.Entry{}
	for _, e := range slices.Backward(entries) { // the newest name is the one that is known
		sources[e.Manifest.Source.Identity] = e
	}
	identities := make([]string, 0, len(sources))
	for _, e := range entries {
		if id := e.Manifest.Source.Identity; !slices.Contains(identities, id) {
			identities = append(identities, id)
		}
	}
	if s.db != "" || s.saved != "" {
		t, err := s.namedTarget(ctx, sys)
		if err != nil {
			return nil, err
		}
		identities = []string{t.Identity()}
		e := sources[t.Identity()]
		e.Manifest.Source.Name, e.Manifest.Source.Place = t.Name, t.Place()
		sources[t.Identity()] = e
	}
	all := []pruned{}
	for _, id := range identities {
		rules := o.rules
		if !o.given {
			if rules, err = sys.Desk.Retention(ctx, id); err != nil {
				return nil, err
			}
		}
		p, err := sys.Service.PlanPrune(ctx, id, rules)
		if err != nil {
			return nil, err
		}
		source := sources[id].Manifest.Source
		all = append(all, prunedOf(p, source.Name, source.Place))
	}
	return all, nil
}

func prunedOf(p backup.Pruning, name, place string) pruned {
	v := pruned{Database: name, Place: place, Rules: p.Rules, Backups: []fate{}, Deleted: []string{}, plan: p}
	v.Goes, v.Stays, v.GoesBytes = p.Totals()
	for _, f := range p.Fates {
		m := f.Entry.Manifest
		v.Backups = append(v.Backups, fate{m.ID, f.Entry.File, m.CreatedAt, m.Bytes, string(f.Entry.State), m.Purpose, f.Goes, f.Why})
	}
	return v
}

// sayPrunings prints what goes and stays. Planned: nothing was to be removed.
func (s *session) sayPrunings(all []pruned, planned bool) error {
	if s.json {
		return s.document(map[string]any{"databases": all, "dry_run": planned})
	}
	if len(all) == 0 {
		s.say("cli.list_empty", nil)
	}
	for _, p := range all {
		args := map[string]any{"database": p.Database, "goes": p.Goes, "stays": p.Stays, "goes_bytes": p.GoesBytes, "gone": len(p.Deleted)}
		if planned || p.Goes == 0 {
			s.say("cli.prune_plan", args)
		} else {
			s.say("cli.prune_done", args)
			continue
		}
		w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		for _, b := range p.Backups {
			why := make([]string, len(b.Why))
			for i, r := range b.Why {
				why[i] = s.words.T("retention.why."+string(r), nil)
			}
			verb := map[bool]string{true: "cli.prune_goes", false: "cli.prune_stays"}[b.Goes]
			name := "–"
			if b.File != "" {
				name = filepath.Base(b.File)
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", s.words.T(verb, nil), s.words.Time(b.CreatedAt), s.words.Size(b.Bytes), clean(name), strings.Join(why, ", "))
		}
		if !s.quiet {
			_ = w.Flush()
		}
	}
	return nil
}
