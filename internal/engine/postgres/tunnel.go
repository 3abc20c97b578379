package postgres

import (
	"context"
	"net"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// way is that of a session to its server, where that is only reached through
// another computer.
type way struct {
	through backup.SSH
	tunnels backup.Tunnels
	forward backup.Forward // for client tools; nil until they need it
}

// throughTunnel lets config connect by the tunnel of t. Names are looked up by the
// other computer: this one may not know them, or know them as something else.
func throughTunnel(config *pgx.ConnConfig, where *address, t backup.Target) {
	where.tunnel = &way{through: t.SSH, tunnels: t.Tunnels}
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	config.DialFunc = func(ctx context.Context, network, to string) (net.Conn, error) {
		if network == "unix" {
			return nil, errs.New(errs.Invalid, "ssh.socket", nil)
		}
		conn, err := t.Tunnels.Dial(ctx, t.SSH, to)
		if err == nil && !where.settled { // a later one carries a request to cancel
			where.host, where.port, err = net.SplitHostPort(to)
		}
		return conn, err
	}
}

// lead opens the way that client tools use, which ends with the session.
func (s *session) lead(ctx context.Context) error {
	w := s.where.tunnel
	if w == nil || w.forward != nil {
		return nil
	}
	var err error
	w.forward, err = w.tunnels.Forward(ctx, w.through, net.JoinHostPort(s.where.host, s.where.port))
	return err
}
