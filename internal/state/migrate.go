package state

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"cofre/internal/errs"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate runs the scripts that the file has not seen yet, in the order of their
// names, each in one transaction together with its number. A second process that
// opens the file meanwhile waits, and then finds nothing left to do.
func (db *DB) migrate(ctx context.Context) error {
	scripts, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	version, err := db.version(ctx)
	if err != nil {
		return err
	}
	if version > len(scripts) {
		return errs.New(errs.Unavailable, "state.newer", errs.Args{"path": db.path, "found": version, "known": len(scripts)})
	}
	if err := db.preferWAL(ctx); err != nil {
		return err
	}
	for version < len(scripts) {
		version++
		if err := db.upgrade(ctx, version, scripts[version-1]); err != nil {
			return err
		}
	}
	return nil
}

// preferWAL lets readers go on while another process writes. The file remembers
// it. SQLite does not wait for others before this change but refuses it; then the
// next one that opens the file makes it, and until then all waits are longer.
func (db *DB) preferWAL(ctx context.Context) error {
	_, err := db.sql.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	if err = db.fail("prefer WAL", err); errs.CodeOf(err) == errs.Busy {
		return nil
	}
	return err
}

func (db *DB) version(ctx context.Context) (v int, err error) {
	err = db.sql.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v)
	return v, db.fail("read state version", err)
}

func (db *DB) upgrade(ctx context.Context, to int, name string) error {
	script, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	return db.in(ctx, "upgrade state", func(tx *sql.Tx) error {
		var now int
		if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&now); err != nil || now >= to {
			return err // another process was faster
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", to))
		return err
	})
}
