package boot

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/notify"
	"cofre/internal/service"
)

// shutSecrets can't be read: the keyring is locked until somebody logs in.
type shutSecrets struct {
	service.Secrets
	asked atomic.Int64
	done  func()
}

func (s *shutSecrets) Get(string) (string, error) {
	if s.asked.Add(1) == 3 {
		s.done()
	}
	return "", errs.New(errs.Unavailable, "keyring.locked", nil)
}

func TestASecretThatCanNotBeReadIsToldOnceAndNotAskedForAllTheTime(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, err := Open(t.Context(), Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := backup.Connection{ID: "c", Name: "shop", Kind: backup.PostgreSQL, Host: "127.0.0.1", Port: 1, Database: "shop", User: "ana", Watch: backup.UsualWatch()}
	c.Watch.On = true
	if err := s.Desk.Connected.Put(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := s.Notices.Book.Put(t.Context(), notify.Channel{ID: "ch", Name: "here", Kind: notify.Desktop, Events: []notify.Event{notify.Failure}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	ahead := hurry(s, 0)
	began := s.Service.Now()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	shut := &shutSecrets{Secrets: s.Scheduler.Secrets, done: stop}
	s.Scheduler.Secrets = shut
	s.Service.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Add(int64(10 * time.Second)))) }
	told := []service.WatchNews{}
	if err := s.Scheduler.Watch(ctx, func(n service.WatchNews) { told = append(told, n) }); err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	if passed := s.Service.Now().Sub(began); passed < 2*time.Minute {
		t.Errorf("asked for %d times in %s", shut.asked.Load(), passed)
	}
	if len(told) != 1 || told[0].Connection != "shop" || errs.Of(told[0].Err).Reason != "keyring.locked" {
		t.Errorf("told: %+v", told)
	}
	// After an hour, whoever hears of failures is told.
	for range 2 {
		ahead.Add(int64(time.Hour))
		if err := s.Scheduler.CheckWatched(t.Context(), func(service.WatchNews) {}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Notices.Book.Recent(t.Context(), 10)
	if err != nil || len(all) != 1 || all[0].Subject.Name != "shop" || all[0].Cause == nil || all[0].Cause.Reason != "keyring.locked" {
		t.Errorf("told: %+v, %v", all, err)
	}
}
