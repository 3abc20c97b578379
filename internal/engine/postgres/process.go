package postgres

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
)

// keptErrors is how much of a program's stderr an error carries: its end.
const keptErrors = 8 << 10

// surroundings are the environment variables that client tools run with: what
// they need to start, what says where certificates and password files are, and
// English messages. Nothing that changes what they write.
func surroundings(more ...string) []string {
	env := []string{"LC_ALL=C"}
	for _, pair := range os.Environ() {
		key, _, _ := strings.Cut(pair, "=")
		switch upper := strings.ToUpper(key); {
		case unsetForTools[upper]:
		case strings.HasPrefix(upper, "PG"), strings.HasPrefix(upper, "KRB5"), keptForTools[upper]:
			env = append(env, pair)
		}
	}
	return append(env, more...)
}

var keptForTools = map[string]bool{
	"PATH": true, "HOME": true, "USER": true, "LOGNAME": true, "TMPDIR": true, "LD_LIBRARY_PATH": true, "DYLD_LIBRARY_PATH": true,
	"SYSTEMROOT": true, "TEMP": true, "TMP": true, "APPDATA": true, "LOCALAPPDATA": true, "USERPROFILE": true, "PROGRAMDATA": true,
}

// unsetForTools are libpq variables that our connection string replaces, or that
// change the encoding or the words of the output.
var unsetForTools = map[string]bool{
	"PGHOST": true, "PGHOSTADDR": true, "PGPORT": true, "PGDATABASE": true, "PGUSER": true, "PGPASSWORD": true, "PGAPPNAME": true, "PGSERVICE": true, "PGSERVICEFILE": true,
	"PGCLIENTENCODING": true, "PGDATESTYLE": true, "PGTZ": true, "PGGEQO": true, "PGTARGETSESSIONATTRS": true, "PGLOADBALANCEHOSTS": true,
	"PG_COLOR": true, "PG_COLORS": true,
}

// program prepares a client tool that is asked to stop when ctx is done, and
// ended when it does not.
func program(ctx context.Context, t tool, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.path, args...) //nolint:gosec // the tool is a found pg_dump or pg_restore, and no shell reads the arguments
	cmd.Env = env
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = partingLimit
	hide(cmd)
	return cmd
}

// complaints keeps the end of what a program says on stderr, without the lines
// of its progress, which it hands to progress.
type complaints struct {
	kept     []byte
	progress func(line string)
	writer   *io.PipeWriter
	done     chan struct{}
}

// listen reads the stderr of cmd until the program is over and heard is called.
func listen(cmd *exec.Cmd, progress func(line string)) *complaints {
	reader, writer := io.Pipe()
	c := &complaints{progress: progress, writer: writer, done: make(chan struct{})}
	cmd.Stderr = writer
	go func() {
		defer close(c.done)
		lines := bufio.NewReader(reader)
		for {
			line, err := lines.ReadString('\n')
			c.take(line)
			if err != nil {
				return
			}
		}
	}()
	return c
}

// take sorts a line. Client tools write progress as "pg_dump: words" and
// complaints as "pg_dump: error: words", or without their name at all.
func (c *complaints) take(line string) {
	name, rest, ok := strings.Cut(line, ": ")
	if ok && strings.HasPrefix(name, "pg_") && !serious(rest) {
		c.progress(strings.TrimSpace(rest))
		return
	}
	c.kept = append(c.kept, line...)
	if len(c.kept) > keptErrors {
		c.kept = c.kept[len(c.kept)-keptErrors:]
	}
}

// serious looks anywhere in the line: of several processes that write at the same
// time, one may have begun it and another ended it.
func serious(words string) bool {
	for _, mark := range []string{"error: ", "warning: ", "detail: ", "hint: ", "fatal: "} {
		if strings.Contains(words, mark) {
			return true
		}
	}
	return false
}

// heard returns the end of the complaints, once the program is over.
func (c *complaints) heard() string {
	_ = c.writer.Close()
	<-c.done
	return strings.TrimSpace(string(c.kept))
}
