package backup

// A stored secret is given only to whom it was stored for: what is typed or pasted over
// a saved connection must not carry its password to another computer.

// KeepsPassword says whether the password that was stored for old may be used for c:
// for the same user of the same server, reached the same way. The database and its
// TLS may be others.
func (c Connection) KeepsPassword(old Connection) bool {
	return c.Kind == PostgreSQL && c.server() == old.server()
}

// KeepsSSHSecret is the same for the password of the computer in between, or the
// passphrase of the key for it.
func (c Connection) KeepsSSHSecret(old Connection) bool {
	return c.SSH.Used() && c.SSH.person() == old.SSH.person() && c.SSH.Auth == old.SSH.Auth && c.SSH.KeyFile == old.SSH.KeyFile
}

// server is whom the password of a connection is for.
type server struct {
	kind          Kind
	host          string
	port          int
	user          string
	service, file string // which may name the others
	through       person
}

// person is somebody at another computer.
type person struct{ address, login string }

func (c Connection) server() server {
	s := server{kind: c.Kind, host: c.Host, port: c.Port, user: c.User, service: c.Params["service"], file: c.Params["servicefile"], through: c.SSH.person()}
	if s.port == 0 && s.service == "" { // which is what the form says
		s.port = 5432
	}
	return s
}

func (s SSH) person() person {
	if !s.Used() {
		return person{}
	}
	return person{s.Address(), s.Login()}
}
