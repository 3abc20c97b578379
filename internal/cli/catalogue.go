package cli

import (
	"fmt"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
)

// listed is a backup in the answer of list.
type listed struct {
	ID        string          `json:"id"`
	File      string          `json:"file"`
	Kind      archive.Kind    `json:"kind"`
	Purpose   archive.Purpose `json:"purpose"`
	Source    archive.Source  `json:"source"`
	CreatedAt time.Time       `json:"created_at"`
	Bytes     int64           `json:"bytes"`
	SHA256    string          `json:"sha256"`
	State     string          `json:"state"` // good, proven, failed, missing
	CheckedAt *time.Time      `json:"checked_at,omitempty"`
	Proven    *provenOn       `json:"proven,omitempty"`
	Failure   *whyFailed      `json:"failure,omitempty"`
	Pinned    bool            `json:"pinned"`              // it is not pruned
	Anomalies []wordedCheck   `json:"anomalies,omitempty"` // against the backups before it
	Note      string          `json:"note"`
	Tables    []archive.Table `json:"tables"`
}

func (s *session) listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: s.words.T("cli.list", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				entries, err := sys.Service.Entries(c.Context(), backup.Filter{Brief: !s.json})
				if err != nil {
					return err
				}
				if s.json {
					all := make([]listed, len(entries))
					for i, e := range entries {
						m := e.Manifest
						all[i] = listed{ID: m.ID, File: e.File, Kind: m.Kind, Purpose: m.Purpose, Source: m.Source, CreatedAt: m.CreatedAt, Bytes: m.Bytes, SHA256: m.SHA256,
							State: string(e.State), Proven: provenOf(e.Rehearsal), Failure: s.whyFailed(e.Failure), Pinned: e.Pinned, Anomalies: s.anomalies(m), Note: m.Note, Tables: m.Tables}
						if e.File != "" && !e.CheckedAt.IsZero() {
							all[i].CheckedAt = &e.CheckedAt
						}
					}
					return s.document(map[string]any{"backups": all})
				}
				if len(entries) == 0 {
					s.say("cli.list_empty", nil)
					return nil
				}
				w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
				for _, e := range entries {
					m := e.Manifest
					name := filepath.Base(e.File)
					if e.File == "" {
						name = "–"
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", m.ID, s.words.Time(m.CreatedAt), clean(m.Source.Name), s.words.Size(m.Bytes), s.state(e)+s.remark(e), clean(name))
				}
				return w.Flush()
			})
		},
	}
}

func (s *session) saveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "save ID FILE",
		Short: s.words.T("cli.save", nil),
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				op, err := sys.Service.Save(c.Context(), args[0], args[1])
				if err != nil {
					return err
				}
				m, err := op.Wait()
				if err != nil {
					return err
				}
				s.progressShow.endIf()
				path, _ := filepath.Abs(args[1])
				if s.json {
					return s.document(map[string]any{"id": m.ID, "file": path, "bytes": m.Bytes, "sha256": m.SHA256})
				}
				s.say("cli.save_done", map[string]any{"file": path})
				return nil
			})
		},
	}
}

func (s *session) pinCommand() *cobra.Command {
	var off bool
	c := &cobra.Command{
		Use:   "pin ID",
		Short: s.words.T("cli.pin", nil),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				if err := sys.Service.Pin(c.Context(), args[0], !off); err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"id": args[0], "pinned": !off})
				}
				s.say(map[bool]string{false: "cli.pin_done", true: "cli.pin_off_done"}[off], nil)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&off, "off", false, s.words.T("cli.flag_pin_off", nil))
	return c
}

func (s *session) deleteCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "delete ID",
		Short: s.words.T("cli.delete", nil),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				e, err := sys.Service.Entry(c.Context(), args[0])
				if err != nil {
					return err
				}
				if !yes && !sys.Service.Demo { // in a demonstration, agreeing would not help
					return errs.New(errs.Consent, "cli.delete_consent", errs.Args{"file": filepath.Base(e.File)})
				}
				if err := sys.Service.Delete(c.Context(), args[0]); err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"id": e.Manifest.ID, "file": e.File, "deleted": true})
				}
				s.say("cli.delete_done", map[string]any{"file": e.File})
				return nil
			})
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, s.words.T("cli.flag_delete_yes", nil))
	return c
}
