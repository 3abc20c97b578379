package main

import (
	"context"
	"path/filepath"

	"cofre/internal/errs"
	"cofre/internal/report"
	"cofre/internal/service"
	"cofre/internal/text"
)

// asked is call for whoever is logged in.
func asked[T any](a *App, do func(context.Context, *service.Desk) (T, error)) (T, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (result T, err error) {
		if err := d.SignedIn(); err != nil {
			return result, err
		}
		return do(ctx, d)
	})
}

// ask shows a native dialog to whoever is logged in; "" where it was cancelled.
func ask(a *App, show func(ctx context.Context, d *service.Desk) (string, error)) (string, error) {
	path, err := asked(a, show)
	return a.spoken(path), err
}

// SaveRecoveryCode asks where to and writes a recovery code that was just made there,
// with what it is for; it returns the path.
func (a *App) SaveRecoveryCode(name, code string) (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		path, err := a.shell.SaveFile(word(ctx, d, "dialog.save_code"), "cofre-recovery-code.txt")
		if err != nil || path == "" {
			return "", err
		}
		words := text.For(text.Language(d.Language(ctx))).T("auth.code_file", map[string]any{"name": name, "code": code})
		return path, d.SaveText(ctx, path, words+"\n")
	})
}

// word is the title of a dialog in the window's language.
func word(ctx context.Context, d *service.Desk, key string) string {
	return text.For(text.Language(d.Language(ctx))).T(key, nil)
}

// ChooseDatabaseFile asks for a SQLite database.
func (a *App) ChooseDatabaseFile() (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		return a.shell.OpenFile(word(ctx, d, "dialog.open_database"), "*.sqlite3", "*.sqlite", "*.db", "*.db3")
	})
}

// ChooseBackupFile asks for a backup file.
func (a *App) ChooseBackupFile() (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		return a.shell.OpenFile(word(ctx, d, "dialog.open_backup"), "*.sqlite3", "*.dump", "*.gz", "*.zst", "*.age", "*.sqlite", "*.db", "*.sql", "*.tar")
	})
}

// ChooseFile asks for a file of any kind: a certificate, a key.
func (a *App) ChooseFile() (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		return a.shell.OpenFile(word(ctx, d, "dialog.open_file"))
	})
}

// ChooseKeyFile asks for a key file of age.
func (a *App) ChooseKeyFile() (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		return a.shell.OpenFile(word(ctx, d, "dialog.open_key"), "*.txt", "*.key")
	})
}

// ChooseFolder asks for a folder.
func (a *App) ChooseFolder(title string) (string, error) {
	return ask(a, func(context.Context, *service.Desk) (string, error) { return a.shell.OpenFolder(title) })
}

// SaveCopy asks where to and copies a backup there; it returns the path. A file
// that exists is replaced: the dialog itself has asked.
func (a *App) SaveCopy(id string) (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		e, err := d.Backup(ctx, id)
		if err != nil {
			return "", err
		}
		path, err := a.shell.SaveFile(word(ctx, d, "dialog.save_copy"), filepath.Base(e.File))
		if err != nil || path == "" {
			return "", err
		}
		return path, d.SaveCopy(ctx, id, path)
	})
}

// SaveReport asks where to and saves the report of the last migration there, as a
// page in the window's language; it returns the path. Like the result itself, it can
// be had after the session has ended.
func (a *App) SaveReport() (string, error) {
	return call(a, func(ctx context.Context, d *service.Desk) (string, error) {
		if r := d.LastResult(); r == nil || r.Report == nil {
			if err := d.SignedIn(); err != nil { // the door says no more than it must
				return "", err
			}
			return "", errs.New(errs.NotFound, "report.none", nil)
		}
		path, err := a.shell.SaveFile(word(ctx, d, "dialog.save_report"), "cofre-report.html")
		if err != nil || path == "" {
			return "", err
		}
		r, err := d.ReportFor(ctx, path)
		if err != nil {
			return "", err
		}
		return path, report.Save(path, r, text.For(text.Language(d.Language(ctx))))
	})
}

// ExportTrail asks where to and saves entries of the audit trail there, as "csv" or
// "json"; it returns the path.
func (a *App) ExportTrail(in service.TrailInput, form string) (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		if form != "json" {
			form = "csv"
		}
		path, err := a.shell.SaveFile(word(ctx, d, "dialog.save_trail"), "cofre-audit."+form)
		if err != nil || path == "" {
			return "", err
		}
		return path, d.ExportTrail(ctx, in, path)
	})
}

// About is what this Cofre is made of and works with.
func (a *App) About() (service.AboutView, error) {
	return asked(a, func(ctx context.Context, d *service.Desk) (service.AboutView, error) { return d.About(ctx) })
}

// Diagnosis makes the files of the diagnosis, to be looked at.
func (a *App) Diagnosis() ([]service.DiagnosisFile, error) {
	return asked(a, func(ctx context.Context, d *service.Desk) ([]service.DiagnosisFile, error) { return d.Diagnosis(ctx) })
}

// SaveDiagnosis asks where to and saves the files that were looked at there; it
// returns the path.
func (a *App) SaveDiagnosis(files []service.DiagnosisFile) (string, error) {
	return ask(a, func(ctx context.Context, d *service.Desk) (string, error) {
		path, err := a.shell.SaveFile(word(ctx, d, "dialog.save_diagnosis"), "cofre-diagnosis.zip")
		if err != nil || path == "" {
			return "", err
		}
		return path, d.SaveDiagnosis(ctx, path, files)
	})
}

// ClipboardSet puts text into the system's clipboard.
func (a *App) ClipboardSet(text string) error {
	return run(a, func(context.Context, *service.Desk) error { return a.shell.SetClipboard(text) })
}
