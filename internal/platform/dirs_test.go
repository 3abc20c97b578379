package platform

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWithAHomeOfItsOwnCofreKeepsAllUnderIt(t *testing.T) {
	t.Setenv("COFRE_HOME", filepath.Join(t.TempDir(), "from environment"))
	override := filepath.Join(t.TempDir(), "cofre #1 ção")
	for home, ask := range map[string]string{os.Getenv("COFRE_HOME"): "", override: override} {
		d, err := Home(ask)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{d.Data, d.Backups, d.Cache, d.State, d.Lock, d.Log} {
			if !strings.HasPrefix(path, home) {
				t.Errorf("%s is not under %s", path, home)
			}
		}
		if _, err := os.Stat(home); !os.IsNotExist(err) {
			t.Errorf("Home touched %s: %v", home, err)
		}
		if err := d.Make(); err != nil {
			t.Fatal(err)
		}
		if err := d.Make(); err != nil {
			t.Errorf("Make a second time: %v", err)
		}
		for _, dir := range []string{home, d.Data, d.Backups, d.Cache, filepath.Dir(d.Log)} {
			info, err := os.Stat(dir)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
				t.Errorf("%s has the rights %v", dir, info.Mode().Perm())
			}
		}
	}
}

func TestARelativeHomeIsMadeAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	d, err := Home("here")
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(d.State) {
		t.Errorf("state is at %s", d.State)
	}
}

func TestAFolderThatIsAFileIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Home(file)
	if err != nil {
		t.Fatal(err)
	}
	if reason(d.Make()) != "platform.folder" {
		t.Errorf("got %v", d.Make())
	}
}
