package postgres

import (
	"context"
	"os"
	"testing"

	"cofre/internal/backup"
)

func TestALentServerIsPrivateAndGoesWithoutATrace(t *testing.T) {
	e := &Engine{}
	var folder string
	lent, err := e.Lend(t.Context(), backup.Contents{Kind: backup.PostgreSQL, Version: "12.0"}, t.TempDir(), func(made string) error { folder = made; return nil })
	t.Cleanup(func() { _ = e.Reclaim(folder) })
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatal(info, err)
	}
	s, err := open(t.Context(), lent)
	if err != nil {
		t.Fatal(err)
	}
	var listens string
	expected := map[bool]string{true: "", false: "127.0.0.1"}[hasSockets]
	if err := s.QueryRow(t.Context(), "SELECT current_setting('listen_addresses')").Scan(&listens); err != nil || listens != expected || s.super {
		t.Error("it listens to", listens, "superuser", s.super, err)
	}
	var letters bool
	if err := s.QueryRow(t.Context(), "SELECT upper('joão') = 'JOÃO' AND 'JOÃO' ~ '^[[:alpha:]]+$'").Scan(&letters); err != nil || !letters {
		t.Error("it does not know letters with accents:", err)
	}
	s.close(context.Background())
	for range 2 {
		if err := e.Reclaim(folder); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Error("the folder is still there:", err)
	}
	if _, err := open(t.Context(), lent); err == nil {
		t.Error("the server is still there")
	}
}
