package notify_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailServer is a small SMTP server on loopback.
type mailServer struct {
	t        *testing.T
	tls      *tls.Config
	implicit bool              // TLS from the first byte on
	starttls bool              // STARTTLS is offered
	login    string            // "user password" that AUTH PLAIN wants
	say      map[string]string // in place of the usual answer to a command; "" closes the connection, "hang" never answers
	port     int

	mu      sync.Mutex
	letters []string
	heard   []string // commands
}

func (s *mailServer) start() *mailServer {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	var conns sync.WaitGroup
	over := make(chan struct{})
	s.t.Cleanup(func() { close(over); l.Close(); conns.Wait() })
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() { s.serve(c, over) })
		}
	})
	return s
}

func (s *mailServer) serve(c net.Conn, over chan struct{}) {
	defer c.Close()
	if s.implicit {
		c = tls.Server(c, s.tls)
	}
	text := textproto.NewConn(c)
	answer := func(command, usual string) bool {
		said, special := s.say[command]
		if !special {
			said = usual
		}
		switch said {
		case "":
			return false
		case "hang":
			gone := make(chan struct{})
			go func() { _, _ = io.Copy(io.Discard, c); close(gone) }()
			select {
			case <-over:
			case <-gone:
			}
			return false
		}
		return text.PrintfLine("%s", said) == nil
	}
	if !answer("greeting", "220 mail.test") {
		return
	}
	protected := s.implicit
	for {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		command := strings.ToUpper(strings.Fields(line + " -")[0])
		s.mu.Lock()
		s.heard = append(s.heard, line)
		s.mu.Unlock()
		usual := "250 ok"
		switch command {
		case "EHLO":
			usual = "250-mail.test\r\n"
			if s.starttls && !protected {
				usual += "250-STARTTLS\r\n"
			}
			if s.login != "" {
				usual += "250-AUTH PLAIN LOGIN\r\n"
			}
			usual += "250 8BITMIME"
		case "STARTTLS":
			if !answer(command, "220 go on") {
				return
			}
			c = tls.Server(c, s.tls)
			text, protected = textproto.NewConn(c), true
			continue
		case "AUTH":
			usual = "535 5.7.8 wrong user or password"
			raw, _ := base64.StdEncoding.DecodeString(line[strings.LastIndex(line, " ")+1:])
			if strings.ReplaceAll(strings.Trim(string(raw), "\x00"), "\x00", " ") == s.login {
				usual = "235 welcome"
			}
		case "DATA":
			if !answer(command, "354 go on") {
				return
			}
			if s.say["DATA"] != "" {
				continue
			}
			letter, err := text.ReadDotLines()
			if err != nil {
				return
			}
			if _, refuses := s.say["."]; !refuses {
				s.mu.Lock()
				s.letters = append(s.letters, strings.Join(letter, "\n"))
				s.mu.Unlock()
			}
			command, usual = ".", "250 2.0.0 queued as 4F1B"
		case "QUIT":
			answer(command, "221 bye")
			return
		}
		if !answer(command, usual) {
			return
		}
	}
}

func (s *mailServer) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.letters...)
}

// said are the commands that it has heard, as one text.
func (s *mailServer) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.heard, "\n")
}

// certificate for the name and 127.0.0.1, and the roots that trust it.
func certificate(t *testing.T, name string) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	if name == "localhost" {
		c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}
