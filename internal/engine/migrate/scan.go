package migrate

import (
	"context"
	"sync"

	"cofre/internal/engine/migrate/source"
)

// each reads columns of a table on all readers, in ranges. Every reader calls
// begin once for a function that gets its rows, and end once when it has no more,
// one reader at a time.
func (r readers) each(ctx context.Context, t *source.Table, rows int64, columns []int, begin func() (row func(*source.Row) error, end func())) error {
	ranges, err := r[0].Ranges(t, rows, rangeRows)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan source.Range, len(ranges))
	for _, part := range ranges {
		queue <- part
	}
	close(queue)
	var wait sync.WaitGroup
	var ending sync.Mutex
	for _, conn := range r[:min(len(r), len(ranges))] {
		wait.Go(func() {
			if err := readQueue(ctx, conn, t, columns, queue, &ending, begin); err != nil {
				stop(err)
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

func readQueue(ctx context.Context, conn *source.Conn, t *source.Table, columns []int, queue <-chan source.Range, ending *sync.Mutex, begin func() (func(*source.Row) error, func())) (err error) {
	defer recovered(&err)
	scan, err := conn.Scan(t, columns)
	if err != nil {
		return err
	}
	defer scan.Close()
	row, end := begin()
	for part := range queue {
		if err := scan.Each(ctx, part, row); err != nil {
			return err
		}
	}
	ending.Lock()
	defer ending.Unlock()
	end()
	return nil
}
