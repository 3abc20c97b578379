package testdb

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strconv"
	"sync"
	"testing"
)

// Cutter is a way to the cluster that can be cut at a statement, as if the program
// behind it had died or the network had gone: all its connections break, and no new
// one gets through until it heals. Statements are counted on all connections
// together, those of the database's own tools among them.
type Cutter struct {
	t        testing.TB
	listener net.Listener
	server   string
	all      sync.WaitGroup

	mu    sync.Mutex
	at    int  // the statement to cut at; 0: none
	after bool // the server has answered it
	seen  int
	dead  bool
	open  []io.Closer
}

// NewCutter makes a way to c that is whole. It ends with the test.
func NewCutter(t testing.TB, c *Cluster) *Cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	k := &Cutter{t: t, listener: l, server: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.Port))}
	k.all.Go(k.accept)
	t.Cleanup(func() {
		shut(l)
		k.die()
		k.all.Wait()
	})
	return k
}

// URL is that of the same database by this way.
func (k *Cutter) URL(databaseURL string) string {
	u, err := url.Parse(databaseURL)
	if err != nil {
		k.t.Fatal(err)
	}
	u.Host = k.listener.Addr().String()
	return u.String()
}

// Cut heals the way, counts from 1 again, and cuts at statement number at: before it
// reaches the server, or after the server has answered and nobody hears it.
func (k *Cutter) Cut(at int, after bool) {
	k.die() // what is left of last time does not count
	k.mu.Lock()
	defer k.mu.Unlock()
	k.at, k.after, k.seen, k.dead = at, after, 0, false
}

// Heal lets everybody through again.
func (k *Cutter) Heal() { k.Cut(0, false) }

// Seen is the number of statements since the last Cut.
func (k *Cutter) Seen() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen
}

// Gone says whether the way is cut.
func (k *Cutter) Gone() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.dead
}

func (k *Cutter) die() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dead = true
	shut(k.open...)
	k.open = nil
}

func (k *Cutter) accept() {
	for {
		client, err := k.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", k.server)
		if err != nil {
			shut(client)
			continue
		}
		k.mu.Lock()
		dead := k.dead
		if !dead {
			k.open = append(k.open, client, server)
		}
		k.mu.Unlock()
		if dead {
			shut(client, server)
			continue
		}
		dying := make(chan struct{})
		k.all.Go(func() { k.up(client, server, dying) })
		k.all.Go(func() { k.down(client, server, dying) })
	}
}

// down forwards what the server says, until an answer that nobody is to hear.
func (k *Cutter) down(client, server net.Conn, dying chan struct{}) {
	defer shut(client)
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		select {
		case <-dying:
			k.die()
			return
		default:
		}
		if err != nil {
			return
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// up forwards what the client says, message by message.
func (k *Cutter) up(client, server net.Conn, dying chan struct{}) {
	defer shut(server)
	head := make([]byte, 5)
	start := true
	for {
		size := 5
		if start {
			size = 4 // the first message has no type
		}
		if _, err := io.ReadFull(client, head[:size]); err != nil {
			return
		}
		body := make([]byte, int(binary.BigEndian.Uint32(head[size-4:size]))-4)
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		if !start && (head[0] == 'Q' || head[0] == 'S') { // a query, or the end of one with parameters
			switch cut, after := k.reached(); {
			case cut && !after:
				k.die()
				return
			case cut:
				close(dying)
				server.Write(append(head[:size:size], body...)) //nolint:errcheck // the connection dies anyway
				io.Copy(io.Discard, client)                     //nolint:errcheck // so does this one
				return
			}
		}
		if _, err := server.Write(append(head[:size:size], body...)); err != nil {
			return
		}
		start = false
	}
}

func (k *Cutter) reached() (cut, after bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen++
	return k.seen == k.at, k.after
}

func shut(all ...io.Closer) {
	for _, c := range all {
		c.Close()
	}
}
