package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// password of the private cluster's role. It reaches the tools by PGPASSWORD.
const password = "bench"

// cluster is a PostgreSQL server of this run alone, on the loopback address.
type cluster struct {
	bin, dir string
	port     int
}

// programs finds the folder with the programs of a server and its clients.
func programs() (string, bool) {
	folders := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin", `C:\Program Files\PostgreSQL\*\bin`,
	} {
		found, _ := filepath.Glob(pattern)
		slices.Reverse(found) // newest first
		folders = append(folders, found...)
	}
	for _, dir := range folders {
		whole := true
		for _, program := range []string{"initdb", "pg_ctl", "psql", "pg_dump", "pg_restore"} {
			whole = whole && installed(filepath.Join(dir, program))
		}
		if whole {
			return dir, true
		}
	}
	return "", false
}

// serve starts a cluster below dir. It trades safety for quiet: the disk is not measured.
func serve(ctx context.Context, bin, dir string) (*cluster, error) {
	c := &cluster{bin: bin, dir: filepath.Join(dir, "pg")}
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return nil, err
	}
	secret := filepath.Join(c.dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		return nil, err
	}
	if err := handOver(dir, c.dir, secret); err != nil {
		return nil, err
	}
	var err error
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	data := filepath.Join(c.dir, "data")
	if err := c.program(ctx, "initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--no-locale", "-N", "--pwfile", secret, "-A", "scram-sha-256"); err != nil {
		return nil, err
	}
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c fsync=off -c max_wal_size=8GB -c shared_buffers=256MB", c.port)
	if runtime.GOOS != "windows" {
		options += " -c unix_socket_directories=" + c.dir
	}
	return c, c.program(ctx, "pg_ctl", "-D", data, "-l", filepath.Join(c.dir, "log"), "-w", "-o", options, "start")
}

func (c *cluster) stop() error {
	return c.program(context.Background(), "pg_ctl", "-D", filepath.Join(c.dir, "data"), "-m", "immediate", "-w", "stop")
}

// cluster returns the run's server, started at the first call; nil, after a line
// that says so, where there are no programs for one.
func (b *bench) cluster(ctx context.Context) (*cluster, error) {
	if b.pg != nil {
		return b.pg, nil
	}
	bin, ok := programs()
	if !ok {
		b.absent("all of it", "no PostgreSQL server programs are installed")
		return nil, nil
	}
	var err error
	b.pg, err = serve(ctx, bin, b.dir)
	return b.pg, err
}

func (c *cluster) url(database string) string {
	return "postgres://postgres@127.0.0.1:" + strconv.Itoa(c.port) + "/" + database + "?sslmode=disable"
}

// tool is a client program of the same version as the server.
func (c *cluster) tool(name string) string { return filepath.Join(c.bin, name) }

func (c *cluster) program(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, c.tool(name), args...)
	cmd.SysProcAttr = asServer()
	cmd.Dir = c.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, tail(out.Bytes()))
	}
	return nil
}

// psql runs each of the commands in the database.
func (b *bench) psql(ctx context.Context, pg *cluster, database string, commands ...string) error {
	_, err := b.run(ctx, pg.tool("psql"), pg.psql(database, commands)...)
	return err
}

func (c *cluster) psql(database string, commands []string) []string {
	args := []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", c.url(database)}
	for _, command := range commands {
		args = append(args, "-c", command)
	}
	return args
}

// query returns the lines that psql prints for a statement.
func (b *bench) query(ctx context.Context, pg *cluster, database, statement string) ([]string, error) {
	cmd := exec.CommandContext(ctx, pg.tool("psql"), "-XAtq", pg.url(database), "-c", statement)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n"), nil
}

// freePort is free when it is asked for; were it taken since, the server would not start.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
