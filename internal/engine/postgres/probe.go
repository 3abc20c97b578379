package postgres

import (
	"context"
	"slices"
	"strings"
	"sync"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Probe counts all rows in one snapshot. A large database is counted over several
// connections that share it.
func (e *Engine) Probe(ctx context.Context, t backup.Target) (backup.Contents, error) {
	s, err := open(ctx, t)
	if err != nil {
		return backup.Contents{}, err
	}
	defer s.close(ctx)
	if err := s.begin(ctx, reading); err != nil {
		return backup.Contents{}, s.problem(ctx, err)
	}
	defer s.rollback(ctx)
	c, tables, err := s.describe(ctx)
	if err != nil {
		return c, s.problem(ctx, err)
	}
	c.Tables, err = s.countTogether(ctx, tables)
	if errs.CodeOf(err) == errs.Busy {
		err = s.lockedBy(ctx, err)
	}
	return c, err
}

// describe is what the running transaction sees, without the counts.
func (s *session) describe(ctx context.Context) (backup.Contents, []table, error) {
	c := backup.Contents{
		Kind: backup.PostgreSQL, Format: archive.FormatDatabase, Compression: archive.None,
		Version: s.version.String(), Database: s.database, Tables: []backup.Table{},
	}
	tables, err := s.tables(ctx)
	if err != nil {
		return c, nil, err
	}
	if c.Extensions, err = s.extensions(ctx); err != nil {
		return c, nil, err
	}
	err = s.QueryRow(ctx, "SELECT pg_catalog.pg_database_size(pg_catalog.current_database())").Scan(&c.Bytes)
	return c, tables, err
}

const (
	helpers   = 3       // connections besides the first
	worthHelp = 8 << 10 // pages: 64 MB are counted sooner than a connection is made over a slow line
)

// countTogether counts tables in the snapshot of the running transaction. Where
// the helpers can't be had (a server with few connections left), it counts alone.
func (s *session) countTogether(ctx context.Context, tables []table) ([]backup.Table, error) {
	var pages int64
	for _, t := range tables {
		pages += t.pages
	}
	if pages < worthHelp || len(tables) < 2 {
		return s.count(ctx, tables)
	}
	var snapshot string
	if err := s.QueryRow(ctx, "SELECT pg_catalog.pg_export_snapshot()").Scan(&snapshot); err != nil {
		return nil, s.problem(ctx, err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan table, len(tables))
	for _, t := range largest(tables) {
		queue <- t
	}
	close(queue)

	var mu sync.Mutex
	var counted []backup.Table
	work := func(s *session) {
		for t := range queue {
			one, err := s.count(ctx, []table{t})
			if err != nil {
				stop(err)
				return
			}
			mu.Lock()
			counted = append(counted, one...)
			mu.Unlock()
		}
	}
	var wait sync.WaitGroup
	for range min(helpers, len(tables)-1) {
		wait.Go(func() {
			if helper, err := s.helper(ctx, snapshot); err == nil {
				defer helper.close(ctx)
				work(helper)
			}
		})
	}
	work(s)
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	slices.SortFunc(counted, func(a, b backup.Table) int { return strings.Compare(a.Name, b.Name) })
	return counted, nil
}

// helper opens a second session that sees the same snapshot.
func (s *session) helper(ctx context.Context, snapshot string) (*session, error) {
	helper, err := open(ctx, s.target)
	if err != nil {
		return nil, err
	}
	err = helper.begin(ctx, reading)
	if err == nil {
		err = helper.script(ctx, "SET TRANSACTION SNAPSHOT '"+snapshot+"'")
	}
	if err != nil {
		helper.close(ctx)
		return nil, err
	}
	return helper, nil
}
