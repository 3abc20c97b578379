package boot

import (
	"context"
	"os"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/engine/sqlite"
	"cofre/internal/errs"
	"cofre/internal/service"
)

// unread is an engine that does not count rows.
type unread struct{ *sqlite.Engine }

func (unread) Probe(context.Context, backup.Target) (backup.Contents, error) {
	return backup.Contents{}, errs.New(errs.Internal, "internal", nil)
}

func TestAStatusReadsNoRows(t *testing.T) {
	s, target, _ := live(t)
	s.Service.Archiver.Engines[backup.SQLite] = unread{&sqlite.Engine{}}
	if p, err := s.Service.Protection(t.Context(), target, service.Opened); err != nil || p.Failure != nil || p.Status != "protected" {
		t.Errorf("%s, %v, %v", p.Status, p.Failure, err)
	}
	for what, spoil := range map[string]func() error{
		"is no database": func() error {
			return os.WriteFile(target.Path, []byte("something else, and long enough to be looked at: ........................................."), 0o600)
		},
		"is not there": func() error { return os.Remove(target.Path) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if p, err := s.Service.Protection(t.Context(), target, service.Opened); err != nil || p.Failure == nil || p.Reason != "unreachable" {
			t.Errorf("%s: %s, %v, %v", what, p.Reason, p.Failure, err)
		}
		if err := os.WriteFile(target.Path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
