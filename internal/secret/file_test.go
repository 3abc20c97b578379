package secret

import (
	"encoding/json"
	"os"
	"testing"

	"cofre/internal/errs"
)

func TestAFileThatWasTamperedWithIsCorrupt(t *testing.T) {
	damage := map[string]func(f file, x *index){
		"another's password": func(_ file, x *index) { x.Secrets["a"] = x.Secrets["b"] },
		"a flipped bit": func(_ file, x *index) {
			sealed := x.Secrets["a"].Sealed
			sealed[len(sealed)-1] ^= 1
		},
		"too short": func(_ file, x *index) { x.Secrets["a"] = entry{Sealed: []byte("short")} },
		"another key": func(f file, _ *index) {
			if err := os.WriteFile(f.keyPath(), make([]byte, 32), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a broken key": func(f file, _ *index) {
			if err := os.WriteFile(f.keyPath(), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"no key": func(f file, _ *index) {
			if err := os.Remove(f.keyPath()); err != nil {
				t.Fatal(err)
			}
		},
	}
	for about, harm := range damage {
		s := &store{file: file{t.TempDir()}, ring: func() ring { return nil }}
		for _, id := range []string{"a", "b"} {
			if err := s.Set(id, "password of "+id); err != nil {
				t.Fatal(err)
			}
		}
		x, err := s.file.read()
		if err != nil {
			t.Fatal(err)
		}
		harm(s.file, x)
		raw, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.file.path(), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get("a"); errs.CodeOf(err) != errs.Corrupt || reason(err) != "secret.unreadable" {
			t.Errorf("%s: %q, %v", about, got, err)
		}
		if err := s.Set("a", "typed again"); err != nil {
			t.Errorf("%s: Set: %v", about, err)
		}
		if got, err := s.Get("a"); err != nil || got != "typed again" {
			t.Errorf("%s: after it was typed again: %q, %v", about, got, err)
		}
	}
}

func TestAFileThatIsNoJSONIsCorruptAndStays(t *testing.T) {
	s := &store{file: file{t.TempDir()}, ring: func() ring { return nil }}
	if err := os.WriteFile(s.file.path(), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("a"); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("Get: %v", err)
	}
	if err := s.Set("a", "one"); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("Set: %v", err)
	}
	if raw, err := os.ReadFile(s.file.path()); err != nil || string(raw) != "{" {
		t.Errorf("the file is %q, %v", raw, err)
	}
}
