//go:build unix

package postgres

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/errs"
)

// lentBy starts a server in a folder whose name has that length, which decides whether
// it listens to a socket.
func lentBy(t *testing.T, length int) *lending {
	t.Helper()
	e := &Engine{}
	server, _ := e.tools.pick(t.Context(), "postgres", "", func(t tool) bool { return t.version.major >= oldest }, 0)
	if server == nil {
		t.Fatal("no server is installed")
	}
	base, err := lendingPlace(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if base, err = os.MkdirTemp(base, "lend-"); err != nil { //nolint:usetesting // the server's user can't enter a folder of the test's
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	if err := os.Chmod(base, 0o711); err != nil {
		t.Fatal(err)
	}
	name := clusterStamp + "test"
	l := &lending{bin: server.dir(), folder: filepath.Join(base, name+strings.Repeat("x", max(0, length-len(base)-len(name)-1)))}
	t.Cleanup(func() { _ = e.Reclaim(l.folder) })
	if err := l.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAServerIsTakenBackByWhoeverFindsItsFolder(t *testing.T) {
	for name, length := range map[string]int{"a socket": 0, "a port": longestUnix + 5} {
		l := lentBy(t, length)
		if err := l.start(); err != nil {
			t.Fatal(err)
		}
		if l.socket != (length == 0) {
			t.Fatal(name, l.folder)
		}
		if err := (&Engine{}).Reclaim(l.folder); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t.Context(), l.target(lentAdmin, "template1")); err == nil {
			t.Errorf("%s: the server is still there", name)
		}
		if _, err := os.Stat(l.folder); !os.IsNotExist(err) {
			t.Errorf("%s: the folder is still there: %v", name, err)
		}
	}
}

// TestNobodyElsesProcessIsEnded has what a restart of the machine leaves: a folder whose
// port and process are others' now.
func TestNobodyElsesProcessIsEnded(t *testing.T) {
	for name, listens := range map[string]bool{"a port": true, "a socket elsewhere": false} {
		t.Run(name, func(t *testing.T) {
			l := lentBy(t, longestUnix+5)
			other := exec.Command("sleep", "600")
			asServer(other)
			if err := other.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Process.Kill() }()
			network, address := "unix", filepath.Join(t.TempDir(), ".s.PGSQL.5432")
			if listens {
				network, address = "tcp", "127.0.0.1:0"
			}
			stranger, err := net.Listen(network, address)
			if err != nil {
				t.Fatal(err)
			}
			defer stranger.Close()
			go func() {
				for conn, err := stranger.Accept(); err == nil; conn, err = stranger.Accept() {
					conn.Close()
				}
			}()
			port, dir, host := "5432", filepath.Dir(address), ""
			if listens {
				_, port, _ = net.SplitHostPort(stranger.Addr().String())
				dir, host = "", "127.0.0.1"
			}
			pid := strings.Join([]string{strconv.Itoa(other.Process.Pid), l.data(), "1", port, dir, host, "", ""}, "\n")
			if err := os.WriteFile(filepath.Join(l.data(), "postmaster.pid"), []byte(pid), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := give(filepath.Join(l.data(), "postmaster.pid")); err != nil {
				t.Fatal(err)
			}
			if err := (&Engine{}).Reclaim(l.folder); err != nil {
				t.Error(err)
			}
			ended := make(chan struct{})
			go func() { _ = other.Wait(); close(ended) }()
			if err := other.Process.Signal(os.Interrupt); err != nil { // it takes that, and nothing before
				t.Error(err)
			}
			<-ended
			if said := other.ProcessState.String(); said != "signal: interrupt" {
				t.Error("it was ended:", said)
			}
			if _, err := os.Stat(l.folder); !os.IsNotExist(err) {
				t.Error("the folder is still there:", err)
			}
		})
	}
}

func TestRootFollowsNoLinkOfTheServersUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root writes into another user's folder")
	}
	l := lentBy(t, 0)
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("a secret of root's"), 0o600); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(l.data(), "postgresql.auto.conf")
	for _, path := range []string{conf, filepath.Join(l.folder, "log")} {
		_ = os.Remove(path)
		if err := os.Symlink(outside, path); err != nil {
			t.Fatal(err)
		}
	}
	err := l.start()
	if err == nil || strings.Contains(errs.Of(err).Detail, "secret") {
		t.Errorf("got %v", err)
	}
	if held, err := os.ReadFile(outside); err != nil || string(held) != "a secret of root's" {
		t.Errorf("it holds %q, %v", held, err)
	}
	// As above, but the settings are written: what can't be is the log.
	if err := os.Remove(conf); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := give(conf); err != nil {
		t.Fatal(err)
	}
	if err := l.start(); err == nil || strings.Contains(errs.Of(err).Detail, "secret") {
		t.Errorf("got %v", err)
	}
}

func TestAProgramThatStartsAServerIsOverWhenItIs(t *testing.T) {
	l := lentBy(t, 0)
	script := filepath.Join(filepath.Dir(l.folder), "starter")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho hello\nsleep 20 &\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	l.bin = filepath.Dir(script)
	if err := l.run(t.Context(), "starter"); err != nil {
		t.Error(err)
	}
}
