package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// A lent server has one folder: data, its log, and its socket, or a port of the
// loopback where there are no sockets or the path is too long for one. It asks
// everybody for a password that is nowhere but in that folder. A backup is restored
// in it by a role without a superuser's rights: it may come from a stranger, and
// what a superuser runs, runs as the user of this machine.

const (
	lentAdmin    = "cofre"
	lentRole     = "rehearsal"
	longestUnix  = 90   // bytes of a socket's folder that every system takes
	startLimit   = "60" // seconds
	clusterStamp = "cofre-rehearsal-"
	clusterBytes = 64 << 20 // of an empty one
	passwordFile = "password"
)

// Lend uses the installed server programs of the major that was dumped, else of the
// smallest newer one.
func (e *Engine) Lend(ctx context.Context, held backup.Contents, work string, note func(folder string) error) (backup.Target, error) {
	none := backup.Target{}
	from := readVersion(held.Version)
	server, found := e.tools.pick(ctx, "postgres", "", func(t tool) bool { return t.version.major >= max(from.major, oldest) }, from.major)
	if server == nil {
		return none, noServer(from, found)
	}
	folder, err := newFolder(work)
	if err != nil {
		return none, err
	}
	if free, err := e.free(filepath.Dir(folder)); err == nil && free < held.Bytes+clusterBytes {
		return none, errs.New(errs.Unavailable, "archive.no_space", errs.Args{"path": filepath.Dir(folder)})
	}
	if err := note(folder); err != nil {
		return none, err
	}
	l := lending{bin: server.dir(), folder: folder}
	defer l.leave()
	if err := l.make(ctx); err != nil {
		return none, err
	}
	if err := l.start(); err != nil {
		return none, err
	}
	admin := l.target(lentAdmin, "template1")
	s, err := open(ctx, admin)
	if err != nil {
		return none, err
	}
	defer s.close(ctx)
	for _, sql := range []string{
		"CREATE ROLE " + lentRole + " LOGIN CREATEDB PASSWORD " + literal(l.password),
		"CREATE DATABASE " + lentRole + " OWNER " + lentRole + " TEMPLATE template0",
	} {
		if err := s.script(ctx, sql); err != nil {
			return none, s.problem(ctx, err)
		}
	}
	return l.target(lentRole, lentRole), nil
}

func (e *Engine) free(folder string) (int64, error) {
	if e.Free == nil {
		return 0, errors.ErrUnsupported
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return 0, err
	}
	return e.Free(folder)
}

// noServer names the servers that are installed, none of which will do.
func noServer(from version, found []tool) error {
	if len(found) == 0 {
		return errs.New(errs.Unavailable, "postgres.no_server", nil)
	}
	newest := slices.MaxFunc(found, func(a, b tool) int { return a.version.major - b.version.major })
	return errs.New(errs.Unavailable, "postgres.no_server_new", errs.Args{"from": from.String(), "found": newest.version.String()})
}

// newFolder is a name that nothing has: below work, or where the user that a server
// runs as can go.
func newFolder(work string) (string, error) {
	var random [6]byte
	rand.Read(random[:])
	base, err := lendingPlace(work)
	return filepath.Join(base, clusterStamp+hex.EncodeToString(random[:])), err
}

// lending is a server of our own.
type lending struct {
	bin, folder, password string
	root                  *os.Root // the folder
	port                  int
	socket                bool
}

func (l *lending) data() string { return filepath.Join(l.folder, "data") }

// enter opens the folder. Where we are root another user owns it: what is read and
// written goes through what is opened here, which no link of theirs leads out of.
func (l *lending) enter() error {
	named, err := os.Lstat(l.folder)
	if err == nil {
		l.root, err = os.OpenRoot(l.folder)
	}
	if err != nil {
		return err
	}
	opened, err := l.root.Stat(".")
	if err == nil && !os.SameFile(named, opened) {
		err = fs.ErrInvalid // a link in its place
	}
	if err != nil {
		l.leave()
	}
	return err
}

func (l *lending) leave() {
	if l.root != nil {
		_ = l.root.Close()
		l.root = nil
	}
}

