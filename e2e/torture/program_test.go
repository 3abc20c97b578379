package torture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// built is the command line as people get it, built once.
var built struct {
	once         sync.Once
	folder, path string
	err          error
}

func program(t *testing.T) string {
	t.Helper()
	built.once.Do(func() { built.err = build() })
	if built.err != nil {
		t.Fatalf("build the program: %v", built.err)
	}
	return built.path
}

func build() (err error) {
	if built.folder, err = os.MkdirTemp("", "cofre-torture-"); err != nil {
		return err
	}
	built.path = filepath.Join(built.folder, "cofre.exe")
	cmd := exec.Command("go", "build", "-o", built.path, "cofre")
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// ended is how a run of the program came to its end.
type ended struct {
	code     int // -1: killed
	out, err string
	moments  []moment
	took     time.Duration
}

// moment is when a step was reported.
type moment struct {
	step  string
	after time.Duration // of the start
}

// interruption kills a run: so long after a step was reported, or after the start.
type interruption struct {
	step  string // "": the start
	after time.Duration
	do    func() // instead of killing the program; returns when it is done
}

// run runs the program with a home; with an interruption it is killed, unless it
// was over before.
func run(t *testing.T, home string, kill *interruption, args ...string) ended {
	t.Helper()
	cmd := exec.Command(program(t), append([]string{"--home", home, "--lang", "en", "--json"}, args...)...)
	cmd.Env = append(os.Environ(), "COFRE_KEYRING=off")
	var out bytes.Buffer
	cmd.Stdout = &out
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	end := func() { cmd.Process.Kill() }
	if kill != nil && kill.do != nil {
		end = kill.do
	}
	reached := false
	reach := func(step string) {
		switch {
		case kill == nil || reached || kill.step != step:
		case kill.after == 0:
			reached = true
			end()
		default:
			reached = true
			timer = time.AfterFunc(kill.after, end)
		}
	}
	reach("")
	var e ended
	var words strings.Builder
	for lines := bufio.NewScanner(said); lines.Scan(); {
		words.Write(append(lines.Bytes(), '\n'))
		var p struct{ Step string }
		if json.Unmarshal(lines.Bytes(), &p) != nil || p.Step == "" || len(e.moments) > 0 && e.moments[len(e.moments)-1].step == p.Step {
			continue
		}
		e.moments = append(e.moments, moment{p.Step, time.Since(began)})
		reach(p.Step)
	}
	cmd.Wait() // its code says how it ended
	if timer != nil {
		timer.Stop()
	}
	e.code, e.out, e.err, e.took = cmd.ProcessState.ExitCode(), out.String(), words.String(), time.Since(began)
	return e
}

// peace is a run that nobody disturbs, and that must succeed.
func peace(t *testing.T, home string, args ...string) ended {
	t.Helper()
	e := run(t, home, nil, args...)
	if e.code != 0 {
		t.Fatalf("%s: exit %d\n%s%s", strings.Join(args, " "), e.code, e.out, e.err)
	}
	return e
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
