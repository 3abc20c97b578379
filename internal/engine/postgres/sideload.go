package postgres

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// sending fills tables by COPY, several at once, and a large one by several
// connections: they take its rows in turns, so that these lie nearly in the order of
// the archive.
type sending struct {
	*quick
	dump     *archive.Dump
	settings string

	mu   sync.Mutex
	done int64 // packed bytes that were read
}

// worthLane is how many packed bytes of rows are worth one more connection.
const worthLane = 4 << 20

// fill is a table that is filled, and the sum of what was sent to it.
type fill struct {
	filling
	in   *copyRows
	turn chan struct{} // has room for the one who reads
	row  maphash.Hash  // of a row that has begun
	sent multiset

	mu     sync.Mutex
	data   io.ReadCloser
	lanes  int // that have not ended
	stored int64
}

// load fills the tables of q.sent.
func (q *quick) load(ctx context.Context) error {
	dump, err := archive.OpenDump(q.file)
	if err != nil {
		return err
	}
	defer dump.Close()
	for i := range dump.Entries {
		if rows, ok := rowsOf(&dump.Entries[i]); ok && q.sent[rows.DumpID] {
			q.filled = append(q.filled, &fill{filling: rows})
		}
	}
	slices.SortStableFunc(q.filled, func(a, b *fill) int { return cmp.Compare(q.bytes[b.DumpID], q.bytes[a.DumpID]) })
	s := &sending{quick: q, dump: dump}
	if s.settings, err = printing(dump); err != nil {
		return err
	}
	var work []*fill
	for _, f := range q.filled {
		defer f.close()
		f.lanes = max(1, min(q.connections, int(q.bytes[f.DumpID]/worthLane)))
		work = append(work, slices.Repeat([]*fill{f}, f.lanes)...)
	}
	return shared(ctx, q.connections, work, s.enter, s.fill)
}

// shared does the work on several connections at once. One has to be had; where the
// server has no more of them, the others do it.
func shared[W any](ctx context.Context, connections int, work []W, enter func(context.Context) (*session, error), do func(context.Context, *session, W) error) error {
	if len(work) == 0 {
		return nil
	}
	queue := make(chan W, len(work))
	for _, w := range work {
		queue <- w
	}
	close(queue)
	all, working := errgroup.WithContext(ctx)
	serve := func(s *session) (err error) {
		defer s.close(working)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		for w := range queue {
			if err := do(working, s, w); err != nil {
				return err
			}
		}
		return nil
	}
	first, err := enter(ctx)
	if err != nil {
		return err
	}
	all.Go(func() error { return serve(first) })
	for range min(connections, len(work)) - 1 {
		all.Go(func() error {
			if s, err := enter(working); err == nil {
				return serve(s)
			}
			return nil
		})
	}
	return all.Wait()
}

// enter connects to the new database.
func (b *building) enter(ctx context.Context) (*session, error) {
	s, err := open(ctx, b.engine.Beside(b.target, b.name))
	if err != nil {
		return nil, err
	}
	if err := s.rename(ctx, label(b.name)); err != nil {
		s.close(ctx)
		return nil, err
	}
	return s, nil
}

// fill sends rows of a table, as the role that it belongs to, until none is left.
func (s *sending) fill(ctx context.Context, to *session, f *fill) error {
	if err := s.begin(ctx, f); err != nil {
		return err
	}
	return to.inTransaction(ctx, func() error {
		settings := s.settings + "; SET LOCAL xmloption = content; SET LOCAL check_function_bodies = off"
		if s.role != "" {
			settings += "; SET LOCAL ROLE " + quote(s.role)
		}
		if err := to.script(ctx, settings); err != nil {
			return err
		}
		l := &lane{ctx: ctx, of: f}
		tag, err := to.send(ctx, l, "COPY "+f.table+f.list()+" FROM STDIN")
		if l.broken != nil && ctx.Err() == nil {
			return s.unread(l.broken)
		}
		if err != nil {
			return err
		}
		return s.unread(f.end(tag.RowsAffected()))
	})
}

// begin opens the rows of a table for the first who asks.
func (s *sending) begin(ctx context.Context, f *fill) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.in != nil {
		return nil
	}
	var before int64
	data, err := s.dump.Data(ctx, f.Entry, func(read int64) {
		s.tell(s.dump.Name(f.Entry), read-before)
		before = read
	})
	if err != nil {
		return err
	}
	f.read(data)
	return nil
}

// lane is what one connection reads of a table: rows, each of them whole.
type lane struct {
	ctx    context.Context
	of     *fill
	mine   bool  // the turn is, until a row has come to its end
	broken error // what reading has ended with, other than the last row
}

func (l *lane) Read(p []byte) (int, error) {
	if !l.mine {
		select {
		case l.of.turn <- struct{}{}:
		case <-l.ctx.Done():
			return 0, l.ctx.Err()
		}
	}
	n, err := l.of.in.Read(p)
	l.broken = l.of.in.broken
	if l.mine = l.of.in.within && err == nil; !l.mine {
		<-l.of.turn
	}
	return n, err
}

// end says what one connection has stored. The last one has seen all.
func (f *fill) end(rows int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stored += rows
	if f.lanes--; f.lanes > 0 {
		return nil
	}
	if f.stored != f.sent.lines {
		return errs.New(errs.Corrupt, "postgres.rows_lost", errs.Args{"table": f.Name(), "sent": f.sent.lines, "stored": f.stored})
	}
	after, err := io.ReadAll(io.LimitReader(f.in.in, 64)) // to the end, where the checksum is
	if err == nil && len(bytes.TrimRight(after, "\n")) > 0 {
		err = errCut
	}
	f.close()
	return err
}

func (f *fill) close() {
	if f.data != nil {
		f.data.Close()
		f.data = nil
	}
}

func (s *sending) tell(table string, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done += bytes
	s.progress(backup.Update{Done: min(s.done, s.size), Total: s.size, Unit: "bytes", Item: table})
}

// unread words what was wrong with the rows of an archive.
func (s *sending) unread(err error) error {
	if errors.Is(err, errCut) {
		return errs.New(errs.Corrupt, "postgres.script_cut", errs.Args{"file": filepath.Base(s.file)})
	}
	return err
}

// read begins to read the rows, and to sum them up as they go by.
func (f *fill) read(data io.ReadCloser) {
	f.data, f.turn = data, make(chan struct{}, 1)
	f.sent.seed = maphash.MakeSeed()
	f.row.SetSeed(f.sent.seed)
	f.in = &copyRows{in: bufio.NewReaderSize(data, 256<<10), told: func(int64) {}, seen: f.add}
}

func (f *fill) add(piece []byte) {
	_, _ = f.row.Write(piece)
	if !f.in.partial {
		f.sent.add(f.row.Sum64())
		f.row.Reset()
	}
}
