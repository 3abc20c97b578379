package platform

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// reach is how long a second start tries to reach the first, which may just be starting.
const reach = 3 * time.Second

// most is the longest message that the first takes: a path, with room to spare.
const most = 1 << 16

// Single makes a program one of its kind. The first to call it with that lock and
// socket gets first, and hears the message of each later one until end is called.
// A later one has given its message to the first when Single returns, and has nothing
// left to do. Where the first can't be reached (its path is too long for a socket, or
// it hangs) the later one is told that it is first: two are better than none.
func Single(lock, socket string, message []byte, heard func(message []byte)) (end func(), first bool) {
	release, err := Lock(lock, Holder{Kind: "window", Since: time.Now()})
	if err != nil {
		return func() {}, !give(socket, message)
	}
	_ = os.Remove(socket) // of one that was killed
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return release, true
	}
	var taking sync.WaitGroup
	taking.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			taking.Go(func() { take(conn, heard) })
		}
	})
	return func() {
		_ = listener.Close()
		taking.Wait()
		release()
	}, true
}

// give says message to whoever listens at socket, and returns whether it was heard.
func give(socket string, message []byte) bool {
	for limit := time.Now().Add(reach); time.Now().Before(limit); <-time.After(reach / 100) {
		conn, err := net.Dial("unix", socket)
		if err != nil {
			continue // it has its lock, and listens in a moment
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(limit)
		if _, err := conn.Write(message); err != nil {
			return false
		}
		if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
			return false
		}
		answer, err := io.ReadAll(io.LimitReader(conn, 2))
		return err == nil && string(answer) == "ok"
	}
	return false
}

func take(conn net.Conn, heard func([]byte)) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(reach))
	message, err := io.ReadAll(io.LimitReader(conn, most+1))
	if err != nil || len(message) > most {
		return
	}
	heard(message)
	_, _ = conn.Write([]byte("ok")) // one that has gone meanwhile opens nothing either
}
