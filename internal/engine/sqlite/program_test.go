package sqlite

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// program is another process with a connection of its own: SQLite's command line
// program, the C library. It keeps its connection, and the transaction that it has
// begun, between calls.
type program struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startProgram opens path in another process, which ends with the test.
func startProgram(t *testing.T, path string) *program {
	t.Helper()
	name, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Fatalf("the tests need SQLite's command line program (Debian: apt-get install sqlite3): %v", err)
	}
	cmd := exec.Command(name, "-batch", path)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, cmd: cmd, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		p.quit()
		if t.Failed() && complaints.Len() > 0 {
			t.Logf("the other program said: %s", complaints.Bytes())
		}
	})
	p.do(".bail off")
	return p
}

// do runs statements and returns what they print, without the last line's end.
func (p *program) do(statements string) string {
	p.t.Helper()
	const end = "-- done --"
	if _, err := fmt.Fprintf(p.in, "%s\n.print '%s'\n", statements, end); err != nil {
		p.t.Fatalf("speak to the other program: %v", err)
	}
	var lines []string
	for {
		line, err := p.out.ReadString('\n')
		if err != nil {
			p.t.Fatalf("the other program ended at %q: %v", statements, err)
		}
		line = strings.TrimSuffix(line, "\n")
		if line == end {
			return strings.Join(lines, "\n")
		}
		lines = append(lines, line)
	}
}

// quit closes the connection as a well-behaved program does.
func (p *program) quit() {
	p.in.Close()
	p.cmd.Wait()
}

// kill ends the process where it stands, as a crash does.
func (p *program) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	p.cmd.Wait()
}

// script runs statements in a program that opens path and closes it again.
func script(t *testing.T, path, statements string) string {
	t.Helper()
	p := startProgram(t, path)
	out := p.do(statements)
	p.quit()
	return out
}
