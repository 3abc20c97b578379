// Package testdb gives tests real databases: SQLite files and databases of a
// private PostgreSQL cluster. It promises that nothing it starts outlives the
// test process, even a killed one, and that a server which is already running
// is never touched. A machine without PostgreSQL fails the test, with what to
// install: it never skips in silence.
package testdb

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// patience is how long one statement of a test's setup may take.
const patience = 2 * time.Minute

// Exec runs one or more statements in the database at url.
func Exec(t testing.TB, url, sql string) {
	t.Helper()
	connected(t, url, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.PgConn().Exec(ctx, sql).ReadAll()
		return err
	})
}

// Query runs one statement in the database at url and returns the first column
// of each row as PostgreSQL prints it; NULL is "".
func Query(t testing.TB, url, sql string) []string {
	t.Helper()
	var column []string
	connected(t, url, func(ctx context.Context, conn *pgx.Conn) error {
		results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
		for _, result := range results {
			for _, row := range result.Rows {
				column = append(column, string(row[0]))
			}
		}
		return err
	})
	return column
}

func connected(t testing.TB, url string, do func(context.Context, *pgx.Conn) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := connect(ctx, url, do); err != nil {
		t.Fatalf("test database: %v", err)
	}
}

func connect(ctx context.Context, url string, do func(context.Context, *pgx.Conn) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("read the test database's URL: %w", err)
	}
	config.RuntimeParams["application_name"] = "testdb"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return do(ctx, conn)
}
