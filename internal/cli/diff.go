package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/profile"
	"cofre/internal/service"
)

// errDiffers ends diff --exit-code where something differs: all has been said.
var errDiffers = errors.New("the two differ")

func (s *session) diffCommand() *cobra.Command {
	var exit bool
	var decided backup.Choices
	c := &cobra.Command{
		Use:     "diff FILE|ID [FILE|ID]",
		Short:   s.words.T("cli.diff", nil),
		Long:    s.words.T("cli.diff_long", nil),
		Example: "  cofre diff app_20261121_101530.dump --db postgres://app@localhost/app\n  cofre diff monday.sqlite3 tuesday.sqlite3 --json",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				before, after, err := s.sides(c.Context(), sys, args)
				if err != nil {
					return err
				}
				d, err := sys.Service.Differ(c.Context(), before, after, decided, s.comparing())
				if err != nil {
					return err
				}
				s.progressShow.endIf()
				if err := s.differs(d, s.sentence(d, args)); err != nil {
					return err
				}
				if exit && !d.Same() {
					return errDiffers
				}
				return nil
			})
		},
	}
	s.keyFlags(c)
	s.targetFlags(c)
	c.Flags().StringVar(&decided.Zone, "zone", "", s.words.T("cli.flag_zone", nil))
	c.Flags().BoolVar(&decided.Alike, "alike", false, s.words.T("cli.flag_alike", nil))
	c.Flags().BoolVar(&exit, "exit-code", false, s.words.T("cli.flag_exit_code", nil))
	return c
}

// comparing shows how far a comparison is, as that of a job is shown.
func (s *session) comparing() backup.Progress {
	const often = 200 * time.Millisecond
	last := time.Now()
	return func(u backup.Update) {
		if now := time.Now(); s.progressShow != nil && now.Sub(last) >= often {
			last = now
			s.progressShow.show(job.Snapshot{State: job.Running, Step: string(backup.StepCompare), Unit: u.Unit, Item: s.table(u.Item),
				Done: u.Done, Total: u.Total, Percent: float64(u.Done) / float64(max(1, u.Total)) * 100})
		}
	}
}

// sides are the two contents: from the live database to the backup, as a restore
// goes, or from the first backup to the second.
func (s *session) sides(ctx context.Context, sys *boot.System, args []string) (before, after service.Side, err error) {
	last := service.Side{Backup: sys.Service.Ref(ctx, args[len(args)-1])}
	if len(args) == 2 {
		if s.db != "" || s.saved != "" {
			return before, after, errs.New(errs.Invalid, "diff.three", nil)
		}
		return service.Side{Backup: sys.Service.Ref(ctx, args[0])}, last, nil
	}
	t, err := s.target(ctx, sys)
	return service.Side{Target: &t}, last, err
}

// differs prints a comparison.
func (s *session) differs(d backup.Difference, sentence string) error {
	if s.json {
		v := struct {
			Same     bool               `json:"same"`
			Sentence string             `json:"sentence"`
			Unknown  string             `json:"unknown"`
			Added    int64              `json:"added"`
			Removed  int64              `json:"removed"`
			Changed  int64              `json:"changed"`
			Tables   []backup.TableDiff `json:"tables"`
			Before   archive.Contents   `json:"before"`
			After    archive.Contents   `json:"after"`
		}{Same: d.Same(), Sentence: sentence, Unknown: d.Unknown, Tables: d.Tables, Before: d.Before, After: d.After}
		for _, t := range d.Tables {
			v.Added, v.Removed, v.Changed = v.Added+t.Added, v.Removed+t.Removed, v.Changed+t.Changed
		}
		return s.document(v)
	}
	s.say("cli.diff_says", map[string]any{"sentence": sentence})
	if len(d.Tables) > 0 {
		s.changes(d.Tables, s.told)
	}
	return nil
}

