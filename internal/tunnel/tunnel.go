// Package tunnel reaches database servers through another computer, by SSH. It
// promises to talk to no computer whose key the person does not know or has not just
// accepted, to say which part of a way failed, and to keep a connection open for a
// short while only after its last use. What goes through it is not changed: TLS with
// the database, and whose name is compared, are as without it.
package tunnel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Tunnels are the open ways. Connections to one computer share one. It may be used
// from several goroutines; Close ends them all.
type Tunnels struct {
	Known  string        // file of the keys that were accepted in Cofre; made when it is needed
	Others []string      // further files of known keys, such as the person's own; those that are not there are passed over
	Linger time.Duration // how long an unused way stays open, so that the steps of a job share it
	Alive  time.Duration // how often the other computer is asked whether it is still there

	mu     sync.Mutex
	open   map[backup.SSH]*way
	all    sync.WaitGroup
	closed bool
}

var _ backup.Tunnels = (*Tunnels)(nil)

// New returns tunnels that keep accepted keys in a file, and know those of the person.
func New(known string) *Tunnels {
	return &Tunnels{Known: known, Others: knownByTheSystem(), Linger: 20 * time.Second, Alive: 15 * time.Second}
}

const (
	reachLimit = 20 * time.Second // for the other computer, and then for it to reach the server
	greetLimit = 30 * time.Second // for keys to be exchanged and the person to be let in
)

// alive is the question that every server answers, if only by not knowing it.
const alive = "keepalive@openssh.com"

var errEnded = fmt.Errorf("open a tunnel: %w", net.ErrClosed)

// way is a connection to another computer, or the attempt to make one.
type way struct {
	ready  chan struct{} // closed when client or err is there
	client *ssh.Client
	err    error
	users  int
	idle   *time.Timer
	stop   context.CancelFunc // of the attempt
}

// Dial connects to address through another computer.
func (t *Tunnels) Dial(ctx context.Context, through backup.SSH, address string) (net.Conn, error) {
	w, far, err := t.reach(ctx, through, address)
	if err != nil && errs.Of(err).Reason == "ssh.lost" { // it had broken before, and nobody had noticed yet
		w, far, err = t.reach(ctx, through, address)
	}
	if err != nil {
		return nil, err
	}
	// A channel of SSH has no deadlines, which drivers need; a pipe has.
	near, end := net.Pipe()
	c := &conn{Conn: near, to: remote(address), lost: make(chan struct{}), through: through}
	if !t.begin() {
		_ = far.Close()
		t.release(through, w)
		return nil, errEnded
	}
	go func() {
		defer t.all.Done()
		defer t.release(through, w)
		join(end, far, func() {
			if _, _, err := w.client.SendRequest(alive, true, nil); err != nil {
				close(c.lost) // it was not the server that ended it
			}
		})
	}()
	return c, nil
}

// begin counts a goroutine; false where all is over.
func (t *Tunnels) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.all.Add(1)
	}
	return !t.closed
}

// reach opens a channel to address on an open way. One on which that can't be asked
// any more is forgotten.
func (t *Tunnels) reach(ctx context.Context, through backup.SSH, address string) (*way, net.Conn, error) {
	w, err := t.acquire(ctx, through)
	if err != nil {
		return nil, nil, err
	}
	far, err := channel(ctx, w, through, address)
	if err == nil {
		return w, far, nil
	}
	if errs.Of(err).Reason == "ssh.lost" {
		t.mu.Lock()
		t.drop(through, w)
		t.mu.Unlock()
	}
	t.release(through, w)
	return nil, nil, err
}

func channel(ctx context.Context, w *way, through backup.SSH, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, reachLimit)
	defer cancel()
	far, err := w.client.DialContext(ctx, "tcp", address)
	if err == nil {
		return far, nil
	}
	args := errs.Args{"ssh": through.Address(), "address": address}
	var refused *ssh.OpenChannelError
	switch {
	case errors.As(err, &refused) && (refused.Reason == ssh.Prohibited || refused.Reason == ssh.UnknownChannelType):
		return nil, errs.New(errs.Denied, "ssh.forward_refused", args).Because(err)
	case errors.As(err, &refused), errors.Is(err, context.DeadlineExceeded):
		return nil, errs.New(errs.Unavailable, "ssh.no_server", args).Because(err)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, errs.New(errs.Unavailable, "ssh.lost", args).Because(err)
}

