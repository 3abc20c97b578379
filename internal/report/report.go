// Package report writes the evidence of a migration as a page that can be handed
// to somebody: one HTML file in the person's language, with nothing outside it. It
// says what was read and written, table by table, and quotes no value of a row.
package report

import (
	_ "embed" // the page
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/text"
)

//go:embed report.html
var page string

// Write writes the page of r, in the words of p.
func Write(w io.Writer, r *backup.Report, p *text.Printer) error {
	words := template.FuncMap{
		"t":        func(key string) string { return p.T("report."+key, nil) },
		"rows":     func(n int64) string { return p.Number(n) },
		"equal":    func() string { return p.T("report.equal", map[string]any{"n": len(r.Tables)}) },
		"when":     func() string { return p.FullTime(r.StartedAt) },
		"took":     func() string { return p.T("report.took", map[string]any{"took_ms": r.TookMS}) },
		"convert":  func(c backup.Conversion) string { return converted(p, c) },
		"found":    func(f backup.Finding) string { return found(p, f) },
		"file":     func() string { return filepath.Base(r.File) },
		"language": func() string { return string(p.Language()) },
		"name":     text.Clean,
	}
	t, err := template.New("report").Funcs(words).Parse(page)
	if err != nil {
		return fmt.Errorf("read the report's page: %w", err)
	}
	return t.Execute(w, r)
}

// converted says what was done to values of a column.
func converted(p *text.Printer, c backup.Conversion) string {
	s := p.T("finding."+c.Finding, map[string]any{"n": c.Values, "type": c.Type})
	if c.Nulls > 0 {
		s += " (" + p.T("report.nulls", map[string]any{"n": c.Nulls}) + ")"
	}
	return s
}

func found(p *text.Printer, f backup.Finding) string {
	args := map[string]any{}
	for k, v := range f.Args {
		args[k] = v
	}
	args["n"], args["type"] = f.Rows, f.Type
	code := f.Code
	if _, differs := args["like"]; differs {
		code = "names_differ"
	}
	s := p.T("finding."+code, args)
	if len(f.Options) > 0 {
		s += ". " + p.T("word.action."+string(f.Action), nil)
	}
	return s
}

// Save writes the page to a file, whole or not at all, in place of one that is
// there.
func Save(path string, r *backup.Report, p *text.Printer) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".report-*")
	if err != nil {
		return errs.New(errs.Unavailable, "report.save", errs.Args{"file": path}).Because(err)
	}
	defer func() {
		if err != nil {
			err = errs.New(errs.Unavailable, "report.save", errs.Args{"file": path}).Because(errors.Join(err, os.Remove(f.Name())))
		}
	}()
	if err := errors.Join(Write(f, r, p), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