// sentence says in one what differs, by the names that people have for tables.
func (s *session) sentence(d backup.Difference, args []string) string {
	if d.Same() {
		return s.words.T("cli.diff_same", map[string]any{"tables": len(d.After.Tables), "rows": d.After.Rows()})
	}
	if d.Unknown != "" {
		return s.words.T("cli.diff_"+d.Unknown, map[string]any{"tables": len(d.Tables)})
	}
	names := counters(d)
	var said []string
	clause := func(key string, of func(backup.TableDiff) int64) {
		if what := s.counted(d, names, of); what != "" {
			said = append(said, s.words.T(key, map[string]any{"what": what}))
		}
	}
	live := len(args) == 1
	clause(map[bool]string{true: "cli.diff_removes_live", false: "cli.diff_removes"}[live], func(t backup.TableDiff) int64 { return t.Removed })
	clause(map[bool]string{true: "cli.diff_brings_back", false: "cli.diff_adds"}[live], func(t backup.TableDiff) int64 { return t.Added })
	clause("cli.diff_changes", func(t backup.TableDiff) int64 { return t.Changed })
	shape, skipped, uncompared, denied := 0, 0, 0, false
	for _, t := range d.Tables {
		switch t.Skipped {
		case "":
		case backup.Denied:
			denied = true
		default:
			skipped++
		}
		uncompared += len(t.Uncompared)
		if t.Columns || t.Skipped == "" && (t.Before < 0) != (t.After < 0) {
			shape++
		}
	}
	if shape > 0 {
		said = append(said, s.words.T("cli.diff_shape", map[string]any{"tables": shape}))
	}
	var sentences []string
	switch {
	case len(said) == 0: // of what was compared nothing differs
	case live:
		sentences = append(sentences, s.words.T("cli.diff_restore", map[string]any{"what": s.listed(said)}))
	default:
		sentences = append(sentences, s.words.T("cli.diff_files", map[string]any{"before": filepath.Base(args[0]), "after": filepath.Base(args[1]), "what": s.listed(said)}))
	}
	if skipped > 0 {
		sentences = append(sentences, s.words.T("cli.diff_skipped", map[string]any{"tables": skipped}))
	}
	if denied {
		sentences = append(sentences, s.words.T("cli.diff_denied", nil))
	}
	if uncompared > 0 {
		sentences = append(sentences, s.words.T("cli.diff_uncompared_columns", map[string]any{"n": uncompared}))
	}
	return strings.Join(sentences, " ")
}

// counters are the names that people have for tables, by table.
func counters(d backup.Difference) map[string]profile.Counter {
	names := map[string]profile.Counter{archive.LargeObjects: {Key: profile.LargeObjects}}
	for _, f := range []*profile.Facts{d.Before.Profile, d.After.Profile} {
		if f == nil {
			continue
		}
		for _, c := range f.Counters {
			names[c.Table] = c
		}
	}
	return names
}

// counted is "214 transactions, 3 users and 12 rows in 2 other tables"; "" for none.
func (s *session) counted(d backup.Difference, names map[string]profile.Counter, of func(backup.TableDiff) int64) string {
	var parts []string
	var rows, tables int64
	for _, t := range d.Tables {
		n := of(t)
		c, named := names[t.Name]
		switch {
		case n == 0:
		case named:
			c.Rows = n
			parts = append(parts, s.counter(c))
		default:
			rows, tables = rows+n, tables+1
		}
	}
	if rows > 0 {
		key := map[bool]string{true: "cli.diff_other_rows", false: "cli.diff_rows"}[len(parts) > 0]
		parts = append(parts, s.words.T(key, map[string]any{"rows": rows, "tables": tables}))
	}
	return s.listed(parts)
}

// listed is "a, b and c".
func (s *session) listed(parts []string) string {
	var list string
	for i, part := range parts {
		switch {
		case i == 0:
			list = part
		case i == len(parts)-1:
			list = s.words.T("cli.diff_and", map[string]any{"before": list, "after": part})
		default:
			list += ", " + part
		}
	}
	return list
}
