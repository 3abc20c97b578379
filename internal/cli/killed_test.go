package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/sample"
	"cofre/internal/testdb"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "as-cofre" { // the test binary plays the program, to be killed
		os.Exit(Main(os.Args[2:], TakeSecrets()))
	}
	if len(os.Args) > 5 && os.Args[1] == "as-witness" {
		os.Exit(witness(os.Args[2], os.Args[3], os.Args[4], os.Args[5]))
	}
	testdb.Main(m)
}

// killedAt runs a restore and kills the program as soon as it reports that step.
// It says whether the program came that far.
func killedAt(t *testing.T, home, step string, args ...string) bool {
	t.Helper()
	return killedWhen(t, home, func(p progressLine) bool { return p.Step == step }, args...)
}

// progressLine is one of --json.
type progressLine struct {
	Step string
	Done int64
}

// killedWhen is killedAt for any report.
func killedWhen(t *testing.T, home string, is func(progressLine) bool, args ...string) bool {
	t.Helper()
	killed, _ := signalledWhen(t, home, os.Kill, is, args...)
	return killed
}

// signalledWhen is killedWhen with any signal; it returns the exit code, too.
func signalledWhen(t *testing.T, home string, signal os.Signal, is func(progressLine) bool, args ...string) (sent bool, code int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"as-cofre", "--home", home, "--json"}, args...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		var p progressLine
		if json.Unmarshal(lines.Bytes(), &p) == nil && is(p) && !sent {
			sent = true
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd.Wait() // its error is the exit code
	return sent, cmd.ProcessState.ExitCode()
}

func TestAfterAKillTheDatabaseIsWholeAndTheNextStartSaysWhatHappened(t *testing.T) {
	for _, step := range []string{"stage", "safety", "apply", "verify"} {
		t.Run(step, func(t *testing.T) {
			home, path := t.TempDir(), filepath.Join(t.TempDir(), "app.sqlite3")
			if _, err := sample.Write(context.Background(), path, sample.Options{App: sample.Finance, Rows: 20000, Seed: 1}); err != nil {
				t.Fatal(err)
			}
			fresh := sqliteText(t, path)
			made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", path, "--json").want(t, 0))
			if _, err := sample.Damage(context.Background(), path); err != nil {
				t.Fatal(err)
			}
			damaged := sqliteText(t, path)
			for try := 0; !killedAt(t, home, step, "restore", made.ID, "--db", path, "--yes"); try++ {
				if try == 9 {
					t.Fatal("the restore was always over before it could be killed")
				}
				if _, err := sample.Damage(context.Background(), path); err != nil {
					t.Fatal(err)
				}
			}
			a := cofre(t, home, "list", "--json").want(t, 0)
			var said struct {
				Interrupted struct{ Kind, Step, State, Safety string }
			}
			if err := json.Unmarshal([]byte(strings.SplitN(a.err, "\n", 2)[0]), &said); err != nil || said.Interrupted.Kind != "restore" {
				t.Fatalf("the next start says %q", a.err)
			}
			held := map[string]string{damaged: "old", fresh: "new"}[sqliteText(t, path)]
			if held == "" || said.Interrupted.State != held {
				t.Errorf("the database holds %q content, the next start says %+v", held, said.Interrupted)
			}
			if s := said.Interrupted; (s.Step == "apply" || s.Step == "verify") && sqliteText(t, s.Safety) != damaged {
				t.Errorf("the safety backup %s does not hold the old content", s.Safety)
			}
			if left, _ := filepath.Glob(filepath.Join(home, "*", ".cofre-partial-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if again := cofre(t, home, "list", "--json").want(t, 0); !strings.Contains(again.err, "interrupted") {
				t.Error("a command that no person saw has used up the notice")
			}
			cofre(t, home, "restore", made.ID, "--db", path, "--yes").want(t, 0)
			if sqliteText(t, path) != fresh {
				t.Error("the restore after it does not give the backup")
			}
			if after := cofre(t, home, "list", "--json").want(t, 0); strings.Contains(after.err, "interrupted") {
				t.Error("it is said after a restore has succeeded")
			}
		})
	}
}
