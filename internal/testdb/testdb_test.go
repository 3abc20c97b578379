package testdb

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

func TestADatabaseIsReachedByPasswordAndBySocket(t *testing.T) {
	c := Postgres(t)
	url := c.Database(t)
	Exec(t, url, "CREATE TABLE a (n int); INSERT INTO a VALUES (1), (2)")
	if got := Query(t, url, "SELECT n FROM a ORDER BY n"); len(got) != 2 || got[1] != "2" {
		t.Errorf("rows: %q", got)
	}
	if c.Socket != "" {
		if got := Query(t, c.SocketURL(url), "SELECT current_database()"); got[0] != DatabaseName(url) {
			t.Errorf("database over the socket: %q", got)
		}
	}
	role := c.Role(t, "app", "")
	if got := Query(t, c.As(role, url), "SELECT current_user"); got[0] != role {
		t.Errorf("role: %q, want %q", got, role)
	}
}

func TestSQLiteWritesAClosedDatabase(t *testing.T) {
	path := SQLite(t, "CREATE TABLE a (n); INSERT INTO a VALUES (42)")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow("SELECT n FROM a").Scan(&n); err != nil || n != 42 {
		t.Errorf("n = %d, %v", n, err)
	}
}

// TestTheClusterEndsWithAKilledTest starts this test binary again, kills it
// while its cluster runs, and waits for the server and its folder to be gone.
func TestTheClusterEndsWithAKilledTest(t *testing.T) {
	if os.Getenv("COFRE_TESTDB_VICTIM") != "" {
		c := Postgres(t)
		fmt.Fprintf(os.Stdout, "cluster %d %s\n", c.Port, c.Socket)
		select {} // until killed
	}
	victim := exec.Command(os.Args[0], "-test.run=^TestTheClusterEndsWithAKilledTest$")
	victim.Env = append(os.Environ(), "COFRE_TESTDB_VICTIM=1")
	stdout, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	var port, dir string
	for lines := bufio.NewScanner(stdout); port == "" && lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "cluster "); ok {
			port, dir, _ = strings.Cut(rest, " ")
		}
	}
	victim.Process.Kill()
	victim.Wait()
	if port == "" {
		t.Fatal("the victim started no cluster")
	}
	tick, limit := time.Tick(50*time.Millisecond), time.After(time.Minute)
	for {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			conn.Close()
		}
		_, gone := os.Stat(filepath.Join(dir, "data"))
		if err != nil && (dir == "" || errors.Is(gone, os.ErrNotExist)) {
			return
		}
		select {
		case <-tick:
		case <-limit:
			t.Fatalf("the server on port %s, or its folder %s, is still there", port, dir)
		}
	}
}
