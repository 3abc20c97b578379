package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// migrate compares with pgloader, and with what rows, indexes and keys take at least: a
// prepared binary file of each table, read by \copy, and then what pg_dump says comes
// after. The whole command also looks for damage, judges every value, makes the safety
// backup and swaps; that is told apart.
func (b *bench) migrate(ctx context.Context) error {
	b.title("SQLite to PostgreSQL, %d transactions, medians of %d", b.rows, b.runs)
	app, err := b.sample(ctx)
	if err != nil {
		return err
	}
	pg, err := b.cluster(ctx)
	if err != nil || pg == nil {
		return err
	}
	whole := b.command(ctx, pg, app)
	if err := whole.ready(); err != nil {
		return err
	}
	if _, err := whole.do(); err != nil {
		if ctx.Err() != nil {
			return err
		}
		b.absent("migration", said(err))
		return nil
	}
	if err := b.complete(ctx, pg, "ours"); err != nil {
		return err
	}
	floor, err := b.floor(ctx, pg)
	if err != nil {
		return err
	}
	sides := []side{whole, b.build(ctx, pg, app, true), b.build(ctx, pg, app, false), floor}
	pgloader := installed("pgloader")
	if pgloader {
		from := "sqlite://" + filepath.ToSlash(b.path(app))
		sides = append(sides, side{b.empty(ctx, pg, "theirs"), func() (cost, error) {
			return b.run(ctx, "pgloader", "--quiet", from, pg.url("theirs"))
		}})
	}
	took, err := b.turns(sides...)
	if err != nil {
		return err
	}
	all, proven, unproven, least := took[0], took[1], took[2], took[3]
	if pgloader {
		if err := b.complete(ctx, pg, "theirs"); err != nil {
			return err
		}
		b.ratio("rows, indexes and keys, unproven / pgloader", unproven.took, took[4].took, 1/3.0)
		b.ratio("the same, proven value by value / pgloader", proven.took, took[4].took, 1/1.8)
		b.ratio("the whole command / pgloader", all.took, took[4].took, 1)
	} else {
		b.absent("rows, indexes and keys / pgloader", "pgloader is not installed")
	}
	b.ratio("unproven / \\copy, the same indexes and keys", unproven.took, least.took, 1.3)
	b.ratio("proven / \\copy, the same indexes and keys", proven.took, least.took, 0)
	before := all.took
	for _, step := range all.step {
		before -= step
	}
	b.tell("of the command: plan, every value judged", before)
	b.tell("  the pages read, the hash", all.step["stage"])
	b.tell("  safety backup", all.step["safety"])
	b.tell("  rows, indexes, keys and proof", all.step["apply"]+all.step["build"])
	b.memory("memory, peak (MB)", all.peak, 150)
	if err := b.scaling(ctx, pg); err != nil {
		return err
	}
	return b.large(ctx, pg)
}

// command is the migration as a person starts it.
func (b *bench) command(ctx context.Context, pg *cluster, file string) side {
	return side{b.empty(ctx, pg, "ours"), func() (cost, error) {
		return b.run(ctx, b.cofre, "restore", file, "--db", pg.url("ours"), "--yes", "--migrate", "--json")
	}}
}

// build is what that command does in its step build alone.
func (b *bench) build(ctx context.Context, pg *cluster, file string, proven bool) side {
	return side{b.empty(ctx, pg, "ours"), func() (cost, error) {
		return b.fill(ctx, file, pg.url("ours"), proven)
	}}
}

