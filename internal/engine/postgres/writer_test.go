package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
)

// write inserts into both twins, one transaction after another, until it is stopped.
func write(t *testing.T, target backup.Target) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	conn, err := pgx.Connect(ctx, target.URL)
	if err != nil {
		t.Fatal(err)
	}
	one := func() error {
		_, err := conn.Exec(ctx, "WITH a AS (INSERT INTO left_twin (filler) VALUES ('live')) INSERT INTO right_twin (filler) VALUES ('live')")
		return err
	}
	if err := one(); err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer conn.Close(context.Background())
		for ctx.Err() == nil {
			if err := one(); err != nil && ctx.Err() == nil {
				t.Errorf("write beside a dump: %v", err)
				return
			}
		}
	}()
	return func() { cancel(); <-over }
}
