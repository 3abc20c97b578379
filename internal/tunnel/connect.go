package tunnel

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// connect greets another computer: who it is comes before who the person is.
func (t *Tunnels) connect(ctx context.Context, through backup.SSH) (*ssh.Client, error) {
	address := through.Address()
	args := errs.Args{"ssh": address, "user": through.Login()}
	auth, done, err := identify(ctx, through)
	if err != nil {
		return nil, err
	}
	defer done()
	keys, err := t.keysOf(through)
	if err != nil {
		return nil, err
	}
	dialling, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(dialling, "tcp", address)
	if err != nil {
		return nil, errs.New(errs.Unavailable, "ssh.unreachable", args).Because(err)
	}
	if err := raw.SetDeadline(time.Now().Add(greetLimit)); err != nil {
		_ = raw.Close()
		return nil, errs.New(errs.Unavailable, "ssh.unreachable", args).Because(err)
	}
	leave := context.AfterFunc(ctx, func() { _ = raw.Close() })
	c, channels, requests, err := ssh.NewClientConn(raw, address, &ssh.ClientConfig{
		User: through.Login(), Auth: auth, HostKeyCallback: keys.check, HostKeyAlgorithms: keys.algorithms,
	})
	if !leave() && err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = raw.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = raw.Close()
		return nil, greeting(err, args)
	}
	return ssh.NewClient(c, channels, requests), nil
}

// greeting words why two computers did not come together.
func greeting(err error, args errs.Args) error {
	var coded *errs.Error
	switch {
	case errors.As(err, &coded): // of the key of the other computer, or of the person's
		return coded
	case strings.Contains(err.Error(), "unable to authenticate"): // x/crypto/ssh has no type for it
		return errs.New(errs.Denied, "ssh.refused", args).Because(err)
	}
	return errs.New(errs.Unavailable, "ssh.handshake", args).Because(err)
}
