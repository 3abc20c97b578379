package sqlite

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// order is one call of the engine that another process makes: one that is killed,
// that is another user, or that has little room.
type order struct {
	Do         string // "probe", "dump", "restore", "preflight"
	Path, File string
	Wait       time.Duration
	MaxFile    uint64 // bytes that any file may have, 0 for no limit
}

// answer is what came of it. With restore a line is printed for every report of
// progress before it.
type answer struct {
	Code   errs.Code
	Reason string
	Error  string
	Tables []backup.Table
	Checks []string
}

const orderVariable = "COFRE_SQLITE_TEST_ORDER"

// TestMain runs the tests, or is the other process.
func TestMain(m *testing.M) {
	ShieldLocks()
	text := os.Getenv(orderVariable)
	if text == "" {
		m.Run()
		return
	}
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		panic(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(o.carryOut()); err != nil {
		panic(err)
	}
}

func (o order) carryOut() answer {
	if o.MaxFile > 0 {
		limitFiles(o.MaxFile)
	}
	e := &Engine{step: 256 << 10}
	ctx := context.Background()
	t := targetAt(o.Path)
	if o.Wait > 0 {
		t.BusyTimeout = o.Wait
	}
	var held backup.Contents
	var checks []backup.Check
	var err error
	switch o.Do {
	case "probe":
		held, err = e.Probe(ctx, t)
	case "dump":
		var dumped backup.Dumped
		dumped, err = e.Dump(ctx, t, o.File, backup.DumpOptions{}, func(backup.Update) {})
		held = dumped.Contents
	case "restore":
		held, err = e.Restore(ctx, t, o.File, func(u backup.Update) { fmt.Fprintln(os.Stdout, u.Done, "of", u.Total) })
	case "preflight":
		checks, err = e.Preflight(ctx, t, backup.Archive{File: o.File}, o.File)
	}
	a := answer{Code: errs.CodeOf(err), Tables: held.Tables}
	if err != nil {
		a.Reason, a.Error = errs.Of(err).Reason, err.Error()
	}
	for _, c := range checks {
		a.Checks = append(a.Checks, string(c.Level)+" "+c.Code)
	}
	return a
}

// process returns the other process, ready to start.
func (o order) process(t *testing.T, executable string) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(executable)
	cmd.Env = append(os.Environ(), orderVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	return cmd
}

// elsewhere carries the order out in another process.
func (o order) elsewhere(t *testing.T) answer {
	t.Helper()
	return answerOf(t, o.process(t, testBinary(t)))
}

func answerOf(t *testing.T, cmd *exec.Cmd) answer {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last []byte
	for lines := bufio.NewScanner(out); lines.Scan(); {
		last = append([]byte(nil), lines.Bytes()...)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the other process: %v", err)
	}
	var a answer
	if err := json.Unmarshal(last, &a); err != nil {
		t.Fatalf("the other process said %q: %v", last, err)
	}
	return a
}

func testBinary(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// openFolder returns a folder that every user may enter and read, as its parents.
func openFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
