package backup

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"cofre/internal/errs"
)

// keptOutput is how much of what a command says an error carries: its end.
const keptOutput = 8 << 10

// partingLimit is how long a command that was ended may hold on to its output.
const partingLimit = 5 * time.Second

// runCommand runs a program with its arguments and no shell; none is no error. It
// sees Cofre's own surroundings without passwords, and what more says. One that
// takes longer than limit is ended with all that it started; failed and slow are the
// reasons of the two errors.
func runCommand(ctx context.Context, words []string, limit time.Duration, failed, slow string, more ...string) error {
	if len(words) == 0 {
		return nil
	}
	limited, stop := context.WithTimeout(ctx, limit)
	defer stop()
	cmd := exec.CommandContext(limited, words[0], words[1:]...)
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(strings.ToUpper(pair), "=")
		if !strings.Contains(name, "PASSWORD") && !strings.Contains(name, "PASSPHRASE") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(cmd.Env, more...)
	cmd.WaitDelay = partingLimit
	together(cmd)
	var said tail
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	args := errs.Args{"command": filepath.Base(words[0])}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		args["limit_ms"] = limit.Milliseconds()
		return errs.New(errs.Unavailable, slow, args).Because(err).With(string(said))
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it has ended well; what it started in the background may keep its output
	}
	args["ending"] = err.Error() // "exit status 3"; of one that can't be started, why
	return errs.New(errs.Unavailable, failed, args).Because(err).With(string(said))
}

// tail keeps the end of what is written.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	if over := len(*t) - keptOutput; over > 0 {
		*t = append((*t)[:0], (*t)[over:]...)
	}
	return len(p), nil
}

// ParseCommand splits a line into a program and its arguments: at spaces, but for
// those within quotes, double or single. No other character means anything, so
// that a path is written as it is. An empty line is no command.
func ParseCommand(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	begun, quote := false, rune(0)
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '"' || c == '\'':
			quote, begun = c, true
		case !unicode.IsSpace(c):
			word.WriteRune(c)
			begun = true
		case begun:
			words = append(words, word.String())
			word.Reset()
			begun = false
		}
	}
	if begun {
		words = append(words, word.String())
	}
	if quote != 0 || (len(words) > 0 && words[0] == "") || strings.ContainsRune(line, 0) {
		return nil, errs.New(errs.Invalid, "around.command", errs.Args{"command": line})
	}
	return words, nil
}

// CommandLine is the line that ParseCommand reads as words.
func CommandLine(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quoteWord(w)
	}
	return strings.Join(quoted, " ")
}

// quoteWord puts quotes around the pieces that need them.
func quoteWord(w string) string {
	switch {
	case w != "" && !strings.ContainsFunc(w, func(c rune) bool { return unicode.IsSpace(c) || c == '"' || c == '\'' }):
		return w
	case !strings.Contains(w, `"`):
		return `"` + w + `"`
	}
	return `"` + strings.ReplaceAll(w, `"`, `"'"'"`) + `"`
}
