//go:build unix

package sqlite

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// asUser carries the order out as an ordinary user, whom rights on files bind:
// this one, or where the tests run as root, nobody.
func (o order) asUser(t *testing.T) answer {
	t.Helper()
	if os.Geteuid() != 0 {
		return o.elsewhere(t)
	}
	binary := filepath.Join(openFolder(t), "helper")
	if err := copyFile(t.Context(), testBinary(t), binary); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := o.process(t, binary)
	cmd.Dir = "/"
	const nobody = 65534
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return answerOf(t, cmd)
}

// limitFiles keeps this process from writing a file larger than bytes.
func limitFiles(bytes uint64) {
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: bytes}); err != nil {
		panic(err)
	}
}
