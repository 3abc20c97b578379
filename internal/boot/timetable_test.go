package boot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/schedule"
	"cofre/internal/service"
)

// scheduled is a window whose clock is a field, with a good backup of its one database.
func scheduled(t *testing.T) (*System, *time.Time, string) {
	t.Helper()
	t.Setenv("COFRE_KEYRING", "off")
	s, target, e := live(t)
	if _, err := s.Desk.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	c, err := s.Desk.SaveConnection(t.Context(), service.ConnectionInput{Kind: "sqlite", Path: target.Path})
	if err != nil {
		t.Fatal(err)
	}
	now := e.Manifest.CreatedAt.Add(time.Minute)
	s.Service.Now = func() time.Time { return now }
	return s, &now, c.ID
}

func TestASchedulesTimeIsChangedWithoutMakingUpForThePast(t *testing.T) {
	s, now, id := scheduled(t)
	d := s.Desk
	in := service.ScheduleInput{Name: "nightly", Connection: id, Kind: "backup", When: "daily 03:00"}
	made, err := d.SaveSchedule(t.Context(), in)
	if err != nil || made.Rule == nil || made.Rule.Form != "daily" || len(made.Next) != 5 {
		t.Fatalf("%+v, %v", made, err)
	}
	if _, err := d.SaveSchedule(t.Context(), in); errs.Of(err).Reason != "schedule.name_taken" {
		t.Errorf("twice: %v", err)
	}
	*now = now.Add(48 * time.Hour)
	in.ID, in.When = made.ID, "hourly :30"
	changed, err := d.SaveSchedule(t.Context(), in)
	if err != nil || changed.ID != made.ID || changed.RetryAt != 0 {
		t.Errorf("%+v, %v", changed, err)
	}
	in.Kind = "prune"
	if _, err := d.SaveSchedule(t.Context(), in); errs.Of(err).Reason != "schedule.no_rules" {
		t.Errorf("a clean-up without rules: %v", err)
	}
	for when, reason := range map[string]string{"whenever": "schedule.when", "0 0 30 2 *": "schedule.never"} {
		if _, err := d.PreviewSchedule(when, ""); errs.Of(err).Reason != reason {
			t.Errorf("%s: %v", when, err)
		}
	}
	if err := d.PauseSchedule(t.Context(), made.ID, true); err != nil {
		t.Fatal(err)
	}
	all, err := d.Schedules(t.Context())
	if err != nil || len(all) != 1 || !all[0].Paused || len(all[0].Next) != 0 || all[0].ConnectionName == "" {
		t.Errorf("%+v, %v", all, err)
	}
	for range 2 {
		if err := d.RemoveSchedule(t.Context(), made.ID); err != nil {
			t.Error(err)
		}
	}
	trail, err := d.Trail(t.Context(), service.TrailInput{Search: "nightly"})
	if err != nil || len(trail.Entries) != 4 {
		t.Errorf("%+v, %v", trail.Entries, err)
	}
	if names := trail.Entries[2].Names; strings.Join(names, " ") != "when" {
		t.Errorf("changed: %v", names)
	}
	d.Leave()
	if _, err := d.Schedules(t.Context()); errs.CodeOf(err) != errs.Denied {
		t.Errorf("nobody is signed in: %v", err)
	}
}

