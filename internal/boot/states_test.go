package boot

import (
	"net"
	"os"
	"testing"
	"time"

	"cofre/internal/service"
	"cofre/internal/testdb"
)

func TestEachConnectionSaysHowItIsAndSinceWhenItCanNotBeReached(t *testing.T) {
	d, _, database := atTheWindow(t)
	now := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	d.Service.Now = func() time.Time { return now }
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody, _ := l.Addr().(*net.TCPAddr)
	_ = l.Close()
	if _, err := d.SaveConnection(t.Context(), service.ConnectionInput{Kind: "postgresql", Name: "z", Host: "127.0.0.1", Port: nobody.Port, Database: "shop", User: "ann"}); err != nil {
		t.Fatal(err)
	}
	states := func() (file, server service.ConnectionState) {
		t.Helper()
		all, err := d.States(t.Context())
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		return all[0], all[1]
	}
	file, server := states()
	if file.Failure != nil || file.Since != 0 || server.Failure == nil || server.Failure.Reason != "postgres.refused" || server.Since != now.UnixMilli() || server.Status != "risk" {
		t.Errorf("%+v, %+v", file, server)
	}
	first := now
	if err := os.Rename(database, database+".away"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(48 * time.Hour)
	file, server = states()
	if file.Failure == nil || file.Since != now.UnixMilli() || server.Since != first.UnixMilli() {
		t.Errorf("two days later: %+v, %+v", file, server)
	}
	if err := os.Rename(database+".away", database); err != nil {
		t.Fatal(err)
	}
	if file, _ = states(); file.Failure != nil || file.Since != 0 {
		t.Errorf("it is back: %+v", file)
	}
}

func TestATestOfAServerSaysWhatTheRoleMayAndWhichToolsAreUsed(t *testing.T) {
	d, _, _ := atTheWindow(t)
	c := testdb.Postgres(t)
	database := c.Database(t)
	testdb.Exec(t, database, "CREATE TABLE people(id int)")
	for role, url := range map[string]string{testdb.Superuser: database, "": c.As(c.Role(t, "guest", ""), database)} {
		read, err := d.ReadSettings(t.Context(), url, "")
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.TestConnection(t.Context(), read.Input)
		if err != nil {
			t.Fatal(err)
		}
		owner := role != ""
		if v.Role != read.Input.User || v.Owner != owner || v.Creates != owner || v.Superuser != owner || v.Aside != owner || (len(v.Why) == 0) != owner {
			t.Errorf("%s: %+v", read.Input.User, v)
		}
		if v.Tables != 1 || v.TLS != "" || len(v.Tools) != 2 || v.Tools[1].Name != "pg_restore" || v.NoTools != nil {
			t.Errorf("%s: %+v", read.Input.User, v)
		}
	}
	if all, err := d.Connections(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("saved by a test: %+v, %v", all, err)
	}
}
