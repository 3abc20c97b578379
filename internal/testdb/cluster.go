package testdb

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Superuser is the cluster's first role, and the password that every role of it has.
const (
	Superuser = "postgres"
	Password  = "it's a test: 100% @secret/"
)

// Cluster is the private PostgreSQL cluster of this test process. Over TCP it
// asks for a password (SCRAM), over the Unix socket in Socket it trusts.
type Cluster struct {
	Bin    string // folder of the server's programs
	Socket string // folder of the Unix socket; "" on Windows
	Port   int
	Major  int // 15
	data   string
	serial atomic.Int64
}

var shared struct {
	start   sync.Once
	cluster *Cluster
	err     error
}

// Postgres returns the cluster, started at the first call. The package's tests
// must run under Main.
func Postgres(t testing.TB) *Cluster {
	t.Helper()
	shared.start.Do(func() { shared.cluster, shared.err = start() })
	if shared.err != nil {
		t.Fatalf("private PostgreSQL cluster: %v", shared.err)
	}
	return shared.cluster
}

// Crash stops the server as a loss of power would, without a word to anybody, and
// starts it again. No other test may use the cluster meanwhile.
func (c *Cluster) Crash(t testing.TB) {
	t.Helper()
	log := filepath.Join(filepath.Dir(c.data), "log")
	if err := program(c.Bin, "pg_ctl", "-D", c.data, "-l", log, "-m", "immediate", "-w", "-t", "60", "restart"); err != nil {
		t.Fatalf("crash the server: %v", err)
	}
}

// Database makes an empty database, dropped when the test ends, and returns its
// URL: the superuser, by password, over TCP.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return c.DatabaseOf(t, Superuser)
}

// DatabaseOf is Database owned by role; the URL still connects as the superuser.
func (c *Cluster) DatabaseOf(t testing.TB, role string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", c.serial.Add(1))
	admin := c.URL(Superuser, Password, "postgres")
	Exec(t, admin, fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE template0", name, pgx.Identifier{role}.Sanitize()))
	t.Cleanup(func() { c.drop(t, name) })
	return c.URL(Superuser, Password, name)
}

// drop works on servers before 13, too, which have no DROP … WITH (FORCE).
func (c *Cluster) drop(t testing.TB, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := connect(ctx, c.URL(Superuser, Password, "postgres"), func(ctx context.Context, conn *pgx.Conn) error {
		for _, sql := range []string{
			"ALTER DATABASE " + name + " ALLOW_CONNECTIONS false",
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'",
			"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '" + name + "'",
			"DROP DATABASE " + name,
		} {
			if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Logf("drop test database %s: %v", name, err)
	}
}

// Role makes a role that can log in with Password and returns its name, which
// begins with prefix. Attributes are CREATE ROLE's, such as "CREATEDB".
func (c *Cluster) Role(t testing.TB, prefix, attributes string) string {
	t.Helper()
	name := fmt.Sprintf("%s_%d", prefix, c.serial.Add(1))
	Exec(t, c.URL(Superuser, Password, "postgres"),
		fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD %s %s", pgx.Identifier{name}.Sanitize(), literal(Password), attributes))
	return name
}

func literal(s string) string {
	quoted := "'"
	for _, r := range s {
		if r == '\'' {
			quoted += "'"
		}
		quoted += string(r)
	}
	return quoted + "'"
}

// URL names a database of the cluster over TCP.
func (c *Cluster) URL(role, password, database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(role, password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// As is the URL of the same database for another role.
func (c *Cluster) As(role, databaseURL string) string {
	return c.URL(role, Password, DatabaseName(databaseURL))
}

// SocketURL is the URL of the same database over the Unix socket, without a password.
func (c *Cluster) SocketURL(databaseURL string) string {
	query := url.Values{"host": {c.Socket}, "port": {strconv.Itoa(c.Port)}, "user": {Superuser}}
	return "postgres:///" + DatabaseName(databaseURL) + "?" + query.Encode()
}

// DatabaseName is the database that a URL of the cluster names.
func DatabaseName(databaseURL string) string {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return ""
	}
	return u.Path[1:]
}
