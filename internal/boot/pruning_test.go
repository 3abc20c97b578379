package boot

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/service"
)

// pinning is a catalogue in which somebody pins a backup while another one is deleted.
type pinning struct {
	backup.Catalog
	pin backup.Entry
}

func (p pinning) Delete(ctx context.Context, id string) error {
	p.pin.Pinned = true
	if err := p.Put(ctx, p.pin); err != nil {
		return err
	}
	return p.Catalog.Delete(ctx, id)
}

func TestABackupThatIsPinnedWhilePruneWorksStays(t *testing.T) {
	s, target, _ := live(t)
	made := []backup.Entry{}
	for range 3 {
		op, err := s.Service.Backup(t.Context(), target, backup.BackupOptions{Purpose: backup.Manual})
		if err != nil {
			t.Fatal(err)
		}
		e, err := op.Wait()
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, e)
	}
	plan, err := s.Service.PlanPrune(t.Context(), target.Identity(), backup.Retention{Last: 1})
	if err != nil || len(plan.Going()) != 2 {
		t.Fatalf("%+v, %v", plan, err)
	}
	s.Service.Archiver.Catalog = pinning{s.Service.Archiver.Catalog, made[1]}
	op, err := s.Service.Prune(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := op.Wait()
	if err != nil || len(gone) != 1 || gone[0].Manifest.ID != made[0].Manifest.ID {
		t.Errorf("gone are %+v, %v", gone, err)
	}
}

func TestABackupFromTheFutureProtectsNothing(t *testing.T) {
	s, target, e := live(t)
	s.Service.Now = func() time.Time { return e.Manifest.CreatedAt.Add(-time.Hour) }
	p, err := s.Service.Protection(t.Context(), target, service.Apart)
	if err != nil || p.Status != "attention" || p.Reason != "future" || p.LastGood != nil {
		t.Errorf("it is all there is: %s, %s, %v", p.Status, p.Reason, err)
	}

	old := e
	old.Manifest.ID, old.Manifest.CreatedAt = "old", e.Manifest.CreatedAt.Add(-30*24*time.Hour)
	if err := s.Service.Archiver.Catalog.Put(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	p, err = s.Service.Protection(t.Context(), target, service.Apart)
	if err != nil || p.Status != "risk" || p.Reason != "old" || p.LastGood == nil || p.LastGood.Manifest.ID != "old" {
		t.Errorf("the one before it is a month old: %s, %s, %v", p.Status, p.Reason, err)
	}
}

func TestRulesDoNotFollowAConnectionToAnotherDatabase(t *testing.T) {
	d, _, database := atTheWindow(t)
	saved, err := d.Connections(t.Context())
	if err != nil || len(saved) != 1 {
		t.Fatalf("%+v, %v", saved, err)
	}
	rules := backup.Retention{Last: 3}
	target := backup.Connection{Kind: backup.SQLite, Path: database}.Target("")
	if err := d.Retain(t.Context(), target.Identity(), rules); err != nil {
		t.Fatal(err)
	}
	in := service.ConnectionInput{ID: saved[0].ID, Kind: "sqlite", Path: database, Name: "renamed"}
	kept := func() backup.Retention {
		t.Helper()
		if _, err := d.SaveConnection(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		all, err := d.Connected.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Retention
	}
	if got := kept(); got != rules {
		t.Errorf("another name changes the rules: %+v", got)
	}
	in.Path = filepath.Join(t.TempDir(), "another.sqlite3")
	if got := kept(); !got.None() {
		t.Errorf("another database has the rules %+v", got)
	}
}
