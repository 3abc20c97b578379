// Package tunneltest gives tests an SSH server on the loopback address that forwards
// connections, and that can be cut. Nothing of it outlives the test.
package tunneltest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"

	"cofre/internal/backup"
)

// Password is the one that the server takes, and the passphrase of locked keys.
const Password = "it's a test: 100% @secret" //nolint:gosec // of servers that only tests start

// Server is an SSH server.
type Server struct {
	Names   map[string]string // hosts that only this computer knows, and where they really are; set before its first use
	Refuses atomic.Bool       // forwards nothing
	Mute    atomic.Bool       // does not answer any more, and does not end
	Greeted atomic.Int64      // how often somebody was let in

	t        testing.TB
	listener net.Listener
	key      ed25519.PrivateKey // of the person
	all      sync.WaitGroup
	left     atomic.Int64 // bytes to the person until the cut; negative: no cut

	mu   sync.Mutex
	host ssh.Signer
	open map[net.Conn]bool
	dead bool
}

// New starts a server, which ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	_, person, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, key: person, open: map[net.Conn]bool{}}
	s.left.Store(-1)
	s.NewHostKey()
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.all.Go(s.accept)
	t.Cleanup(func() {
		_ = s.listener.Close()
		s.Cut()
		s.all.Wait()
	})
	return s
}

// NewHostKey makes it another computer behind the same address.
func (s *Server) NewHostKey() {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	var host ssh.Signer
	if err == nil {
		host, err = ssh.NewSignerFromKey(key)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.host = host
}

func (s *Server) hostKey() ssh.Signer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.host
}

// SSH is the way through the server, by the key of a file.
func (s *Server) SSH() backup.SSH {
	address, _ := s.listener.Addr().(*net.TCPAddr)
	return backup.SSH{Host: "127.0.0.1", Port: address.Port, User: "ann", Auth: backup.ByKey, KeyFile: s.KeyFile("")}
}

// Address is user@host:port.
func (s *Server) Address() string { return "ann@" + s.listener.Addr().String() }

// Fingerprint is that of the server's key.
func (s *Server) Fingerprint() string { return ssh.FingerprintSHA256(s.hostKey().PublicKey()) }

// KeyFile writes the person's key down, locked where there is a passphrase.
func (s *Server) KeyFile(passphrase string) string {
	s.t.Helper()
	var block *pem.Block
	var err error
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(s.key, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(s.key, "", []byte(passphrase))
	}
	file := filepath.Join(s.t.TempDir(), "id_ed25519")
	if err == nil {
		err = os.WriteFile(file, pem.EncodeToMemory(block), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return file
}

// KnownHosts writes a file that knows the server's key.
func (s *Server) KnownHosts() string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "known_hosts")
	line := knownhosts.Line([]string{knownhosts.Normalize(s.listener.Addr().String())}, s.hostKey().PublicKey())
	if err := os.WriteFile(file, []byte(line+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// Agent starts an agent that holds the person's key, for this test.
func (s *Server) Agent(t *testing.T) {
	t.Helper()
	folder, err := os.MkdirTemp("", "agent") //nolint:usetesting // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: s.key}); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(folder, "s"))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer func() { _ = conn.Close() }()
				_ = agent.ServeAgent(keyring, conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		all.Wait()
		_ = os.RemoveAll(folder)
	})
	t.Setenv("SSH_AUTH_SOCK", listener.Addr().String())
}

// Open is how many connections there are.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// Cut breaks all connections.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.open {
		_ = conn.Close()
	}
}

// CutAfter breaks all connections once so many bytes more have gone to the person, and
// lets nobody in until Heal.
func (s *Server) CutAfter(bytes int64) { s.left.Store(bytes) }

// Heal lets people in again; it says whether there was a cut.
func (s *Server) Heal() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.dead
	s.dead = false
	s.left.Store(-1)
	return was
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.dead {
			_ = conn.Close()
		} else {
			s.open[conn] = true
		}
		s.mu.Unlock()
		s.all.Go(func() { s.serve(conn) })
	}
}

func (s *Server) serve(conn net.Conn) {
	defer func() {
		_ = conn.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, conn)
	}()
	person, err := ssh.NewSignerFromKey(s.key)
	if err != nil {
		return
	}
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if string(key.Marshal()) != string(person.PublicKey().Marshal()) {
				return nil, errors.New("another key")
			}
			return nil, nil
		},
		PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if string(password) != Password {
				return nil, errors.New("another password")
			}
			return nil, nil
		},
	}
	config.AddHostKey(s.hostKey())
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	s.Greeted.Add(1)
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() {
		for r := range requests {
			if !s.Mute.Load() {
				_ = r.Reply(false, nil)
			}
		}
	})
	for c := range channels {
		all.Go(func() { s.forward(c) })
	}
}

func (s *Server) forward(c ssh.NewChannel) {
	var to struct {
		Host   string
		Port   uint32
		Origin string
		From   uint32
	}
	if c.ChannelType() != "direct-tcpip" || ssh.Unmarshal(c.ExtraData(), &to) != nil {
		_ = c.Reject(ssh.UnknownChannelType, "no")
		return
	}
	if host, ok := s.Names[to.Host]; ok {
		to.Host = host
	}
	address := net.JoinHostPort(to.Host, strconv.Itoa(int(to.Port)))
	if s.Refuses.Load() {
		_ = c.Reject(ssh.Prohibited, "administratively prohibited")
		return
	}
	far, err := net.Dial("tcp", address)
	if err != nil {
		_ = c.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	defer func() { _ = far.Close() }()
	near, requests, err := c.Accept()
	if err != nil {
		return
	}
	defer func() { _ = near.Close() }()
	var both sync.WaitGroup
	both.Go(func() { ssh.DiscardRequests(requests) })
	both.Go(func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	})
	_, _ = io.Copy(counted{near, s}, far)
	_ = near.Close()
	both.Wait()
}

// counted cuts the server when enough has gone through.
type counted struct {
	io.Writer
	s *Server
}

func (c counted) Write(b []byte) (int, error) {
	if c.s.left.Load() >= 0 && c.s.left.Add(-int64(len(b))) < 0 {
		c.s.mu.Lock()
		c.s.dead = true
		c.s.mu.Unlock()
		c.s.Cut()
		return 0, io.ErrClosedPipe
	}
	return c.Writer.Write(b)
}
