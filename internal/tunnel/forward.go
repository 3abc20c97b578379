package tunnel

import (
	"context"
	"net"
	"strconv"
	"sync"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// forward is a port of this computer that leads to an address.
type forward struct {
	listener net.Listener
	stop     context.CancelFunc
	all      sync.WaitGroup
}

// Forward opens a port for the programs of this computer. The way to the other
// computer is tried first, so that what is wrong with it is said here.
func (t *Tunnels) Forward(ctx context.Context, through backup.SSH, address string) (backup.Forward, error) {
	w, err := t.acquire(ctx, through)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.release(through, w)
		return nil, errs.New(errs.Unavailable, "ssh.no_port", nil).Because(err)
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	f := &forward{listener: listener, stop: stop}
	f.all.Go(func() {
		defer t.release(through, w)
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			f.all.Go(func() {
				defer func() { _ = near.Close() }()
				far, err := t.Dial(serving, through, address)
				if err != nil {
					return // the program is told by the end of its connection
				}
				leave := context.AfterFunc(serving, func() { _ = near.Close() })
				defer leave()
				join(near, far, func() {})
			})
		}
	})
	return f, nil
}

// Port is the port of 127.0.0.1.
func (f *forward) Port() string {
	address, _ := f.listener.Addr().(*net.TCPAddr)
	return strconv.Itoa(address.Port)
}

// Close ends what still goes through.
func (f *forward) Close() {
	_ = f.listener.Close()
	f.stop()
	f.all.Wait()
}
