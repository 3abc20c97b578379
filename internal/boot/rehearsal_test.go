package boot

import (
	"net/url"
	"strings"
	"testing"

	"cofre/internal/service"
	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// rehearsed rehearses a backup at the window, and returns how the list shows it.
func rehearsed(t *testing.T, d *service.Desk, id string) service.BackupView {
	t.Helper()
	if _, err := d.RehearseBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := d.Backups(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0]
}

func TestTheOverviewSaysWhatWasProvenAndExpectsARecoveryAsTheRehearsalWent(t *testing.T) {
	d, id, _ := atTheWindow(t)
	if v, err := d.Overview(t.Context()); err != nil || v.LastProven != nil || v.ExpectedRestoreMS != 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	b := rehearsed(t, d, id)
	if b.State != "proven" || b.Proven == nil || b.Proven.At == 0 || b.Proven.On != "" {
		t.Errorf("the list shows %+v", b)
	}
	if v, err := d.Overview(t.Context()); err != nil || v.LastProven == nil || v.LastProven.ID != id || v.LastGood == nil || v.ExpectedRestoreMS <= 0 {
		t.Errorf("the overview shows %+v, %v", v, err)
	}
}

func TestTheWindowRehearsesOnTheServerThatABackupComesFrom(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, err := Open(t.Context(), Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	live := testdb.Postgres(t).Database(t)
	testdb.Exec(t, live, "CREATE TABLE people(id int PRIMARY KEY); INSERT INTO people VALUES (1)")
	if _, err := s.Desk.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	read, err := s.Desk.ReadSettings(t.Context(), live, "")
	if err != nil {
		t.Fatal(err)
	}
	read.Input.Name = "app"
	if _, err := s.Desk.SaveConnection(t.Context(), read.Input); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.StartBackup(t.Context(), service.BackupInput{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Desk.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := s.Desk.Backups(t.Context())
	if err != nil || len(all) != 1 || all[0].State != "good" {
		t.Fatal(all, err)
	}
	u, err := url.Parse(live)
	if err != nil {
		t.Fatal(err)
	}
	if b := rehearsed(t, s.Desk, all[0].ID); b.State != "proven" || b.Proven == nil || b.Proven.On != u.Host {
		t.Errorf("the list shows %+v", b)
	}
	if left := testdb.Query(t, live, "SELECT datname FROM pg_database WHERE datname LIKE current_database() || '\\_\\_%'"); len(left) > 0 {
		t.Error("left over:", strings.Join(left, ", "))
	}
}
