package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestTheConnectionStringOfToolsHoldsNoPassword(t *testing.T) {
	const url = `postgres://ann:s3cr3t@db.example/my%20base?sslmode=verify-full&krbsrvname=it%27s&channel_binding=require&keepalives_idle=7&host=a,b&client_encoding=latin1`
	config, where, err := configure(target(url))
	if err != nil {
		t.Fatal(err)
	}
	if _, sent := config.RuntimeParams["keepalives_idle"]; sent {
		t.Error("a parameter of libpq would be sent to the server")
	}
	where.names["10.0.0.7"] = "b"
	where.reached("tcp", "10.0.0.7:5433")
	want := `application_name='cofre x' channel_binding='require' dbname='my base' host='b' hostaddr='10.0.0.7' keepalives_idle='7' krbsrvname='it\'s' port='5433' sslmode='verify-full' user='ann'`
	if got := where.conninfo(15, "cofre x"); got != want {
		t.Errorf("conninfo:\n%s, want\n%s", got, want)
	}
	if got := where.conninfo(12, "cofre"); strings.Contains(got, "channel_binding") {
		t.Errorf("for tools of 12: %s", got)
	}
	where.reached("unix", "/var/run/postgresql/.s.PGSQL.5434")
	if got := where.conninfo(15, "cofre"); !strings.Contains(got, "host='/var/run/postgresql' ") || !strings.Contains(got, "port='5434'") || strings.Contains(got, "hostaddr") {
		t.Errorf("over a socket: %s", got)
	}
}

func TestWhatAURLNamesAndIsMissingIsNamed(t *testing.T) {
	_, _, err := configure(target("postgres://u:s3cr3t@h/d?sslmode=verify-full&sslrootcert=/no/such.pem"))
	wantReason(t, err, errs.NotFound, "postgres.certificate_file")
	t.Setenv("PGSERVICEFILE", "/no/such/file")
	_, _, err = configure(target("postgres://u:s3cr3t@h/d?service=books"))
	wantReason(t, err, errs.NotFound, "postgres.service")
	_, _, err = configure(target("postgres://u:s3cr3t@h:port/d"))
	wantReason(t, err, errs.Invalid, "postgres.url")
}

func TestEveryWayToNameAServerWorksForToolsToo(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE a (n int); INSERT INTO a VALUES (1)")
	name, port := testdb.DatabaseName(url), strings.TrimPrefix(strings.Split(strings.Split(url, "@")[len(strings.Split(url, "@"))-1], "/")[0], "127.0.0.1:")
	pass := strings.NewReplacer(`\`, `\\`, ":", `\:`).Replace(testdb.Password)
	passfile := filepath.Join(t.TempDir(), "pgpass")
	service := filepath.Join(t.TempDir(), "services")
	for path, content := range map[string]string{
		passfile: "127.0.0.1:" + port + ":*:" + testdb.Superuser + ":" + pass + "\nlocalhost:" + port + ":*:" + testdb.Superuser + ":" + pass + "\n",
		service:  "[books]\nhost=127.0.0.1\nport=" + port + "\ndbname=" + name + "\nuser=" + testdb.Superuser + "\nsslmode=disable\n",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, url string
		env       map[string]string
	}{
		{"a socket", c.SocketURL(url), nil},
		{"several hosts, of which one is down", strings.Replace(url, "127.0.0.1:", "127.0.0.1:1,127.0.0.1:", 1), nil},
		{"a host name", strings.Replace(url, "127.0.0.1", "localhost", 1), nil},
		{"a password file", "postgres://" + testdb.Superuser + "@127.0.0.1:" + port + "/" + name, map[string]string{"PGPASSFILE": passfile}},
		{"variables", "postgres:///" + name, map[string]string{"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": testdb.Superuser, "PGPASSWORD": testdb.Password}},
		{"a service", "postgres:///?service=books", map[string]string{"PGSERVICEFILE": service, "PGPASSFILE": passfile}},
		{"variables that are in the way", url, map[string]string{"PGDATABASE": "other", "PGHOST": "nowhere.invalid", "PGCLIENTENCODING": "LATIN1", "PGOPTIONS": "-c search_path=x", "PGAPPNAME": "x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for key, value := range c.env {
				t.Setenv(key, value)
			}
			file := filepath.Join(t.TempDir(), "dump")
			d, err := new(Engine).Dump(t.Context(), target(c.url), file, backup.DumpOptions{}, unheard)
			if err != nil || len(d.Tables) != 1 {
				t.Fatalf("%v, %v", d.Tables, err)
			}
			if _, err := new(Engine).Restore(t.Context(), target(c.url), file, unheard); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestNoPasswordIsInTheArgumentsOfATool(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	s, err := open(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	d := dumping{session: s, tool: tool{path: "pg_dump", version: version{15, 1}}}
	cmd := d.command(t.Context())
	if args := strings.Join(cmd.Args, " "); strings.Contains(args, testdb.Password) || strings.Contains(args, "secret") {
		t.Errorf("arguments: %s", args)
	}
	if !strings.Contains(strings.Join(cmd.Env, "\n"), "PGPASSWORD="+testdb.Password) {
		t.Error("the password is not in the environment")
	}
}