// make makes the folder and the cluster in it.
func (l *lending) make(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(l.folder), 0o700); err != nil {
		return archive.FileError(err, l.folder)
	}
	if err := os.Mkdir(l.folder, 0o700); err != nil {
		return archive.FileError(err, l.folder)
	}
	if err := l.enter(); err != nil {
		return archive.FileError(err, l.folder)
	}
	var random [16]byte
	rand.Read(random[:])
	l.password = hex.EncodeToString(random[:])
	password := filepath.Join(l.folder, passwordFile)
	if err := l.root.WriteFile(passwordFile, []byte(l.password), 0o600); err != nil {
		return archive.FileError(err, password)
	}
	if l.socket = hasSockets && len(l.folder) <= longestUnix; l.socket { // at a port, Reclaim needs it
		defer func() { _ = l.root.Remove(passwordFile) }()
	}
	if err := give(password, l.folder); err != nil { // in this order: what is in the folder can then be replaced
		return err
	}
	var err error
	for _, locale := range locales {
		args := []string{"-D", l.data(), "-U", lentAdmin, "-E", "UTF8", "-N", "--pwfile", password, "--auth", "scram-sha-256", locale}
		if err = l.run(ctx, "initdb", args...); err == nil || ctx.Err() != nil {
			break
		}
	}
	return err
}

// locales are tried in this order: rules of a backup may ask for the letters of any
// language, which the last one does not know.
var locales = []string{"--locale=C.UTF-8", "--locale=en_US.UTF-8", "--locale=en-US", "--no-locale"}

// start can't be cancelled: it takes a moment, and a server that is half started
// could not be told to stop.
func (l *lending) start() error {
	var err error
	for range 3 { // a port that is free may be taken before the server takes it
		if err = l.configure(); err != nil {
			return err
		}
		if err = l.run(context.Background(), "pg_ctl", "-D", l.data(), "-l", filepath.Join(l.folder, "log"), "-w", "-t", startLimit, "start"); err == nil || l.socket {
			break
		}
	}
	if err != nil {
		said, _ := l.root.ReadFile("log")
		return errs.New(errs.Unavailable, "postgres.lent_start", nil).With(string(said[max(0, len(said)-keptErrors):])).Because(err)
	}
	return nil
}

