package boot

import (
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/service"
)

// hourly schedules backups of target, of which one is due.
func hourly(t *testing.T, s *System, target backup.Target) {
	t.Helper()
	if _, err := s.Scheduler.Add(t.Context(), service.ScheduleInput{Name: "one", URL: target.Path, Kind: "backup", When: "hourly"}); err != nil {
		t.Fatal(err)
	}
	all, err := s.Scheduler.Book.Schedules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all[0].Since = all[0].Since.Add(-time.Hour)
	if err := s.Scheduler.Book.Put(t.Context(), all[0]); err != nil {
		t.Fatal(err)
	}
}

func TestTheOpenWindowRunsWhatIsDueAndTellsIt(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, target, _ := live(t)
	told := make(chan struct{}, 10)
	s.Desk.Changed = func() { told <- struct{}{} }
	hourly(t, s, target)
	s.KeepSchedules(t.Context())
	<-told
	made, err := s.Service.Entries(t.Context(), backup.Filter{Identity: target.Identity(), Limit: 1})
	if err != nil || len(made) != 1 || made[0].Manifest.By != "schedule:one" || made[0].Manifest.Purpose != backup.Scheduled {
		t.Errorf("%+v, %v", made, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestABackupWhoseEndCanNotBeWrittenDownIsNotMadeAgain(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, target, _ := live(t)
	hourly(t, s, target)
	s.Service.Trail.Store = &deaf{s.Service.Trail.Store, 1} // the beginning is written
	ran, err := s.Scheduler.RunDue(t.Context())
	if err != nil || len(ran) != 1 || ran[0].Failure != nil {
		t.Fatalf("%+v, %v", ran, err)
	}
	made, err := s.Service.Entries(t.Context(), backup.Filter{Identity: target.Identity()})
	if err != nil || len(made) != 2 || !made[0].State.Sound() {
		t.Errorf("%+v, %v", made, err)
	}
}
