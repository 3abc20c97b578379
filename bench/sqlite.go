package main

import (
	"context"
	"os"
)

// sqlite compares with the backup API as the sqlite3 shell uses it.
func (b *bench) sqlite(ctx context.Context) error {
	app, err := b.sample(ctx)
	if err != nil {
		return err
	}
	size, err := b.size(app)
	if err != nil {
		return err
	}
	b.title("SQLite, %s, %d transactions, medians of %d", megabytes(size), b.rows, b.runs)
	if !installed("sqlite3") {
		b.absent("backup, restore", "sqlite3 is not installed")
		return nil
	}

	// Cofre's backup has a hash, exact counts and a second reading of the result; the shell's has none of them.
	backup, err := b.turns(
		side{b.remove("shell.sqlite3"), func() (cost, error) { return b.run(ctx, "sqlite3", app, ".backup shell.sqlite3") }},
		side{b.remove("backup.sqlite3"), func() (cost, error) {
			return b.run(ctx, b.cofre, "backup", "--db", app, "-o", "backup.sqlite3", "--quiet")
		}})
	if err != nil {
		return err
	}
	b.ratio("backup / sqlite3 .backup", backup[1].took, backup[0].took, 2)

	for _, name := range []string{"live.sqlite3", "shell.sqlite3"} {
		if err := b.copy(app, name); err != nil {
			return err
		}
	}
	restore, err := b.turns(
		side{nil, func() (cost, error) { return b.run(ctx, "sqlite3", "shell.sqlite3", ".restore backup.sqlite3") }},
		side{nil, func() (cost, error) {
			return b.run(ctx, b.cofre, "restore", "backup.sqlite3", "--db", "live.sqlite3", "--yes", "--json")
		}})
	if err != nil {
		return err
	}
	// What reads the backup before, and the database after, is apart: the shell checks neither.
	ours := restore[1]
	change := ours.step["safety"] + ours.step["apply"]
	b.ratio("safety backup and restore / sqlite3 .restore", change, restore[0].took, 3)
	b.tell("  plan, checks of the backup before it", ours.took-change-ours.step["verify"])
	b.tell("  checks of the database after it", ours.step["verify"])
	b.memory("memory, peak (MB)", max(backup[1].peak, ours.peak), 150)
	return nil
}

func (b *bench) copy(from, to string) error {
	in, err := os.Open(b.path(from))
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(b.path(to))
	if err != nil {
		return err
	}
	if _, err := out.ReadFrom(in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
