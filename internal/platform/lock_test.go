package platform

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"cofre/internal/errs"
)

// reason of an error of this package, "" for none.
func reason(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

var since = time.Date(2026, 11, 21, 10, 15, 30, 0, time.UTC)

// TestMain lets the test program be the other process: it takes the lock, says
// so and holds it until its input ends, or until it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("COFRE_TEST_HOLD"); path != "" {
		if _, err := Lock(path, Holder{Kind: "restore", Target: "wimm_prod", Since: since}); err != nil {
			panic(err)
		}
		os.Stdout.WriteString("held\n")
		bufio.NewReader(os.Stdin).ReadByte()
		return // without a release: the lock ends with the process
	}
	m.Run()
}

// holdElsewhere starts a process that holds the lock.
func holdElsewhere(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "COFRE_TEST_HOLD="+path)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	return cmd
}

func TestALockNamesTheOneThatHoldsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "job #1.lock")
	other := holdElsewhere(t, path)

	_, err := Lock(path, Holder{Kind: "backup", Target: "mine"})
	var e *errs.Error
	if !errors.As(err, &e) || e.Code != errs.Busy || e.Reason != "job.running" {
		t.Fatalf("got %v", err)
	}
	want := errs.Args{"kind": "restore", "target": "wimm_prod", "since_at": since.UnixMilli(), "pid": strconv.Itoa(other.Process.Pid)}
	for k, v := range want {
		if e.Args[k] != v {
			t.Errorf("%s is %v, want %v", k, e.Args[k], v)
		}
	}
}

func TestALockEndsWithAProcessThatIsKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "job.lock")
	other := holdElsewhere(t, path)
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	other.Wait()
	release, err := Lock(path, Holder{Kind: "backup"})
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func TestALockIsHeldOnceAndCanBeTakenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "job.lock")
	for range 2 {
		release, err := Lock(path, Holder{Kind: "backup", Target: "a name that is longer than the next one", Since: since})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Lock(path, Holder{}); reason(err) != "job.running" {
			t.Errorf("a second holder in the same process: %v", err)
		}
		release()
		release()
		again, err := Lock(path, Holder{Kind: "b", Since: since})
		if err != nil {
			t.Fatal(err)
		}
		if h := readHolder(path); h.Kind != "b" || h.Target != "" {
			t.Errorf("the file still speaks of the former holder: %+v", h)
		}
		release() // of the former one: must not free the new one
		if _, err := Lock(path, Holder{}); errs.CodeOf(err) != errs.Busy {
			t.Errorf("an old release freed a new lock: %v", err)
		}
		again()
	}
}

func TestAHolderThatCannotBeReadIsStillBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "job.lock")
	release, err := Lock(path, Holder{Kind: "backup"})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := os.Truncate(path, 5); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(path, Holder{}); errs.CodeOf(err) != errs.Busy || reason(err) != "job.running_elsewhere" {
		t.Errorf("got %v", err)
	}
}

func TestALockInAFolderThatIsMissingIsUnavailable(t *testing.T) {
	if _, err := Lock(filepath.Join(t.TempDir(), "none", "job.lock"), Holder{}); reason(err) != "platform.lock" {
		t.Errorf("got %v", err)
	}
}
