package cli

import (
	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
)

func (s *session) backupCommand() *cobra.Command {
	var dest, compress, note string
	var lock locking
	c := &cobra.Command{
		Use:     "backup --db URL [-o FILE|DIR]",
		Short:   s.words.T("cli.backup", nil),
		Example: "  cofre backup --db app.sqlite3\n  cofre backup --db postgres://app@localhost/app -o app.dump\n  cofre backup --db app.sqlite3 --compress zstd -o /mnt/usb/\n  cofre backup --db app.sqlite3 --recipient age1… -o /mnt/usb/",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o := backup.BackupOptions{Purpose: backup.Manual, Dest: dest, Note: note, Compression: archive.Compression(compress)}
			switch o.Compression {
			case "", archive.None, archive.Gzip, archive.Zstd:
			default:
				return errs.New(errs.Invalid, "cli.compress", errs.Args{"value": compress})
			}
			var err error
			if o.Lock, err = s.lock(lock); err != nil {
				return err
			}
			return s.with(c.Context(), func(sys *boot.System) error { return s.backup(c, sys, o) })
		},
	}
	s.targetFlags(c)
	c.Flags().StringVarP(&dest, "output", "o", "", s.words.T("cli.flag_output", nil))
	c.Flags().StringVar(&compress, "compress", "", s.words.T("cli.flag_compress", nil))
	lock.flags(s, c)
	c.Flags().StringVar(&note, "note", "", s.words.T("cli.flag_note", nil))
	return c
}

// made is the answer of backup.
type made struct {
	ID     string          `json:"id"`
	File   string          `json:"file"`
	Kind   archive.Kind    `json:"kind"`
	Bytes  int64           `json:"bytes"`
	SHA256 string          `json:"sha256"`
	Tables []archive.Table `json:"tables"`
	TookMS int64           `json:"took_ms"`

	Anomalies []wordedCheck `json:"anomalies,omitempty"` // against the backups before it
}

func (s *session) backup(c *cobra.Command, sys *boot.System, o backup.BackupOptions) error {
	t, err := s.target(c.Context(), sys)
	if err != nil {
		return err
	}
	op, err := sys.Service.Backup(c.Context(), t, o)
	if err != nil {
		return err
	}
	e, err := op.Wait()
	if err != nil {
		return err
	}
	m := e.Manifest
	if s.json {
		return s.document(made{m.ID, e.File, m.Kind, m.Bytes, m.SHA256, m.Tables, m.TookMS, s.anomalies(m)})
	}
	s.progressShow.endIf()
	s.say("cli.backup_done", map[string]any{"file": e.File, "size_bytes": m.Bytes, "tables": len(m.Tables), "rows": archive.Contents{Tables: m.Tables}.Rows(), "took_ms": m.TookMS})
	s.sayAnomalies(m)
	return nil
}

// endIf is end for a progress that may not be there (--quiet).
func (p *progress) endIf() {
	if p != nil {
		p.end()
	}
}
