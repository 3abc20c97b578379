package testdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// The server is kept by a second process: the test binary again, which Main
// turns into the keeper. It holds the read end of a pipe whose write end only
// the test process has, so that the end of the test process, however it comes,
// is the end of the cluster and of its folder.

const keeperVariable = "COFRE_TESTDB_KEEPER" // folder of the server's programs

// keeper is the running keeper of this process; release ends it.
var keeper struct {
	ready   bool // Main was called
	command *exec.Cmd
	release io.Closer
}

// Main runs the tests of a package that uses Postgres:
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
func Main(m *testing.M) {
	if bin := os.Getenv(keeperVariable); bin != "" {
		keep(bin)
		return
	}
	keeper.ready = true
	m.Run()
	if keeper.command != nil {
		keeper.release.Close()
		_ = keeper.command.Wait() // its findings are of no use now
	}
}

// report is what the keeper prints once, as one line of JSON.
type report struct {
	Data   string // folder of the server's files
	Socket string
	Port   int
	Error  string
}

func start() (*Cluster, error) {
	if !keeper.ready {
		return nil, errors.New("this package needs: func TestMain(m *testing.M) { testdb.Main(m) }")
	}
	bin, major, err := find()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(environment(), keeperVariable+"="+bin)
	cmd.SysProcAttr = apart()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the keeper: %w", err)
	}
	keeper.command, keeper.release = cmd, stdin
	var r report
	if err := json.NewDecoder(stdout).Decode(&r); err != nil {
		return nil, fmt.Errorf("the keeper said nothing: %w", err)
	}
	if r.Error != "" {
		return nil, errors.New(r.Error)
	}
	return &Cluster{Bin: bin, Socket: r.Socket, Port: r.Port, Major: major, data: r.Data}, nil
}

// environment is what the server's programs need, without the PG* variables and
// the language of whoever runs the tests.
func environment() []string {
	env := []string{"LC_ALL=C"}
	for _, key := range []string{"PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LD_LIBRARY_PATH", "GOCOVERDIR"} {
		if value, ok := os.LookupEnv(key); ok {
			env = append(env, key+"="+value)
		}
	}
	return env
}

// keep is the keeper's whole life.
func keep(bin string) {
	var r report
	dir, err := os.MkdirTemp("", "cofre-pg-")
	if err == nil {
		defer os.RemoveAll(dir)
		r, err = run(bin, dir)
		if err == nil {
			defer func() { _ = program(bin, "pg_ctl", "-D", filepath.Join(dir, "data"), "-m", "immediate", "-w", "stop") }()
		}
	}
	if err != nil {
		r.Error = err.Error()
	}
	if line, err := json.Marshal(r); err == nil {
		fmt.Fprintln(os.Stdout, string(line))
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test process is gone
}

func run(bin, dir string) (report, error) {
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(Password), 0o600); err != nil {
		return report{}, err
	}
	if err := give(dir, password); err != nil {
		return report{}, err
	}
	data := filepath.Join(dir, "data")
	if err := program(bin, "initdb", "-D", data, "-U", Superuser, "-E", "UTF8", "--no-locale", "-N",
		"--pwfile", password, "--auth-host", "scram-sha-256", "--auth-local", "trust"); err != nil {
		return report{}, err
	}
	socket := dir
	if runtime.GOOS == "windows" {
		socket = ""
	}
	// The port is free when it is asked for; another program may take it before the server does.
	var err error
	for range 3 {
		var port int
		if port, err = freePort(); err != nil {
			break
		}
		options := settings(socket, port)
		if err = program(bin, "pg_ctl", "-D", data, "-l", filepath.Join(dir, "log"), "-w", "-t", "60", "-o", options, "start"); err == nil {
			return report{Data: data, Socket: socket, Port: port}, nil
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	return report{}, fmt.Errorf("%w\n%s", err, log)
}

// settings trade all safety for speed, and allow what tests ask for.
func settings(socket string, port int) string {
	var b strings.Builder
	for _, pair := range [][2]string{
		{"listen_addresses", "127.0.0.1"}, {"port", strconv.Itoa(port)}, {"unix_socket_directories", socket},
		{"password_encryption", "scram-sha-256"},
		{"fsync", "off"}, {"synchronous_commit", "off"}, {"full_page_writes", "off"},
		{"max_connections", "60"}, {"wal_level", "logical"}, {"max_wal_size", "4GB"},
	} {
		if pair[1] != "" {
			fmt.Fprintf(&b, "-c %s=%s ", pair[0], pair[1])
		}
	}
	return b.String()
}

func program(bin, name string, args ...string) error {
	cmd := exec.Command(filepath.Join(bin, name), args...)
	cmd.Env = environment()
	cmd.SysProcAttr = asServer()
	cmd.Dir = os.TempDir() // one that the server's user may enter
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out.Bytes())
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
