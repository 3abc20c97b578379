package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/sample"
)

// rescued is a home with a backup, and a live file that is a text.
func rescued(t *testing.T, rows int) (home, path, id, good string) {
	t.Helper()
	home, path = t.TempDir(), filepath.Join(t.TempDir(), "app.sqlite3")
	if _, err := sample.Write(context.Background(), path, sample.Options{App: sample.Finance, Rows: rows, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	good = sqliteText(t, path)
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", path, "--json").want(t, 0))
	writeText(t, path)
	return home, path, made.ID, good
}

const letter = "Dear diary,\n"

func writeText(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(letter), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+"-wal", []byte("old log"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestABrokenFileIsReplacedOnlyWithRescueAndIsKept(t *testing.T) {
	home, path, id, good := rescued(t, 300)
	missing := cofre(t, home, "restore", id, "--db", path, "--yes", "--json").want(t, 3)
	if !strings.Contains(missing.err, "--rescue") || !strings.Contains(missing.out, "__broken_") || content(t, path) != letter {
		t.Fatalf("without --rescue it says %s %s", missing.out, missing.err)
	}
	r := read[struct {
		Status   string
		Verified bool
		Safety   any
		KeptFile string `json:"kept_file"`
	}](t, cofre(t, home, "restore", id, "--db", path, "--yes", "--rescue", "--json").want(t, 0))
	if r.Status != "succeeded" || !r.Verified || r.Safety != nil || sqliteText(t, path) != good {
		t.Errorf("ended %+v", r)
	}
	if content(t, r.KeptFile) != letter || content(t, r.KeptFile+"-wal") != "old log" {
		t.Errorf("kept as %s", r.KeptFile)
	}
	if u := cofre(t, home, "undo", "--db", path, "--yes"); u.code != 10 || !strings.Contains(u.err, r.KeptFile) || sqliteText(t, path) != good {
		t.Errorf("undo exits %d and says %s", u.code, u.err)
	}
}

func TestAfterAKillInARescueTheFileIsTheBrokenOneOrTheNewOne(t *testing.T) {
	for _, step := range []string{"stage", "keep", "apply", "verify"} {
		t.Run(step, func(t *testing.T) {
			home, path, id, good := rescued(t, 20000)
			for try := 0; !killedAt(t, home, step, "restore", id, "--db", path, "--yes", "--rescue"); try++ {
				if try == 9 {
					t.Fatal("the restore was always over before it could be killed")
				}
				writeText(t, path)
			}
			a := cofre(t, home, "list", "--json").want(t, 0)
			var said struct {
				Interrupted struct {
					Step, State string
					KeptFile    string `json:"kept_file"`
				}
			}
			if err := json.Unmarshal([]byte(strings.SplitN(a.err, "\n", 2)[0]), &said); err != nil {
				t.Fatalf("the next start says %q", a.err)
			}
			s := said.Interrupted
			switch now := content(t, path); {
			case now == letter:
				if s.State != "old" || content(t, path+"-wal") != "old log" {
					t.Errorf("the old file is there, and the next start says %+v", s)
				}
			case sqliteText(t, path) != good || s.State != "new":
				t.Errorf("the new content is there, and the next start says %+v", s)
			}
			if s.Step == "apply" || s.Step == "verify" {
				if content(t, s.KeptFile) != letter || content(t, s.KeptFile+"-wal") != "old log" {
					t.Errorf("what was kept as %q is gone", s.KeptFile)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".cofre-partial-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			cofre(t, home, "restore", id, "--db", path, "--yes", "--rescue").want(t, 0)
			if sqliteText(t, path) != good {
				t.Error("the restore after it does not give the backup")
			}
		})
	}
}
