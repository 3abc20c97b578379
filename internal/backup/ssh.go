package backup

import (
	"context"
	"net"
	"net/url"
	"os/user"
	"strconv"

	"cofre/internal/errs"
)

// SSH is another computer through which a database server is reached. The zero value
// is none: the server is reached directly.
type SSH struct {
	Host    string  `json:"host,omitempty"`
	Port    int     `json:"port,omitempty"` // 0 means 22
	User    string  `json:"user,omitempty"` // "" means whoever runs the program
	Auth    SSHAuth `json:"auth,omitempty"`
	KeyFile string  `json:"key_file,omitempty"`

	Secret string `json:"-"` // the password, or the passphrase of the key
	Trust  string `json:"-"` // fingerprint of a key of the computer that the person has just accepted
}

// SSHAuth is how a person shows the other computer who they are.
type SSHAuth string

// The ways; "" is ByAgent.
const (
	ByAgent    SSHAuth = "agent"
	ByKey      SSHAuth = "key"
	ByPassword SSHAuth = "password"
)

// Tunnels leads to what only another computer reaches. Its errors say which part of
// the way failed.
type Tunnels interface {
	// Dial connects to address (host:port), as the other computer knows it. The
	// connection has deadlines, and its remote address is address.
	Dial(ctx context.Context, through SSH, address string) (net.Conn, error)
	// Forward lets the programs of this computer connect to address at a port of
	// 127.0.0.1, until it is closed.
	Forward(ctx context.Context, through SSH, address string) (Forward, error)
}

// Forward is an open way to one address.
type Forward interface {
	Port() string
	Close()
}

// Used says whether there is such a computer.
func (s SSH) Used() bool { return s.Host != "" }

// Address is host:port.
func (s SSH) Address() string {
	port := s.Port
	if port == 0 {
		port = 22
	}
	return net.JoinHostPort(s.Host, strconv.Itoa(port))
}

// Login is User with its default.
func (s SSH) Login() string {
	if s.User == "" {
		if u, err := user.Current(); err == nil {
			return u.Username
		}
	}
	return s.User
}

// Check says what is missing.
func (s SSH) Check() error {
	switch {
	case s.Port < 0 || s.Port > 65535:
		return errs.New(errs.Invalid, "connection.port", nil)
	case s.Auth == ByKey && s.KeyFile == "":
		return errs.New(errs.Invalid, "ssh.no_key_file", nil)
	case s.Auth != "" && s.Auth != ByAgent && s.Auth != ByKey && s.Auth != ByPassword:
		return errs.New(errs.Invalid, "ssh.auth", nil)
	}
	return nil
}

// ParseSSH reads user@host:port, of which only the host is needed.
func ParseSSH(text string) (SSH, error) {
	bad := errs.New(errs.Invalid, "ssh.address", errs.Args{"address": text})
	u, err := url.Parse("ssh://" + text)
	if err != nil || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return SSH{}, bad
	}
	if _, has := u.User.Password(); has { // it would be seen in the list of processes
		return SSH{}, errs.New(errs.Invalid, "ssh.address", errs.Args{"address": u.Host})
	}
	s := SSH{Host: u.Hostname(), User: u.User.Username()}
	if p := u.Port(); p != "" {
		if s.Port, err = strconv.Atoi(p); err != nil || s.Port < 1 || s.Port > 65535 {
			return SSH{}, bad
		}
	}
	return s, nil
}
