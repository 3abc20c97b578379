package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// sinceRangeScans is the first major that finds rows by where they lie, from block
// to block, without reading all of the table.
const sinceRangeScans = 14

// stretchBlocks is how many blocks of a table are printed by one connection, where
// several have nothing to do.
const stretchBlocks = 4096

// stretch is what one connection prints of a table.
type stretch struct {
	of    *fill
	where string
	held  multiset
}

// compareSent holds what the tables print against what was sent to them: sums, in
// which the order does not count. Where they differ, the values are compared. It
// returns the rows of each table.
func (b *building) compareSent(ctx context.Context, s *session) (rows map[string]int64, err error) {
	if len(b.filled) == 0 {
		return nil, nil
	}
	dump, err := archive.OpenDump(b.file)
	if err != nil {
		return nil, err
	}
	defer dump.Close()
	settings, err := printing(dump)
	if err != nil {
		return nil, err
	}
	stretches, err := b.stretches(ctx, s, dump)
	if err != nil {
		return nil, err
	}
	err = shared(ctx, b.connections, stretches, b.enter, func(ctx context.Context, s *session, p *stretch) error { return s.print(ctx, settings, p) })
	if err != nil {
		return nil, err
	}
	held := map[*fill]multiset{}
	for _, p := range stretches {
		sum := held[p.of]
		sum.seed = p.held.seed
		sum.lines, sum.sum, sum.mixed = sum.lines+p.held.lines, sum.sum+p.held.sum, sum.mixed+p.held.mixed
		held[p.of] = sum
	}
	rows = map[string]int64{}
	for _, f := range b.filled {
		if held[f] != f.sent {
			if err := s.meansTheSame(ctx, settings, dump, f); err != nil {
				return nil, err
			}
		}
		rows[dump.Name(f.Entry)] = f.sent.lines
	}
	return rows, nil
}

// stretches cuts large tables into stretches.
func (b *building) stretches(ctx context.Context, s *session, dump *archive.Dump) ([]*stretch, error) {
	names := make([]string, len(b.filled))
	for i, f := range b.filled {
		names[i] = dump.Text(f.table)
	}
	rows, err := s.Query(ctx, `SELECT c.relkind = 'r', pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::bigint
		FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY t (name, place) JOIN pg_catalog.pg_class c ON c.oid = t.name::regclass ORDER BY t.place`, names)
	if err != nil {
		return nil, err
	}
	var stretches []*stretch
	var table bool
	var blocks int64
	tables := b.filled
	_, err = pgx.ForEachRow(rows, []any{&table, &blocks}, func() error {
		f := tables[0]
		tables = tables[1:]
		if !table { // a rule of the archive has made it a view, whose functions would run here
			return errs.New(errs.Invalid, "postgres.foreign_statement", errs.Args{"statement": "CREATE RULE"})
		}
		cuts := max(1, min(int64(b.connections), blocks/stretchBlocks))
		if s.version.major < sinceRangeScans {
			cuts = 1
		}
		for i := range cuts {
			where := ""
			if i > 0 {
				where = fmt.Sprintf(" WHERE ctid >= '(%d,0)'", blocks*i/cuts)
			}
			if i < cuts-1 {
				where = fmt.Sprintf(" WHERE ctid >= '(%d,0)' AND ctid < '(%d,0)'", blocks*i/cuts, blocks*(i+1)/cuts)
			}
			stretches = append(stretches, &stretch{of: f, where: where, held: multiset{seed: f.sent.seed}})
		}
		return nil
	})
	return stretches, err
}

func (s *session) print(ctx context.Context, settings string, p *stretch) error {
	if err := s.begin(ctx, reading); err != nil {
		return err
	}
	defer s.rollback(ctx)
	if err := s.script(ctx, settings); err != nil {
		return err
	}
	_, err := s.PgConn().CopyTo(ctx, &p.held, "COPY (SELECT "+p.of.columns+" FROM ONLY "+p.of.table+p.where+") TO STDOUT")
	return err
}

// meansTheSame is compareMeaning in a transaction of its own.
func (s *session) meansTheSame(ctx context.Context, settings string, dump *archive.Dump, f *fill) error {
	if err := s.begin(ctx, writing); err != nil {
		return err
	}
	defer s.rollback(ctx)
	if err := s.script(ctx, settings); err != nil {
		return err
	}
	return s.compareMeaning(ctx, dump, f.filling)
}