func TestAMonthTellsTheDaysWithoutTheirBackup(t *testing.T) {
	s, now, id := scheduled(t)
	zone := time.Local
	t.Cleanup(func() { time.Local = zone })
	time.Local = time.UTC
	*now = time.Date(2026, 3, 12, 15, 0, 0, 0, time.UTC)
	all, err := s.Service.Entries(t.Context(), backup.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	put := func(day int, state backup.State) {
		e := all[0]
		e.Manifest.ID, e.Manifest.CreatedAt, e.State = "b"+time.Duration(day).String(), time.Date(2026, 3, day, 3, 0, 0, 0, time.UTC), state
		if err := s.Service.Archiver.Catalog.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	put(2, backup.Good)
	put(6, backup.Good)
	put(7, backup.Failed)
	put(9, backup.Proven)
	book := s.Scheduler.Book
	nightly := schedule.Schedule{ID: "n", Name: "nightly", Connection: id, Kind: schedule.Backup, When: "daily 03:00", Since: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)}
	if err := book.Put(t.Context(), nightly); err != nil {
		t.Fatal(err)
	}
	for day, status := range map[int]schedule.Status{7: schedule.Failed, 8: schedule.Succeeded} { // the backup of the eighth has been removed since
		at := time.Date(2026, 3, day, 3, 0, 0, 0, time.UTC)
		if _, err := book.Begin(t.Context(), schedule.Run{Schedule: "n", Due: at, StartedAt: at, EndedAt: at, Attempt: 1, Status: status, Backup: "long gone"}); err != nil {
			t.Fatal(err)
		}
	}
	days, err := s.Desk.ScheduleMonth(t.Context(), 2026, 3)
	want := ",good,,,none,good,none,gone,proven,none,none,," // 1 to 12, and the comma before the 13th: today's backup was due at three
	if got := strings.Join(days[:13], ","); err != nil || len(days) != 31 || got != want+"planned" {
		t.Errorf("%v, %v", got, err)
	}
	nightly.Paused = true
	if err := book.Put(t.Context(), nightly); err != nil {
		t.Fatal(err)
	}
	days, err = s.Desk.ScheduleMonth(t.Context(), 2026, 3)
	if got := strings.Join(days, ""); err != nil || got != "goodgoodproven" {
		t.Errorf("paused: %v, %v", got, err)
	}
	if days, err := s.Desk.ScheduleMonth(t.Context(), 2026, 13); err != nil || len(days) != 0 {
		t.Errorf("%v, %v", days, err)
	}
}

func TestACleanUpRemovesWhatWasAgreedToAndNothingElse(t *testing.T) {
	s, now, id := scheduled(t)
	d := s.Desk
	backUp := func() {
		jobID, err := d.StartBackup(t.Context(), service.BackupInput{})
		if err == nil && jobID != "" {
			err = d.Settle(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	*now = time.Now()
	for range 3 {
		backUp()
	}
	*now = time.Now().Add(time.Second)
	if v, err := d.Cleaning(t.Context(), true); err != nil || v.Goes != 0 || v.Stays != 4 || len(v.Kept) != 1 || v.Kept[0].Why != backup.NoRules || len(v.Fates) != 4 {
		t.Errorf("without rules: %+v, %v", v, err)
	}
	rules := service.RulesView{Last: 2}
	v, err := d.PreviewCleaning(t.Context(), rules)
	if err != nil || v.Goes != 1 || v.Stays != 3 || v.GoesBytes == 0 || len(v.Fates) != 0 || !slices.Equal(v.Kept, []service.KeptBy{{Why: backup.KeptLast, N: 2}, {N: 1}}) { // the oldest one is pinned
		t.Errorf("%+v, %v", v, err)
	}
	if err := d.SaveRules(t.Context(), rules); err != nil {
		t.Fatal(err)
	}
	if err := d.SaveRules(t.Context(), service.RulesView{Daily: -1}); errs.Of(err).Reason != "retention.number" {
		t.Errorf("%v", err)
	}
	if v, err = d.Cleaning(t.Context(), true); err != nil || v.Goes != 1 || v.Rules != rules {
		t.Fatalf("%+v, %v", v, err)
	}
	stays, goes := v.Fates[0].ID, v.Fates[2].ID
	if _, err := d.StartCleaning(t.Context(), []string{stays}); errs.Of(err).Reason != "prune.nothing" {
		t.Errorf("what stays was agreed to: %v", err)
	}
	if _, err := d.StartCleaning(t.Context(), []string{stays, goes}); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, err := s.Service.Entries(t.Context(), backup.Filter{})
	if err != nil || len(left) != 3 {
		t.Errorf("%d are left, %v", len(left), err)
	}
	for _, e := range left {
		if e.Manifest.ID == goes {
			t.Error("it is still there")
		}
	}
	if _, err := d.SaveSchedule(t.Context(), service.ScheduleInput{Name: "tidy", Connection: id, Kind: "prune", When: "daily 04:30"}); err != nil {
		t.Errorf("with rules: %v", err)
	}
}
