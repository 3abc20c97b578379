package main

import (
	"context"
	"fmt"
)

// diff compares the comparison of two archives, row by row, with the reading of both.
func (b *bench) diff(ctx context.Context) error {
	b.title("Comparison of archives, %d rows with as many, medians of %d", b.rows, b.runs)
	pg, err := b.cluster(ctx)
	if err != nil || pg == nil {
		return err
	}
	if err := b.psql(ctx, pg, "postgres", "CREATE DATABASE compared"); err != nil {
		return err
	}
	if err := b.psql(ctx, pg, "compared", fmt.Sprintf(ledger, b.rows)); err != nil {
		return err
	}
	archived := func(file string) error {
		_, err := b.run(ctx, pg.tool("pg_dump"), "-Fc", "-Z1", "-f", file, pg.url("compared"))
		return err
	}
	if err := archived("before.dump"); err != nil {
		return err
	}
	for _, c := range []struct{ what, change string }{
		{"nothing changed", "SELECT 1"},
		{"half of the rows changed", "UPDATE entry SET note = 'noted anew' WHERE id % 2 = 0"},
		{"every row changed", "UPDATE entry SET note = 'noted once more'"},
	} {
		if err := b.psql(ctx, pg, "compared", c.change); err != nil {
			return err
		}
		if err := archived("after.dump"); err != nil {
			return err
		}
		took, err := b.turns(
			side{nil, func() (cost, error) { return b.both(ctx, "--table", "public.entry", "--limit", "0", "--format", "csv") }},
			side{nil, func() (cost, error) { return b.both(ctx) }},
			side{nil, func() (cost, error) { return b.run(ctx, b.cofre, "diff", "before.dump", "after.dump", "--json") }})
		if err != nil {
			return err
		}
		b.ratio("diff / reading the rows of both: "+c.what, took[2].took, took[0].took, 2)
		b.ratio("  / only counting the rows of both", took[2].took, took[1].took, 0)
		b.memory("  memory, peak (MB)", took[2].peak, 150)
	}
	return nil
}

// both inspects the two archives, one after the other.
func (b *bench) both(ctx context.Context, args ...string) (cost, error) {
	before, err := b.run(ctx, b.cofre, append([]string{"inspect", "before.dump"}, args...)...)
	if err != nil {
		return cost{}, err
	}
	after, err := b.run(ctx, b.cofre, append([]string{"inspect", "after.dump"}, args...)...)
	return cost{took: before.took + after.took}, err
}