// configure writes the settings into a file: arguments of pg_ctl go through a shell.
// What is in this server is thrown away, so nothing waits for the disk.
func (l *lending) configure() (err error) {
	address, sockets := "127.0.0.1", ""
	if l.socket {
		address, sockets, l.port = "", l.folder, 5432
	} else if l.port, err = freePort(); err != nil {
		return err
	}
	var settings strings.Builder
	for _, pair := range [][2]string{
		{"listen_addresses", address}, {"unix_socket_directories", `"` + sockets + `"`}, {"port", strconv.Itoa(l.port)},
		{"fsync", "off"}, {"synchronous_commit", "off"}, {"full_page_writes", "off"},
		{"wal_level", "minimal"}, {"max_wal_senders", "0"}, {"max_connections", "40"}, {"password_encryption", "scram-sha-256"},
	} {
		if pair[1] == `""` {
			pair[1] = ""
		}
		settings.WriteString(pair[0] + " = '" + strings.ReplaceAll(strings.ReplaceAll(pair[1], `\`, `\\`), "'", "''") + "'\n")
	}
	const file = "data/postgresql.auto.conf"
	return archive.FileError(l.root.WriteFile(file, []byte(settings.String()), 0o600), filepath.Join(l.folder, file))
}

// target is a database of the server.
func (l *lending) target(user, database string) backup.Target {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, l.password), Path: "/" + database}
	q := url.Values{"sslmode": {"disable"}}
	if l.socket {
		q.Set("host", l.folder)
		q.Set("port", strconv.Itoa(l.port))
	} else {
		u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(l.port))
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return backup.Target{Kind: backup.PostgreSQL, Name: database, URL: u.String(), ToolsDir: l.bin}
}

// run lets a program write into a file: a server that it starts may hold on to what it
// writes to, and the end of a pipe would not come.
func (l *lending) run(ctx context.Context, name string, args ...string) error {
	const file = "said"
	out, err := l.root.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return archive.FileError(err, filepath.Join(l.folder, file))
	}
	defer out.Close()
	cmd := l.command(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		said, _ := l.root.ReadFile(file)
		return errs.New(errs.Unavailable, "postgres.lent_start", nil).With(string(said[max(0, len(said)-keptErrors):])).Because(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}

// command runs as the user that may run servers, with nothing of the person's
// environment that a server would read.
func (l *lending) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	env := []string{"LC_ALL=C"}
	for _, pair := range os.Environ() {
		if key, _, _ := strings.Cut(pair, "="); keptForTools[strings.ToUpper(key)] {
			env = append(env, pair)
		}
	}
	cmd := program(ctx, tool{path: filepath.Join(l.bin, name)}, env, args...)
	cmd.Dir = filepath.Dir(l.folder)
	asServer(cmd)
	return cmd
}

// Reclaim only ends a server that is known to be the folder's: after a restart of the
// machine its port and its process may be somebody else's. A server that has only just
// begun to start ends by itself, as it does when its folder is gone.
func (e *Engine) Reclaim(folder string) error {
	if !strings.HasPrefix(filepath.Base(folder), clusterStamp) {
		return nil // not ours
	}
	ctx, cancel := context.WithTimeout(context.Background(), clearLimit)
	defer cancel()
	l := lending{folder: folder}
	if l.enter() == nil {
		err := l.stop(ctx, &e.tools)
		l.leave()
		if err != nil {
			return errs.New(errs.Unavailable, "postgres.lent_left", errs.Args{"folder": folder}).Because(err)
		}
	}
	return archive.FileError(os.RemoveAll(folder), folder)
}

// stop ends the server of the folder, where one runs.
func (l *lending) stop(ctx context.Context, tools *toolbox) error {
	if !l.alive(ctx) {
		return nil
	}
	written, _ := l.root.ReadFile("data/PG_VERSION")
	major, _ := strconv.Atoi(strings.TrimSpace(string(written)))
	control, _ := tools.pick(ctx, "pg_ctl", "", func(tool) bool { return true }, major)
	if control == nil {
		return errs.New(errs.Unavailable, "postgres.no_server", nil)
	}
	l.bin = control.dir()
	err := l.run(ctx, "pg_ctl", "-D", l.data(), "-m", "immediate", "-w", "-t", startLimit, "stop")
	if err != nil && !l.alive(ctx) {
		return nil
	}
	return err
}

var pidFile = regexp.MustCompile(`^(?:.*\n){3}(\d+)\n(.*)\n(.*)\n`) // port, folder of the socket, address

// alive says whether a server answers that is this one: at a socket in its folder, where
// nobody else has one, or at its port with its password and its data.
func (l *lending) alive(ctx context.Context) bool {
	written, err := l.root.ReadFile("data/postmaster.pid")
	match := pidFile.FindSubmatch(written)
	if err != nil || match == nil {
		return false
	}
	if dir := string(match[2]); dir != "" {
		if dir != l.folder {
			return false
		}
		conn, err := net.DialTimeout("unix", filepath.Join(dir, ".s.PGSQL."+string(match[1])), time.Second)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}
	password, err := l.root.ReadFile(passwordFile)
	if err != nil {
		return false
	}
	l.password = string(password)
	l.port, _ = strconv.Atoi(string(match[1]))
	s, err := open(ctx, l.target(lentAdmin, "template1"))
	if err != nil {
		return false
	}
	defer s.close(ctx)
	var data string
	if err := s.QueryRow(ctx, "SELECT pg_catalog.current_setting('data_directory')").Scan(&data); err != nil {
		return false
	}
	theirs, err := os.Stat(data)
	ours, err2 := l.root.Stat("data")
	return err == nil && err2 == nil && os.SameFile(theirs, ours)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, errs.New(errs.Unavailable, "postgres.lent_start", nil).Because(err)
	}
	defer func() { _ = l.Close() }()
	address, _ := l.Addr().(*net.TCPAddr)
	return address.Port, nil
}
