package tunnel_test

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/tunnel"
	"cofre/internal/tunnel/tunneltest"
)

// echo is a server that only the other computer knows: it says each line again.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

func tunnels(t *testing.T, known string) *tunnel.Tunnels {
	t.Helper()
	w := tunnel.New(known)
	w.Others = nil
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func says(t *testing.T, c net.Conn, line string) {
	t.Helper()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintln(c, line); err != nil {
		t.Fatal(err)
	}
	if got, err := bufio.NewReader(c).ReadString('\n'); err != nil || got != line+"\n" {
		t.Fatalf("%q, %v", got, err)
	}
}

func wantReason(t *testing.T, err error, code errs.Code, reason string) {
	t.Helper()
	if e := errs.Of(err); err == nil || e.Code != code || e.Reason != reason {
		t.Errorf("%v, want %s %s", err, code, reason)
	}
}

func TestConnectionsToOneComputerShareAWayThatIsClosedAfterItsUse(t *testing.T) {
	server := tunneltest.New(t)
	to := echo(t)
	w := tunnels(t, server.KnownHosts())
	w.Linger = 50 * time.Millisecond
	through := server.SSH()
	a, err := w.Dial(t.Context(), through, to)
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.Dial(t.Context(), through, to)
	if err != nil {
		t.Fatal(err)
	}
	says(t, b, "two")
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	through.KeyFile = "no such file" // another way in, which is not the one that is open
	if _, err := w.Dial(t.Context(), through, to); err == nil {
		t.Error("whoever has no key shares the way of whoever has one")
	}
	says(t, a, "one")
	if a.RemoteAddr().String() != to {
		t.Errorf("it leads to %s", a.RemoteAddr())
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if server.Greeted.Load() != 1 {
		t.Errorf("%d connections", server.Greeted.Load())
	}
	for began := time.Now(); server.Open() > 0; {
		if time.Since(began) > time.Minute {
			t.Fatal("the way stays open after its use")
		}
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := w.Dial(t.Context(), server.SSH(), to); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

func TestAPersonShowsWhoTheyAreByKeyPassphrasePasswordOrAgent(t *testing.T) {
	server := tunneltest.New(t)
	to := echo(t)
	w := tunnels(t, server.KnownHosts())
	base := server.SSH()
	with := func(change func(s *backup.SSH)) backup.SSH { s := base; change(&s); return s }
	locked := server.KeyFile(tunneltest.Password)
	server.Agent(t)
	for name, s := range map[string]backup.SSH{
		"key":        base,
		"passphrase": with(func(s *backup.SSH) { s.KeyFile, s.Secret = locked, tunneltest.Password }),
		"password":   with(func(s *backup.SSH) { s.Auth, s.Secret = backup.ByPassword, tunneltest.Password }),
		"agent":      with(func(s *backup.SSH) { s.Auth = backup.ByAgent }),
	} {
		c, err := w.Dial(t.Context(), s, to)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		says(t, c, name)
		_ = c.Close()
	}
	other := tunneltest.New(t)
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	for reason, s := range map[string]backup.SSH{
		"denied ssh.refused":        with(func(s *backup.SSH) { s.KeyFile = other.KeyFile("") }),
		"denied ssh.key_locked":     with(func(s *backup.SSH) { s.KeyFile = locked }),
		"denied ssh.key_passphrase": with(func(s *backup.SSH) { s.KeyFile, s.Secret = locked, "wrong" }),
		"invalid ssh.key_unknown":   with(func(s *backup.SSH) { s.KeyFile = text }),
		"not_found ssh.key_file":    with(func(s *backup.SSH) { s.KeyFile = "/no/such/key" }),
	} {
		_, err := w.Dial(t.Context(), s, to)
		code, reason, _ := strings.Cut(reason, " ")
		wantReason(t, err, errs.Code(code), reason)
		if err != nil && strings.Contains(err.Error(), "wrong") {
			t.Errorf("the error repeats the passphrase: %v", err)
		}
	}
	t.Setenv("SSH_AUTH_SOCK", filepath.Join(t.TempDir(), "none"))
	_, err := w.Dial(t.Context(), with(func(s *backup.SSH) { s.Auth, s.User = backup.ByAgent, "bob" }), to)
	wantReason(t, err, errs.Unavailable, "ssh.no_agent")
}

func TestAComputerThatIsNotKnownIsAskedAboutOnceAndOneThatHasChangedIsRefused(t *testing.T) {
	server := tunneltest.New(t)
	to := echo(t)
	known := filepath.Join(t.TempDir(), "known_hosts")
	w := tunnels(t, known)
	_, err := w.Dial(t.Context(), server.SSH(), to)
	wantReason(t, err, errs.Denied, "ssh.unknown_key")
	if errs.Of(err).Args["fingerprint"] != server.Fingerprint() || server.Greeted.Load() != 0 {
		t.Errorf("asked with %v, %d let in", errs.Of(err).Args, server.Greeted.Load())
	}
	if _, err := os.Stat(known); err == nil {
		t.Error("a key was written down that nobody accepted")
	}
	other := server.SSH()
	other.Trust = "SHA256:of another one"
	_, err = w.Dial(t.Context(), other, to)
	wantReason(t, err, errs.Denied, "ssh.unknown_key")

	accepted := server.SSH()
	accepted.Trust = server.Fingerprint()
	for _, s := range []backup.SSH{accepted, server.SSH()} { // and from then on it is known
		c, err := w.Dial(t.Context(), s, to)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
	}
	if info, err := os.Stat(known); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}

	server.NewHostKey()
	fresh := tunnels(t, known)
	accepted.Trust = server.Fingerprint() // not even if somebody says so
	for _, s := range []backup.SSH{server.SSH(), accepted} {
		_, err = fresh.Dial(t.Context(), s, to)
		wantReason(t, err, errs.Denied, "ssh.changed_key")
	}
	if e := errs.Of(err); e.Args["file"] != known || e.Args["line"] != 1 {
		t.Errorf("where the other one stands: %v", e.Args)
	}
	if err := os.WriteFile(known, []byte("this is no list\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = fresh.Dial(t.Context(), server.SSH(), to)
	wantReason(t, err, errs.Invalid, "ssh.known_hosts")
}

func TestAKeyThatOneFileKnowsIsRefusedWhereAnotherHasItReplacedOrRevoked(t *testing.T) {
	server := tunneltest.New(t)
	to := echo(t)
	known := server.KnownHosts()
	mine, err := os.ReadFile(known)
	if err != nil {
		t.Fatal(err)
	}
	another := func(made func() (crypto.Signer, error), mark string) string {
		t.Helper()
		private, err := made()
		if err != nil {
			t.Fatal(err)
		}
		key, err := ssh.NewPublicKey(private.Public())
		if err != nil {
			t.Fatal(err)
		}
		return mark + knownhosts.Line([]string{server.SSH().Address()}, key) + "\n"
	}
	ed := func() (crypto.Signer, error) { _, k, err := ed25519.GenerateKey(rand.Reader); return k, err }
	ec := func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
	for name, c := range map[string]struct{ system, reason string }{
		"the same one":        {string(mine), ""},
		"one of another kind": {another(ec, ""), ""},
		"both":                {string(mine) + another(ed, ""), ""},
		"replaced":            {another(ed, ""), "ssh.changed_key"},
		"replaced, of two":    {another(ec, "") + another(ed, ""), "ssh.changed_key"},
		"revoked":             {"@revoked " + string(mine), "ssh.revoked_key"},
	} {
		file := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(file, []byte(c.system), 0o600); err != nil {
			t.Fatal(err)
		}
		for own, system := range map[string]string{known: file, file: known} { // in whatever order
			w := tunnels(t, own)
			w.Others = []string{system}
			conn, err := w.Dial(t.Context(), server.SSH(), to)
			if c.reason != "" {
				wantReason(t, err, errs.Denied, c.reason)
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			_ = conn.Close()
		}
	}
}

func TestEachPartOfTheWayThatFailsIsNamed(t *testing.T) {
	server := tunneltest.New(t)
	to := echo(t)
	w := tunnels(t, server.KnownHosts())
	nobody := server.SSH()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free, _ := l.Addr().(*net.TCPAddr)
	_ = l.Close()
	nobody.Port = free.Port
	_, err = w.Dial(t.Context(), nobody, to)
	wantReason(t, err, errs.Unavailable, "ssh.unreachable")

	_, err = w.Dial(t.Context(), server.SSH(), l.Addr().String())
	wantReason(t, err, errs.Unavailable, "ssh.no_server")
	server.Refuses.Store(true)
	_, err = w.Dial(t.Context(), server.SSH(), to)
	wantReason(t, err, errs.Denied, "ssh.forward_refused")
	server.Refuses.Store(false)

	c, err := w.Dial(t.Context(), server.SSH(), to)
	if err != nil {
		t.Fatal(err)
	}
	says(t, c, "before")
	server.Cut()
	_, err = c.Read(make([]byte, 1))
	wantReason(t, err, errs.Unavailable, "ssh.lost")
	again, err := w.Dial(t.Context(), server.SSH(), to) // the next one makes a new way
	if err != nil {
		t.Fatal(err)
	}
	says(t, again, "after")

	_, err = w.Dial(t.Context(), backup.SSH{Host: "127.0.0.1", Port: portOf(t, to), Auth: backup.ByPassword, Secret: "x"}, to)
	wantReason(t, err, errs.Unavailable, "ssh.handshake")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	fresh := server.SSH()
	fresh.User = "carl"
	if _, err := w.Dial(gone, fresh, to); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return a.Port
}

func TestAComputerThatDoesNotAnswerAnyMoreIsGivenUp(t *testing.T) {
	server := tunneltest.New(t)
	w := tunnels(t, server.KnownHosts())
	w.Alive = 20 * time.Millisecond
	c, err := w.Dial(t.Context(), server.SSH(), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	says(t, c, "here")
	server.Mute.Store(true)
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, err = c.Read(make([]byte, 1))
	wantReason(t, err, errs.Unavailable, "ssh.lost")
}

func TestAForwardIsOnlyForThisComputerAndEndsWhenItIsClosed(t *testing.T) {
	server := tunneltest.New(t)
	w := tunnels(t, server.KnownHosts())
	f, err := w.Forward(t.Context(), server.SSH(), echo(t))
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", f.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	says(t, c, "through the port")
	f.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("it still goes through")
	}
	if _, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", f.Port())); err == nil {
		t.Error("the port is still open")
	}
	if server.Greeted.Load() != 1 {
		t.Errorf("%d connections", server.Greeted.Load())
	}
	nobody := server.SSH()
	nobody.KeyFile = "/no/such/key"
	_, err = w.Forward(t.Context(), nobody, "127.0.0.1:1")
	wantReason(t, err, errs.NotFound, "ssh.key_file")
}