// join copies both ways until one side ends, and closes both. ended is called when far
// has, before near hears of it.
func join(near, far net.Conn, ended func()) {
	var both sync.WaitGroup
	over := func() { // its end is told to both sides by closing them
		_ = near.Close()
		_ = far.Close()
	}
	both.Go(func() {
		defer over()
		_, _ = io.Copy(far, near)
	})
	both.Go(func() {
		defer over()
		_, _ = io.Copy(near, far)
		ended()
	})
	both.Wait()
}

// conn is a connection through the pipe.
type conn struct {
	net.Conn
	to      remote
	lost    chan struct{} // closed where the other computer is gone
	through backup.SSH
}

func (c *conn) RemoteAddr() net.Addr { return c.to }

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, c.said(err)
}

func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, c.said(err)
}

// said says it where a connection has ended because the other computer is gone.
func (c *conn) said(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) {
		select {
		case <-c.lost:
			return errs.New(errs.Unavailable, "ssh.lost", errs.Args{"ssh": c.through.Address(), "address": c.to.String()}).Because(err)
		default:
		}
	}
	return err
}

// remote is an address as the other computer knows it.
type remote string

func (remote) Network() string  { return "tcp" }
func (r remote) String() string { return string(r) }

// acquire returns an open way, which the caller releases.
func (t *Tunnels) acquire(ctx context.Context, through backup.SSH) (*way, error) {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil, errEnded
	}
	w := t.open[through]
	if w == nil {
		making, stop := context.WithCancel(context.WithoutCancel(ctx)) // others may be waiting for it, too
		w = &way{ready: make(chan struct{}), stop: stop}
		if t.open == nil {
			t.open = map[backup.SSH]*way{}
		}
		t.open[through] = w
		t.all.Go(func() { t.make(making, through, w) })
	}
	if w.idle != nil {
		w.idle.Stop()
		w.idle = nil
	}
	w.users++
	t.mu.Unlock()
	select {
	case <-w.ready:
	case <-ctx.Done():
		t.release(through, w)
		return nil, ctx.Err()
	}
	if w.err != nil {
		t.release(through, w)
		return nil, w.err
	}
	return w, nil
}

// release ends a use. The last one's way stays for a while.
func (t *Tunnels) release(through backup.SSH, w *way) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w.users--; w.users > 0 || t.open[through] != w {
		return
	}
	if w.client == nil {
		t.drop(through, w) // nobody waits for it any more
		return
	}
	w.idle = time.AfterFunc(t.Linger, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if w.users == 0 && w.idle != nil {
			t.drop(through, w)
		}
	})
}

// drop forgets a way and ends it; t is locked.
func (t *Tunnels) drop(through backup.SSH, w *way) {
	if t.open[through] == w {
		delete(t.open, through)
	}
	w.stop()
	if w.client != nil {
		_ = w.client.Close() // make hears of it
	}
}

// make opens w and stays until it ends: so the next use opens a new one.
func (t *Tunnels) make(ctx context.Context, through backup.SSH, w *way) {
	client, err := t.connect(ctx, through)
	t.mu.Lock()
	w.client, w.err = client, err
	if err != nil || t.open[through] != w { // nobody waits for it any more
		t.drop(through, w)
	}
	close(w.ready)
	t.mu.Unlock()
	if err != nil {
		return
	}
	ended, asked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(asked)
		stayAlive(client, t.Alive, ended)
	}()
	_ = client.Wait() // why it ended is said to those who use it
	close(ended)
	<-asked
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(through, w)
}

// stayAlive ends a connection whose other side does not answer any more.
func stayAlive(client *ssh.Client, every time.Duration, ended <-chan struct{}) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ticks.C:
		}
		answered := make(chan error, 1)
		go func() {
			_, _, err := client.SendRequest(alive, true, nil)
			answered <- err
		}()
		select {
		case <-ended:
			return
		case err := <-answered:
			if err == nil {
				continue
			}
		case <-ticks.C:
		}
		_ = client.Close()
		return
	}
}

// Close ends all ways and waits for that.
func (t *Tunnels) Close() error {
	t.mu.Lock()
	t.closed = true
	for through, w := range t.open {
		t.drop(through, w)
	}
	t.mu.Unlock()
	t.all.Wait()
	return nil
}
