package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatWasLeftOfAMissingDatabaseIsKept(t *testing.T) {
	file, _ := dumped(t, made(t, "", everything))
	target := crashedIn(t, "WAL")
	log, err := os.ReadFile(target.Path + walSuffix)
	if err != nil || len(log) == 0 {
		t.Fatalf("no log: %v", err)
	}
	info, err := os.Stat(target.Path)
	if err != nil {
		t.Fatal(err)
	}
	away := target.Path + ".away"
	if err := os.Rename(target.Path, away); err != nil {
		t.Fatal(err)
	}
	e := &Engine{}
	if e.Lost(target, fileIdentity(info)) {
		t.Error("its log lies there, and it is said to be lost")
	}
	restored(t, target, file)
	stem := strings.TrimSuffix(target.Path, filepath.Ext(target.Path))
	names, err := filepath.Glob(stem + "__left_*" + walSuffix)
	if err != nil || len(names) != 1 {
		t.Fatalf("kept are %q, %v", names, err)
	}
	if kept, err := os.ReadFile(names[0]); err != nil || !bytes.Equal(kept, log) {
		t.Errorf("the log is another one: %v", err)
	}
	if err := os.Remove(target.Path); err != nil {
		t.Fatal(err)
	}
	if !e.Lost(target, fileIdentity(info)) || e.Lost(target, "9999999:1") && fileIdentity(info) != "" || e.Lost(target, "") {
		t.Error("it is lost where it was, and nowhere else")
	}
}
