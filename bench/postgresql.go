package main

import (
	"context"
	"fmt"
	"os"
)

// ledger is a table as applications have them, with text that does not compress to nothing.
const ledger = `
CREATE TABLE account (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, meta jsonb NOT NULL);
INSERT INTO account (name, meta) SELECT 'Família ' || i, jsonb_build_object('tema', i %% 3, 'aviso', i %% 2 = 0) FROM generate_series(1, 1000) i;
CREATE TABLE entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account_id int NOT NULL REFERENCES account, what varchar(200) NOT NULL,
	amount numeric(12,2) NOT NULL, day date NOT NULL, made timestamptz NOT NULL, done boolean NOT NULL, note text, reference uuid NOT NULL);
INSERT INTO entry (account_id, what, amount, day, made, done, note, reference)
	SELECT 1 + i %% 1000, 'Compra número ' || i, (i::bigint * 7919 %% 1000000) / 100.0, date '2024-01-01' + i %% 720, timestamptz '2024-01-01 08:00+00' + i * interval '61 s',
		i %% 9 > 0, CASE WHEN i %% 4 = 0 THEN 'nota ' || md5(i::text) END, md5('r' || i)::uuid FROM generate_series(1, %d) i;
CREATE INDEX ON entry (account_id);
CREATE INDEX ON entry (day);
ANALYZE;`

// postgresql compares with pg_dump and pg_restore of the server's own version.
func (b *bench) postgresql(ctx context.Context) error {
	b.title("PostgreSQL, %d rows, medians of %d", b.rows, b.runs)
	pg, err := b.cluster(ctx)
	if err != nil || pg == nil {
		return err
	}
	live := pg.url("live")
	if err := b.psql(ctx, pg, "postgres", "CREATE DATABASE live"); err != nil {
		return err
	}
	if err := b.psql(ctx, pg, "live", fmt.Sprintf(ledger, b.rows)); err != nil {
		return err
	}
	backup, err := b.turns(
		side{b.remove("6.dump"), func() (cost, error) { return b.run(ctx, pg.tool("pg_dump"), "-Fc", "-f", "6.dump", live) }},
		side{b.remove("1.dump"), func() (cost, error) { return b.run(ctx, pg.tool("pg_dump"), "-Fc", "-Z1", "-f", "1.dump", live) }},
		side{b.remove("backup.dump"), func() (cost, error) {
			return b.run(ctx, b.cofre, "backup", "--db", live, "-o", "backup.dump", "--quiet")
		}})
	if err != nil {
		return err
	}
	b.ratio("backup / pg_dump -Fc -Z1", backup[2].took, backup[1].took, 1.15)
	b.ratio("backup / pg_dump -Fc", backup[2].took, backup[0].took, 0.4)
	ours, err := b.size("backup.dump")
	if err != nil {
		return err
	}
	theirs, err := b.size("6.dump")
	if err != nil {
		return err
	}
	b.sizes("size / pg_dump -Fc", ours, theirs, 1.1)

	if err := b.reading(ctx, pg); err != nil {
		return err
	}
	restore, err := b.turns(
		side{nil, func() (cost, error) {
			return b.run(ctx, pg.tool("pg_restore"), "-1", "--clean", "--if-exists", "--no-owner", "--no-acl", "-d", live, "1.dump")
		}},
		side{
			func() error {
				return b.psql(ctx, pg, "postgres", "DROP DATABASE IF EXISTS beside", "CREATE DATABASE beside TEMPLATE template0")
			},
			func() (cost, error) {
				filled, err := b.run(ctx, pg.tool("pg_restore"), "-j2", "--no-owner", "--no-acl", "-d", pg.url("beside"), "1.dump")
				if err != nil {
					return cost{}, err
				}
				analyzed, err := b.run(ctx, pg.tool("psql"), pg.psql("beside", []string{"ANALYZE"})...)
				return cost{took: filled.took + analyzed.took}, err
			}},
		side{nil, func() (cost, error) {
			return b.run(ctx, b.cofre, "restore", "backup.dump", "--db", live, "--yes", "--json")
		}})
	if err != nil {
		return err
	}
	one, two, c := restore[0], restore[1], restore[2]
	b.ratio("restore, all of it / pg_restore -1", c.took, one.took, 0)
	b.ratio("  / pg_restore -j2, ANALYZE, safety backup", c.took, two.took+c.step["safety"], 1.15)
	b.ratio("  built aside / pg_restore -j2, ANALYZE", c.step["build"], two.took, 0)
	b.tell("  checks of the backup before it", c.step["stage"])
	b.tell("  safety backup", c.step["safety"])
	b.tell("  comparison aside", c.step["compare"])
	b.tell("  swap, and a last look", c.step["swap"])
	b.memory("memory, peak (MB)", max(backup[2].peak, c.peak), 150)
	return nil
}

// reading compares the counts of an archive, of which all rows are unpacked, with
// pg_restore that writes them nowhere.
func (b *bench) reading(ctx context.Context, pg *cluster) error {
	var sides []side
	for _, file := range []string{"1.dump", "6.dump"} {
		sides = append(sides,
			side{nil, func() (cost, error) { return b.run(ctx, pg.tool("pg_restore"), "-f", os.DevNull, file) }},
			side{nil, func() (cost, error) { return b.run(ctx, b.cofre, "inspect", file, "--json") }})
	}
	took, err := b.turns(sides...)
	if err != nil {
		return err
	}
	b.ratio("counts of -Z1 / pg_restore -f /dev/null", took[1].took, took[0].took, 1.2)
	b.ratio("counts of -Z6 / pg_restore -f /dev/null", took[3].took, took[2].took, 1.2)
	b.memory("  memory, peak (MB)", max(took[1].peak, took[3].peak), 100)
	return nil
}
