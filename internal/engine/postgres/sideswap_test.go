package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// refusalLimit is how long a new connection may be refused while a swap is going on.
const refusalLimit = time.Second

// TestProgramsSeeOldOrNewContentAndWaitShortly keeps readers, writers and newcomers
// at a database of a million rows while it is swapped, again and again.
func TestProgramsSeeOldOrNewContentAndWaitShortly(t *testing.T) {
	const rows, swaps = 1_000_000, 4
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, fmt.Sprintf(`
		CREATE TABLE entries (n int PRIMARY KEY, side text, filler text);
		INSERT INTO entries SELECT n, 'backup', md5(n::text) FROM generate_series(1, %d) n;
		CREATE TABLE version (side text, rows bigint); INSERT INTO version VALUES ('backup', %[1]d);
		CREATE TABLE written (n int)`, rows))
	file, _ := dump(t, url)
	testdb.Exec(t, url, "DELETE FROM entries WHERE n % 2 = 0; UPDATE entries SET side = 'live'; UPDATE version SET side = 'live', rows = (SELECT count(*) FROM entries)")

	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	p := &programs{t: t, url: url, seen: map[string]int{}}
	p.looked.L = &p.mu
	for range 2 {
		all.Go(func() { p.read(ctx) })
		all.Go(func() { p.write(ctx) })
	}
	all.Go(func() { p.come(ctx) })

	p.await("live")
	aside(t, of, file, sideTime)
	p.await("backup")
	e := &Engine{}
	for i := 1; i < swaps; i++ { // to and fro
		last := e.NamesFor(of, sideTime.Add(time.Duration(i-1)*time.Second)).Before
		back := backup.Names{Aside: last, Before: e.NamesFor(of, sideTime.Add(time.Duration(i)*time.Second)).Before}
		if err := e.Swap(t.Context(), of, back); err != nil {
			stop()
			t.Fatal(err)
		}
		p.await([]string{"backup", "live"}[i%2])
	}
	stop()
	all.Wait()
	t.Logf("%d swaps of %d rows: a new connection was refused for at most %v; contents seen: %v; rows written: %d",
		swaps, rows, p.refused.Round(time.Millisecond), p.seen, p.written)
	if p.refused == 0 || p.refused > refusalLimit {
		t.Errorf("a new connection was refused for %v, want at most %v", p.refused, refusalLimit)
	}
}

// programs are at a database until their context is done. When their connection is
// ended they come again.
type programs struct {
	t   *testing.T
	url string

	mu      sync.Mutex
	looked  sync.Cond // when one has read
	seen    map[string]int
	written int
	refused time.Duration // the longest that a newcomer was
}

// stay does one thing again and again, with new connections where the last one
// broke, though not faster than programs do that.
func (p *programs) stay(ctx context.Context, do func(*pgx.Conn) error) {
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for ctx.Err() == nil {
		<-pace.C
		conn, err := pgx.Connect(ctx, p.url)
		for err == nil && ctx.Err() == nil {
			err = do(conn)
		}
		if conn != nil {
			conn.Close(context.Background())
		}
	}
}

// read counts the rows of each side: there is one side, with all its rows.
func (p *programs) read(ctx context.Context) {
	p.stay(ctx, func(conn *pgx.Conn) error {
		var side string
		var want, ours, all int64
		err := conn.QueryRow(ctx, "SELECT side, rows, (SELECT count(*) FROM entries e WHERE e.side = v.side), (SELECT count(*) FROM entries) FROM version v").Scan(&side, &want, &ours, &all)
		if err != nil {
			return err
		}
		if ours != want || all != want {
			p.t.Errorf("content %q has %d rows and %d others, want %d", side, ours, all-ours, want)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.seen[side]++
		p.looked.Broadcast()
		return nil
	})
}

// await returns when somebody has read that side, from now on.
func (p *programs) await(side string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for before := p.seen[side]; p.seen[side] == before; {
		p.looked.Wait()
	}
}

func (p *programs) write(ctx context.Context) {
	p.stay(ctx, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "INSERT INTO written VALUES (1)")
		if err == nil {
			p.mu.Lock()
			p.written++
			p.mu.Unlock()
		}
		return err
	})
}

// come makes connections, and measures from the first that is refused to the next
// that is let in, each by when it knocked: how long this machine takes to answer is
// not the swap's.
func (p *programs) come(ctx context.Context) {
	pace := time.NewTicker(5 * time.Millisecond)
	defer pace.Stop()
	var since time.Time
	for ctx.Err() == nil {
		<-pace.C
		began := time.Now()
		conn, err := pgx.Connect(ctx, p.url)
		if err == nil {
			err = conn.Ping(ctx)
			conn.Close(context.Background())
		}
		switch {
		case err != nil && since.IsZero():
			since = began
		case err == nil && !since.IsZero():
			p.mu.Lock()
			p.refused = max(p.refused, began.Sub(since))
			p.mu.Unlock()
			since = time.Time{}
		}
	}
}