// scaling compares the time of a row in small and in large files, each migrated once.
func (b *bench) scaling(ctx context.Context, pg *cluster) error {
	var last time.Duration // of a million rows
	for _, rows := range []int{b.rows / 10, b.rows, 5 * b.rows} {
		file := fmt.Sprintf("scale-%d.sqlite3", rows)
		if _, err := b.run(ctx, b.cofre, "sample", file, "--app", "finance", "--rows", strconv.Itoa(rows), "--quiet"); err != nil {
			return err
		}
		command := b.command(ctx, pg, file)
		if err := command.ready(); err != nil {
			return err
		}
		took, err := command.do()
		if err != nil {
			return err
		}
		each := time.Duration(float64(took.took) * 1e6 / float64(rows))
		if what := fmt.Sprintf("%.1f million: time of a million", float64(rows)/1e6); last == 0 {
			b.tell(what, each)
		} else {
			b.ratio(what+" / the line above", each, last, 1.15)
		}
		b.memory("  memory, peak (MB)", took.peak, 200)
		last = each
		if err := b.remove(file)(); err != nil {
			return err
		}
	}
	return nil
}

// large migrates a single value of 500 MB: what it takes is told in megabytes, since
// memory that followed the size of a value would show at once.
func (b *bench) large(ctx context.Context, pg *cluster) error {
	const what = "memory, peak, for a value of 500 MB (MB)"
	if !installed("sqlite3") {
		b.absent(what, "sqlite3 is not installed")
		return nil
	}
	if _, err := b.run(ctx, "sqlite3", "large.sqlite3", "CREATE TABLE paper(id INTEGER PRIMARY KEY, body BLOB); INSERT INTO paper VALUES (1, randomblob(500000000))"); err != nil {
		return err
	}
	if err := b.empty(ctx, pg, "large")(); err != nil {
		return err
	}
	took, err := b.run(ctx, b.cofre, "restore", "large.sqlite3", "--db", pg.url("large"), "--yes", "--migrate", "--json")
	if err != nil {
		return err
	}
	b.memory(what, took.peak, 150)
	return nil
}

// complete makes sure that a migration that was quick has carried the rows, too.
func (b *bench) complete(ctx context.Context, pg *cluster, database string) error {
	got, err := b.query(ctx, pg, database, "SELECT count(*) FROM finances_transaction")
	if err == nil && got[0] != strconv.Itoa(b.rows) {
		err = fmt.Errorf("%s transactions arrived in %s", got[0], database)
	}
	return err
}

// empty makes the database anew.
func (b *bench) empty(ctx context.Context, pg *cluster, name string) func() error {
	return func() error {
		return b.psql(ctx, pg, "postgres", "DROP DATABASE IF EXISTS "+name, "CREATE DATABASE "+name)
	}
}

// floor prepares a file of each table of the migrated database, and a database with the
// tables alone.
func (b *bench) floor(ctx context.Context, pg *cluster) (side, error) {
	var s side
	for file, section := range map[string]string{"tables.sql": "pre-data", "after.sql": "post-data"} {
		if _, err := b.run(ctx, pg.tool("pg_dump"), "--section="+section, "--no-owner", "-f", file, pg.url("ours")); err != nil {
			return s, err
		}
	}
	names, err := b.query(ctx, pg, "ours", "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	if err != nil {
		return s, err
	}
	var out, in []string
	for n, name := range names {
		file := fmt.Sprintf("%d.rows", n)
		out = append(out, fmt.Sprintf(`\copy %s TO '%s' (FORMAT binary)`, name, file))
		in = append(in, fmt.Sprintf(`\copy %s FROM '%s' (FORMAT binary)`, name, file))
	}
	if err := b.psql(ctx, pg, "ours", out...); err != nil {
		return s, err
	}
	s.ready = func() error {
		if err := b.empty(ctx, pg, "floor")(); err != nil {
			return err
		}
		return b.psql(ctx, pg, "floor", `\i tables.sql`)
	}
	in = append(in, `\i after.sql`)
	s.do = func() (cost, error) { return b.run(ctx, pg.tool("psql"), pg.psql("floor", in)...) }
	return s, nil
}

// said is what a program that failed said last, in words.
func said(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	last := lines[len(lines)-1]
	var ours struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal([]byte(last), &ours) == nil && ours.Error.Message != "" {
		return ours.Error.Message
	}
	return last
}
