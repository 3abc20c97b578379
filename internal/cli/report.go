package cli

import (
	"errors"
	"io/fs"
	"os"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/report"
)

// mayReport says before anything is done whether the report that is wanted can be.
func (s *session) mayReport(p backup.Plan, file string) error {
	switch _, err := os.Lstat(file); {
	case file == "":
		return nil
	case p.Mode != backup.Migrate:
		return errs.New(errs.Invalid, "report.none", nil)
	case !errors.Is(err, fs.ErrNotExist):
		return errs.New(errs.Invalid, "report.exists", errs.Args{"file": file})
	}
	return nil
}

func (s *session) saveReport(file string, r backup.Result) error {
	if file == "" || r.Report == nil {
		return nil
	}
	if err := report.Save(file, r.Report, s.words); err != nil {
		return err
	}
	if !s.json {
		s.say("cli.restore_report", map[string]any{"file": file})
	}
	return nil
}
