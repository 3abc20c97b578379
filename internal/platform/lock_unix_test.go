//go:build unix

package platform

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestALockThatOutlivesItsKilledHolderIsWaitedFor: a child has it until it is the program
// that it becomes.
func TestALockThatOutlivesItsKilledHolderIsWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		alive bool
		want  string
	}{"its holder is gone": {false, ""}, "its holder lives": {true, "job.running"}} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "job.lock")
			child, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Flock(int(child.Fd()), syscall.LOCK_EX); err != nil {
				t.Fatal(err)
			}
			holder := exec.Command(os.Args[0], "-test.run=^$")
			if err := holder.Run(); err != nil {
				t.Fatal(err)
			}
			h := Holder{PID: holder.Process.Pid, Kind: "restore", Target: "app", Since: since}
			if c.alive {
				h.PID = os.Getpid()
			}
			if err := writeHolder(path, h); err != nil {
				t.Fatal(err)
			}
			parting := time.AfterFunc(passing/20, func() { child.Close() })
			defer parting.Stop()
			release, err := Lock(path, Holder{Kind: "recover", Since: since})
			if reason(err) != c.want {
				t.Fatalf("the lock: %v", err)
			}
			if err == nil {
				release()
			}
		})
	}
}
