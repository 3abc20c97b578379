package sample

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"

	"cofre/internal/errs"
)

// mishaps are what happens to a sample: rows lost, a table gone, a table that
// was not there before. The first table says which application it is.
var mishaps = []struct {
	table string
	sql   []string
}{
	{"finances_transaction", []string{
		"DELETE FROM finances_receipt WHERE (transaction_id - 1) % 3 > 0",
		"DELETE FROM finances_transaction WHERE (id - 1) % 3 > 0",
		"DROP TABLE finances_budget",
		"CREATE TABLE rascunho (id integer PRIMARY KEY, texto text)",
		"INSERT INTO rascunho (texto) VALUES ('criado depois do backup')",
	}},
	{"abastecimentos", []string{
		"DELETE FROM abastecimentos WHERE rowid % 3 > 0",
		"DROP TABLE checklist_historico",
		"CREATE TABLE rascunho (id integer PRIMARY KEY, texto text)",
		"INSERT INTO rascunho (texto) VALUES ('criado depois do backup')",
	}},
}

// Damage does to a sample what people do by mistake: two thirds of its main
// table are deleted, one table is dropped, one appears. It all happens or
// nothing does. What is the SQL that was run, for the eyes; a second time fails.
// A file that is no sample is errs.Invalid and stays as it is.
func Damage(ctx context.Context, path string) (what string, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return "", damageError(path, err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", errs.New(errs.NotFound, "sample.missing", errs.Args{"file": path})
	}
	db, err := sql.Open("sqlite", dsn(path)+"?mode=rw&_pragma=busy_timeout(5000)")
	if err != nil {
		return "", damageError(path, err)
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return "", damageError(path, err)
	}
	defer tx.Rollback()
	for _, m := range mishaps {
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", m.table).Scan(&there); err != nil {
			return "", damageError(path, err)
		}
		if !there {
			continue
		}
		for _, statement := range m.sql {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return "", damageError(path, fmt.Errorf("%s: %w", statement, err))
			}
		}
		if err := tx.Commit(); err != nil {
			return "", damageError(path, err)
		}
		return strings.Join(m.sql, "; "), nil
	}
	return "", errs.New(errs.Invalid, "sample.unknown", errs.Args{"file": path})
}

func damageError(path string, err error) error {
	const notADatabase = 26 // SQLITE_NOTADB
	var cause *sqlite.Error
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &cause) && cause.Code() == notADatabase:
		return errs.New(errs.Invalid, "sample.unknown", errs.Args{"file": path}).Because(err)
	}
	return errs.New(errs.Unavailable, "sample.damage", errs.Args{"file": path}).Because(err)
}
