package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"cofre/internal/errs"
)

func reason(err error) string {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// stores are the same promises on both kinds of ground.
func stores(t *testing.T) map[string]*store {
	keyring.MockInit()
	return map[string]*store{
		"file":    {file: file{t.TempDir()}, ring: func() ring { return nil }},
		"keyring": {file: file{t.TempDir()}, ring: func() ring { return systemRing{} }},
	}
}

func TestAPasswordIsKeptReplacedAndForgotten(t *testing.T) {
	for about, s := range stores(t) {
		if _, err := s.Get("a"); errs.CodeOf(err) != errs.NotFound || reason(err) != "secret.missing" {
			t.Errorf("%s: Get before Set: %v", about, err)
		}
		for id, password := range map[string]string{"a": "pass word", "b": "", "c": "ção\n\x00" + strings.Repeat("x", 3000)} {
			for range 2 {
				if err := s.Set(id, password); err != nil {
					t.Fatalf("%s: %v", about, err)
				}
			}
			if got, err := s.Get(id); err != nil || got != password {
				t.Errorf("%s: Get(%s) = %q, %v", about, id, got, err)
			}
		}
		if err := s.Set("a", "new"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get("a"); err != nil || got != "new" {
			t.Errorf("%s: Get = %q, %v after it was replaced", about, got, err)
		}
		for range 2 {
			if err := s.Delete("a"); err != nil {
				t.Errorf("%s: Delete: %v", about, err)
			}
		}
		if _, err := s.Get("a"); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("%s: Get after Delete: %v", about, err)
		}
		if got, err := s.Get("b"); err != nil || got != "" {
			t.Errorf("%s: Get of another = %q, %v", about, got, err)
		}
	}
}

func TestNoFileHoldsAPasswordThatCanBeRead(t *testing.T) {
	for about, s := range stores(t) {
		if err := s.Set("a", "open sesame"); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(s.file.folder)
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(filepath.Join(s.file.folder, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw), "sesame") {
				t.Errorf("%s: %s holds the password", about, f.Name())
			}
			info, err := f.Info()
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %s has the rights %v", about, f.Name(), info.Mode().Perm())
			}
			if strings.HasPrefix(f.Name(), ".") {
				t.Errorf("%s: %s was left behind", about, f.Name())
			}
		}
	}
}

func TestAPasswordOutlivesAKeyringThatComesOrGoes(t *testing.T) {
	keyring.MockInit()
	folder := t.TempDir()
	with := &store{file: file{folder}, ring: func() ring { return systemRing{} }}
	without := &store{file: file{folder}, ring: func() ring { return nil }}

	if err := without.Set("filed", "one"); err != nil {
		t.Fatal(err)
	}
	if err := with.Set("ringed", "two"); err != nil {
		t.Fatal(err)
	}
	if got, err := with.Get("filed"); err != nil || got != "one" {
		t.Errorf("from the file, with a keyring: %q, %v", got, err)
	}
	if _, err := without.Get("ringed"); errs.CodeOf(err) != errs.Unavailable || reason(err) != "secret.keyring" {
		t.Errorf("from the keyring, without it: %v", err)
	}
	if err := without.Delete("ringed"); errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("Delete from the keyring, without it: %v", err)
	}
	if err := without.Set("ringed", "three"); err != nil {
		t.Fatal(err)
	}
	for about, s := range map[string]*store{"with": with, "without": without} {
		if got, err := s.Get("ringed"); err != nil || got != "three" {
			t.Errorf("saved again in the file, %s a keyring: %q, %v", about, got, err)
		}
	}
}

func TestAKeyringThatRefusesIsNoReasonToLoseAPassword(t *testing.T) {
	keyring.MockInitWithError(errors.New("locked"))
	s := &store{file: file{t.TempDir()}, ring: func() ring { return systemRing{} }}
	if err := s.Set("a", "one"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get("a"); err != nil || got != "one" {
		t.Errorf("Get = %q, %v", got, err)
	}
}

func TestAKeyringThatWasClearedIsAMissingPassword(t *testing.T) {
	keyring.MockInit()
	s := &store{file: file{t.TempDir()}, ring: func() ring { return systemRing{} }}
	if err := s.Set("a", "one"); err != nil {
		t.Fatal(err)
	}
	keyring.MockInit() // somebody emptied it
	if _, err := s.Get("a"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("Get: %v", err)
	}
	if err := s.Delete("a"); err != nil {
		t.Errorf("Delete: %v", err)
	}
}

func TestAKeyringThatHangsIsGivenUp(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	if _, err := within(time.Millisecond, func() (string, error) { <-hang; return "", nil }); !errors.Is(err, errSilent) {
		t.Errorf("got %v", err)
	}
	if _, err := within(time.Minute, func() (string, error) { panic("bus") }); err == nil || !strings.Contains(err.Error(), "bus") {
		t.Errorf("a panic of the library: %v", err)
	}
}

func TestCOFRE_KEYRINGKeepsCofreFromTheKeyring(t *testing.T) {
	keyring.MockInitWithError(errors.New("must not be asked"))
	t.Setenv("COFRE_KEYRING", "off")
	s := Open(t.TempDir()).(*store)
	if s.ring() != nil {
		t.Fatal("there is a ring")
	}
	if err := s.Set("a", "one"); err != nil {
		t.Fatal(err)
	}
}

func TestOpenTouchesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	s := Open(folder)
	if _, err := s.Get("a"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("Get: %v", err)
	}
	if err := s.Delete("a"); err != nil {
		t.Errorf("Delete: %v", err)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder: %v", err)
	}
}

func TestWritersDoNotLoseEachOthersPasswords(t *testing.T) {
	folder := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		s := &store{file: file{folder}, ring: func() ring { return nil }} // as another process has it
		all.Go(func() {
			for j := range 5 {
				if err := s.Set(fmt.Sprint(i, j), fmt.Sprint("password", i, j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	s := &store{file: file{folder}, ring: func() ring { return nil }}
	for i := range 8 {
		for j := range 5 {
			if got, err := s.Get(fmt.Sprint(i, j)); err != nil || got != fmt.Sprint("password", i, j) {
				t.Errorf("Get(%d %d) = %q, %v", i, j, got, err)
			}
		}
	}
}
