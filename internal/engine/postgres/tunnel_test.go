package postgres

import (
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
	"cofre/internal/tunnel"
	"cofre/internal/tunnel/tunneltest"
)

// inside is a name that only the computer in between knows.
const inside = "db.internal.test"

// behind is the database at url behind an SSH server, under that name.
func behind(t *testing.T, c *testdb.Cluster, database string, parameters url.Values) (backup.Target, *tunneltest.Server) {
	t.Helper()
	server := tunneltest.New(t)
	server.Names = map[string]string{inside: "127.0.0.1"}
	ways := tunnel.New(server.KnownHosts())
	ways.Others = nil
	t.Cleanup(func() { _ = ways.Close() })
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = inside + ":" + strconv.Itoa(c.Port)
	if parameters != nil {
		u.RawQuery = parameters.Encode()
	}
	of := target(u.String())
	of.SSH, of.Tunnels = server.SSH(), ways
	return of, server
}

// TestEverythingWorksThroughATunnel reaches a server under a name that this computer
// does not know, with TLS whose certificate is for that name: pgx, pg_dump and
// pg_restore all compare it.
func TestEverythingWorksThroughATunnel(t *testing.T) {
	c := testdb.Postgres(t)
	authority := c.TLS(t, inside)
	database := c.Database(t)
	testdb.Exec(t, database, twins)
	of, server := behind(t, c, database, url.Values{"sslmode": {"verify-full"}, "sslrootcert": {authority.Root}})
	held, err := new(Engine).Probe(t.Context(), of)
	if err != nil || len(held.Tables) == 0 {
		t.Fatal(held, err)
	}
	before := text(t, database)
	file := filepath.Join(t.TempDir(), "database.dump")
	if _, err := new(Engine).Dump(t.Context(), of, file, backup.DumpOptions{}, unheard); err != nil {
		t.Fatal(err)
	}
	lost := "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP EXECUTE 'DROP TABLE ' || t || ' CASCADE'; END LOOP; END $$"
	testdb.Exec(t, database, lost)
	forgetSides(t, c, of)
	aside(t, of, file, sideTime)
	if after := text(t, database); after != before {
		t.Errorf("restored aside:\n%s\nwant\n%s", after, before)
	}
	testdb.Exec(t, database, lost)
	if _, err := new(Engine).Restore(t.Context(), of, file, unheard); err != nil {
		t.Fatal(err)
	}
	if after := text(t, database); after != before {
		t.Errorf("restored in one transaction:\n%s\nwant\n%s", after, before)
	}
	if server.Greeted.Load() != 1 {
		t.Errorf("%d connections to the computer in between, for what shares one", server.Greeted.Load())
	}
	if (&address{tunnel: &way{}}).here() {
		t.Error("a server behind a tunnel passes for one of this computer")
	}

	authority.Serve(time.Hour, "db.another.test")
	_, err = new(Engine).Probe(t.Context(), of)
	wantReason(t, err, errs.Denied, "postgres.certificate")
	server.Refuses.Store(true)
	_, err = new(Engine).Probe(t.Context(), of)
	wantReason(t, err, errs.Denied, "ssh.forward_refused")
	socket := of
	socket.URL = "postgres:///x?host=/run/postgresql"
	_, err = new(Engine).Probe(t.Context(), socket)
	wantReason(t, err, errs.Invalid, "ssh.socket")
}

func TestACutTunnelLeavesAllOfTheOldOrAllOfTheNew(t *testing.T) {
	c := testdb.Postgres(t)
	database := c.Database(t)
	testdb.Exec(t, database, `CREATE TABLE a (n serial PRIMARY KEY, filler text); INSERT INTO a (filler) SELECT repeat(md5(n::text), 4) FROM generate_series(1, 4000) n`)
	of, server := behind(t, c, database, nil)
	forgetSides(t, c, of)
	whole, folder := filepath.Join(t.TempDir(), "whole.dump"), t.TempDir()
	if _, err := new(Engine).Dump(t.Context(), of, whole, backup.DumpOptions{}, unheard); err != nil {
		t.Fatal(err)
	}
	was := text(t, database)
	testdb.Exec(t, database, "DELETE FROM a WHERE n % 2 = 0")
	old := text(t, database)

	for _, bytes := range []int64{3_000, 200_000} {
		server.CutAfter(bytes)
		file := filepath.Join(folder, strconv.FormatInt(bytes, 10))
		_, err := new(Engine).Dump(t.Context(), of, file, backup.DumpOptions{}, unheard)
		if !server.Heal() || errs.CodeOf(err) != errs.Unavailable {
			t.Errorf("a backup that is cut after %d bytes: %v", bytes, err)
		}
		_ = os.Remove(file)
	}
	for at, bytes := range []int64{2_000, 20_000, 60_000} {
		server.CutAfter(bytes)
		names := (&Engine{}).NamesFor(of, sideTime.Add(time.Duration(at)*time.Hour))
		_, err := (&Engine{}).BuildAside(t.Context(), of, whole, names, unheard)
		if server.Heal() && err == nil {
			t.Errorf("built aside, though cut after %d bytes", bytes)
		}
		if err != nil && errs.CodeOf(err) != errs.Unavailable && errs.CodeOf(err) != errs.Incompatible {
			t.Errorf("a restore aside that is cut after %d bytes: %v", bytes, err)
		}
		if now := text(t, database); now != old {
			t.Fatalf("cut after %d bytes, the live database holds\n%s", bytes, now)
		}

		server.CutAfter(bytes)
		_, err = (&Engine{}).Restore(t.Context(), of, whole, unheard)
		cut := server.Heal()
		want := old
		if err == nil {
			want = was
		}
		if now := text(t, database); now != want && errs.CodeOf(err) != errs.Damaged {
			t.Fatalf("cut (%v) after %d bytes with %v, the live database holds\n%s", cut, bytes, err, now)
		}
		testdb.Exec(t, database, "DELETE FROM a WHERE n % 2 = 0")
	}
}
