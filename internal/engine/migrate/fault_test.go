package migrate

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// wire is a connection between Cofre and the server that can be cut.
type wire struct {
	t        *testing.T
	listener net.Listener
	server   string

	mu     sync.Mutex
	sent   int                        // bytes towards the server so far
	watch  func(piece []byte) cutting // looks at each piece before it is sent
	pairs  []net.Conn
	broken bool
}

type cutting int

const (
	goOn      cutting = iota
	cutBefore         // the piece does not arrive
	cutAfter          // it does, and its answer does not
)

// through returns the URL of db by way of a wire.
func through(t *testing.T, db live, watch func(w *wire, piece []byte) cutting) (live, *wire) {
	t.Helper()
	u, err := url.Parse(db.url)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, listener: l, server: u.Host}
	w.watch = func(piece []byte) cutting { return watch(w, piece) }
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.join(c)
		}
	}()
	u.Host = l.Addr().String()
	return live{t, u.String()}, w
}

func (w *wire) join(client net.Conn) {
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		client.Close()
		return
	}
	w.mu.Lock()
	w.pairs = append(w.pairs, client, server)
	w.mu.Unlock()
	var lost atomic.Bool
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		buf := make([]byte, 32<<10)
		for {
			n, err := server.Read(buf)
			if lost.Load() {
				return // the client must not know of the cut before the server is done: it would cancel what it has asked for
			}
			if err == nil {
				_, err = client.Write(buf[:n])
			}
			if err != nil {
				client.Close()
				return
			}
		}
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			server.Close()
			return
		}
		w.mu.Lock()
		do := goOn
		if !w.broken {
			do = w.watch(buf[:n])
			w.sent += n
		}
		w.mu.Unlock()
		switch do {
		case cutAfter:
			lost.Store(true)
			server.Write(buf[:n])
			<-answered
		case goOn:
			if _, err := server.Write(buf[:n]); err == nil {
				continue
			}
		}
		w.mu.Lock()
		w.broken = true
		for _, c := range w.pairs {
			c.Close()
		}
		w.mu.Unlock()
		return
	}
}

func TestACutConnectionLeavesTheTargetAsItWas(t *testing.T) {
	db := database(t, rich)
	file := testdb.SQLite(t, richSQLite+`WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 24000) INSERT INTO item SELECT i, 1, NULL, i % 10, 'n' || i, '', '2025-01-01', i FROM n`)
	measured, w := through(t, database(t, rich), func(*wire, []byte) cutting { return goOn })
	measured.migrate(file, Choices{})
	w.mu.Lock() // it may still pass on a farewell
	sent := w.sent
	w.mu.Unlock()
	before := db.everything()
	for part := 1; part <= 8; part++ {
		at := sent * part / 9
		cut, _ := through(t, db, func(w *wire, piece []byte) cutting {
			if w.sent+len(piece) >= at {
				return cutBefore
			}
			return goOn
		})
		_, _, err := run(context.Background(), cut.target(), file, Choices{}, nil)
		if code := errs.CodeOf(err); code != errs.Unavailable {
			t.Errorf("cut after %d bytes: %v", at, err)
		}
		if db.everything() != before {
			t.Fatalf("cutting after %d bytes changed the database", at)
		}
	}
}

// long makes a commit take a while.
const long = `CREATE TABLE late(x int); CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END$$;
	CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger();
	CREATE FUNCTION belated() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN IF tg_tag = 'ALTER SEQUENCE' THEN SET LOCAL session_replication_role = origin; INSERT INTO public.late VALUES (1); END IF; END$$;
	CREATE EVENT TRIGGER belated ON ddl_command_end EXECUTE FUNCTION belated();`

func TestACommitWhoseAnswerIsLostIsAskedFor(t *testing.T) {
	file := testdb.SQLite(t, richSQLite)
	for _, how := range []cutting{cutBefore, cutAfter} {
		db := database(t, rich+long)
		before := db.everything()
		cut, _ := through(t, db, func(w *wire, piece []byte) cutting {
			if bytes.Contains(piece, []byte("COMMIT\x00")) {
				return how
			}
			return goOn
		})
		_, _, err := run(context.Background(), cut.target(), file, Choices{}, nil)
		switch {
		case how == cutBefore && (err == nil || db.everything() != before):
			t.Errorf("the commit never arrived: %v", err)
		case how == cutAfter && (err != nil || db.rows("SELECT count(*) FROM other.thing") == "0"):
			t.Errorf("the commit arrived: %v", err)
		}
	}
}

func TestAServerThatLetsNobodyInIsQuoted(t *testing.T) {
	c := testdb.Postgres(t)
	role := c.Role(t, "app", "")
	url := c.DatabaseOf(t, role)
	testdb.Exec(t, url, "ALTER DATABASE "+testdb.DatabaseName(url)+" CONNECTION LIMIT 0")
	db := live{t, c.As(role, url)}
	_, err := examine(db.target(), testdb.SQLite(t, richSQLite), Choices{})
	if e := errs.Of(err); e == nil || e.Code != errs.Unavailable || !strings.Contains(e.Detail, "too many connections") {
		t.Errorf("got %v, in detail %q", err, errs.Of(err).Detail)
	}
}

func TestAServerThatIsGoneIsUnavailable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	db := live{t, "postgres://x:secret@" + l.Addr().String() + "/x?sslmode=disable"}
	_, err = examine(db.target(), testdb.SQLite(t, richSQLite), Choices{})
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != errs.Unavailable || bytes.Contains([]byte(err.Error()), []byte("secret")) {
		t.Errorf("got %v", err)
	}
}
