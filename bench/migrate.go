package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// migrate compares with pgloader, and with what the rows alone take: a prepared
// binary file of each table, read by \copy into tables without an index.
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
	ours := side{b.empty(ctx, pg, "ours"), func() (cost, error) {
		return b.run(ctx, b.cofre, "restore", app, "--db", pg.url("ours"), "--yes", "--migrate", "--json")
	}}
	if err := ours.ready(); err != nil {
		return err
	}
	if _, err := ours.do(); err != nil {
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
	sides := []side{ours, floor}
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
	if pgloader {
		if err := b.complete(ctx, pg, "theirs"); err != nil {
			return err
		}
		b.ratio("migration / pgloader", took[0].took, took[2].took, 1)
	} else {
		b.absent("migration / pgloader", "pgloader is not installed")
	}
	b.ratio("migration / \\copy of the rows alone", took[0].took, took[1].took, 0)
	b.ratio("  its apply step / \\copy of the rows alone", took[0].step["apply"]+took[0].step["build"], took[1].took, 0)
	b.memory("memory, peak (MB)", took[0].peak, 150)
	return b.large(ctx, pg)
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

// floor prepares a file of each table of the migrated database, and a database
// with the tables alone.
func (b *bench) floor(ctx context.Context, pg *cluster) (side, error) {
	var s side
	if err := b.empty(ctx, pg, "floor")(); err != nil {
		return s, err
	}
	if _, err := b.run(ctx, pg.tool("pg_dump"), "--section=pre-data", "--no-owner", "-f", "tables.sql", pg.url("ours")); err != nil {
		return s, err
	}
	if err := b.psql(ctx, pg, "floor", `\i tables.sql`); err != nil {
		return s, err
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
	s.ready = func() error { return b.psql(ctx, pg, "floor", "TRUNCATE "+strings.Join(names, ", ")) }
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
