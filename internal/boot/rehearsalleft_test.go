package boot

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/engine/postgres"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/testdb"
)

func TestAPrivateServerThatCouldNotBeTakenAwayIsTakenAwayByTheNextStart(t *testing.T) {
	s, _, _ := live(t)
	for _, status := range []job.State{job.Failed, job.Succeeded} {
		folder := filepath.Join(t.TempDir(), "cofre-rehearsal-0123456789ab")
		if err := os.MkdirAll(filepath.Join(folder, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		r := cutOff(t, s, backup.Record{ID: string(status), Kind: "rehearse", Target: "app", StartedAt: time.Now(), Step: "build", Left: backup.Left{Server: folder}, Acknowledged: true})
		r.Status, r.EndedAt = string(status), time.Now()
		if err := s.Service.Journal.Update(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if said := recovered(t, s); len(said) > 0 {
			t.Error("a person is told of it:", said)
		}
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			t.Errorf("%s: the folder is still there: %v", status, err)
		}
	}
}

func TestWhatARehearsalHasLeftIsDroppedAndTheLiveDatabaseStaysAsClosedAsItIs(t *testing.T) {
	s, _, _ := live(t)
	c := testdb.Postgres(t)
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	for _, status := range []string{"interrupted", string(job.Failed), string(job.Succeeded)} {
		target, err := backup.ParseTarget(c.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		names := new(postgres.Engine).NamesFor(target, time.Now())
		testdb.Exec(t, admin, fmt.Sprintf("CREATE DATABASE %q", names.Aside))
		testdb.Exec(t, admin, fmt.Sprintf("ALTER DATABASE %q ALLOW_CONNECTIONS false", target.Name))
		r := cutOff(t, s, backup.Record{ID: "beside " + status, Kind: "rehearse", Target: target.Name, Identity: target.Identity(), StartedAt: time.Now(), Step: "build", Names: &names, Acknowledged: true})
		r.Status, r.EndedAt = status, time.Now()
		if err := s.Service.Journal.Update(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Service.PlanUndo(t.Context(), target, 0); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("%s: %v", status, err)
		}
		if found := testdb.Query(t, admin, "SELECT datname || ' ' || datallowconn FROM pg_database WHERE starts_with(datname, '"+target.Name+"')"); len(found) != 1 || found[0] != target.Name+" false" {
			t.Errorf("%s: the server has %v", status, found)
		}
		testdb.Exec(t, admin, fmt.Sprintf("ALTER DATABASE %q ALLOW_CONNECTIONS true", target.Name))
	}
}
