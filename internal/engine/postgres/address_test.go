package postgres

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestTheConnectionStringOfToolsHoldsNoPassword(t *testing.T) {
	const url = `postgres://ann:s3cr3t@/my%20base?sslmode=require&krbsrvname=it%27s&channel_binding=require&keepalives_idle=7&host=a,b&client_encoding=latin1`
	config, where, err := configure(target(url))
	if err != nil {
		t.Fatal(err)
	}
	if _, sent := config.RuntimeParams["keepalives_idle"]; sent {
		t.Error("a parameter of libpq would be sent to the server")
	}
	where.names["10.0.0.7"] = "b"
	where.reached("tcp", "10.0.0.7:5433")
	want := `application_name='cofre x' channel_binding='require' dbname='my base' host='b' hostaddr='10.0.0.7' keepalives_idle='7' krbsrvname='it\'s' port='5433' sslmode='require' user='ann'`
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
	wantReason(t, err, errs.NotFound, "target.service")
	_, _, err = configure(target("postgres://u:s3cr3t@h:port/d"))
	wantReason(t, err, errs.Invalid, "target.url")
	_, _, err = configure(target("postgres://u:s3cr3t@h/d?sslmode=perhaps"))
	wantReason(t, err, errs.Invalid, "postgres.url")
}

// TestAPlanNamesTheServerThatIsUsed has one rule: what a target says of itself, what
// the session connects to and what the client tools are told are the same, or the
// address is refused.
func TestAPlanNamesTheServerThatIsUsed(t *testing.T) {
	services := filepath.Join(t.TempDir(), "services")
	if err := os.WriteFile(services, []byte("# ours\n[books]\nhost=books.example\nport=5433\ndbname=shelf\nuser=ann\nsslmode=verify-full\npassword=s3cr3t\n"+
		"[name]\ndatabase=other\n[number]\nhost=db\nhostaddr=10.0.0.1\n[key]\nsslpassword=s3cr3t\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".pg_service.conf"), []byte("[home]\nhost=home.example\nuser=ann\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		url, env   string // env: NAME=value, separated by spaces
		identity   string
		user, pass string
		refused    string // the reason
	}{
		{"postgres://ann:pw@DB.example/shelf", "", "postgresql:db.example:5432/shelf", "ann", "pw", ""},
		{"PostgreSQL://ann@db/shelf", "", "postgresql:db:5432/shelf", "ann", "", ""},
		{"postgres://ann@db/shelf?password=pw", "", "postgresql:db:5432/shelf", "ann", "pw", ""},
		{"postgres://db/shelf?password=pw", "PGUSER=ann", "postgresql:db:5432/shelf", "ann", "pw", ""},
		{"postgres://ann@/?host=db&port=5434&dbname=shelf", "", "postgresql:db:5434/shelf", "ann", "", ""},
		{"postgres://ann@/?host=/run/pg&database=shelf", "", "postgresql:/run/pg:5432/shelf", "ann", "", ""},
		{"postgres:///", "PGHOST=env.example PGPORT=5435 PGUSER=ann PGDATABASE=shelf PGPASSWORD=pw", "postgresql:env.example:5435/shelf", "ann", "pw", ""},
		{"postgres://ann@db", "PGPORT=5435", "postgresql:db:5435/ann", "ann", "", ""},
		{"postgres://ann@db/x", "PGDATABASE=shelf PGHOST=env.example", "postgresql:db:5432/x", "ann", "", ""},

		{"postgres:///?service=books", "", "postgresql:books.example:5433/shelf", "ann", "s3cr3t", ""},
		{"postgres:///?service=books", "PGHOST=env.example PGDATABASE=x PGPORT=1", "postgresql:books.example:5433/shelf", "ann", "s3cr3t", ""},
		{"postgres://bob@db:5436/x?service=books", "", "postgresql:db:5436/x", "bob", "s3cr3t", ""},
		{"postgres://ann@db", "PGSERVICE=name", "postgresql:db:5432/other", "ann", "", ""},
		{"postgres:///?service=books", "PGSERVICE=nowhere", "postgresql:books.example:5433/shelf", "ann", "s3cr3t", ""},
		{"postgres:///x?service=home", "PGSERVICEFILE= HOME=" + home, "postgresql:home.example:5432/x", "ann", "", ""},
		{"postgres:///x?service=books&servicefile=" + services, "PGSERVICEFILE=/nowhere", "postgresql:books.example:5433/x", "ann", "s3cr3t", ""},
		{"postgres://ann@db/x?service=nowhere", "", "", "", "", "target.service"},
		{"postgres://ann@db/x", "PGSERVICE=nowhere", "", "", "", "target.service"},

		{"postgres://ann@db/x?hostaddr=10.0.0.1", "", "", "", "", "target.hostaddr"},
		{"postgres://ann@db/x?service=number", "", "", "", "", "target.hostaddr"},
		{"postgres:///x", "PGHOSTADDR=10.0.0.1", "", "", "", "target.hostaddr"},
		{"postgres:///x", "PGHOSTADDR=10.0.0.1 PGHOST=db", "", "", "", "target.hostaddr"},
		{"postgres://ann@db/x", "PGHOSTADDR=10.0.0.1", "postgresql:db:5432/x", "ann", "", ""},
		{"postgres://ann@db/x?sslpassword=s3cr3t", "", "", "", "", "target.secret_parameter"},
		{"postgres://ann@db/x?service=key", "", "", "", "", "target.secret_parameter"},
		{"postgres://ann@db/x?host=other", "", "", "", "", "target.twice"},
	} {
		t.Run(test.url+" "+test.env, func(t *testing.T) {
			for _, name := range []string{"PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGHOSTADDR", "PGSERVICE"} {
				t.Setenv(name, "")
			}
			t.Setenv("PGSERVICEFILE", services)
			for _, pair := range strings.Fields(test.env) {
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, value)
			}
			of, err := backup.ParseTarget(test.url)
			if test.refused != "" {
				_, _, used := configure(target(test.url))
				for _, err := range []error{err, used} {
					if e := errs.Of(err); e == nil || e.Reason != test.refused || strings.Contains(err.Error(), "s3cr3t") {
						t.Errorf("error = %v, want %s", err, test.refused)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			config, _, err := configure(of)
			if err != nil {
				t.Fatal(err)
			}
			used := fmt.Sprintf("postgresql:%s:%d/%s", strings.ToLower(config.Host), config.Port, cmp.Or(config.Database, config.User))
			if of.Identity() != test.identity || used != test.identity || of.Name != databaseOf(of) || config.User != test.user || config.Password != test.pass {
				t.Errorf("%s is named, %s used, as %q with %q", of.Identity(), used, config.User, config.Password)
			}
			if strings.Contains(of.Identity()+of.Place(), "s3cr3t") {
				t.Errorf("a password is in %s", of.Identity())
			}
			// A saved connection keeps the service, and leads to the same place.
			var c backup.Connection
			password, err := c.ReadURL(test.url)
			if err != nil {
				t.Fatal(err)
			}
			again := c.Target(password)
			config, where, err := configure(again)
			if err != nil || again.Identity() != test.identity || config.User != test.user || config.Password != test.pass {
				t.Errorf("saved, it is %s, as %q with %q (%v)", again.Identity(), config.User, config.Password, err)
			}
			where.reached("tcp", "10.0.0.7:5437")
			told := where.conninfo(18, "cofre")
			if strings.Contains(told, "service") || strings.Contains(told, "s3cr3t") || strings.Contains(test.url, "service=books") != strings.Contains(told, "sslmode='verify-full'") {
				t.Errorf("tools are told %s", told)
			}
		})
	}
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
