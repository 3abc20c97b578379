package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"cofre/internal/text"
)

func TestTheMenuBarHasEveryCommandWithAKeyOfItsOwnInBothLanguages(t *testing.T) {
	var all []command
	if err := json.Unmarshal(commandsFile, &all); err != nil {
		t.Fatal(err)
	}
	// What Wails parses: one character, plus, or a function key.
	key := regexp.MustCompile(`^(.|plus|f\d+)$`)
	for _, l := range []text.Language{text.English, text.Portuguese} {
		seen := map[string]bool{}
		n := 0
		for _, m := range menuBar(l) {
			if m.Label == "" {
				t.Errorf("%s: a menu without a name", l)
			}
			for _, e := range m.Entries {
				n++
				if e.Label == "" || e.Label == "command."+e.ID || seen[e.ID] || seen[e.Key] && e.Key != "" {
					t.Errorf("%s: %+v", l, e)
				}
				if e.Key != "" && !key.MatchString(e.Key) {
					t.Errorf("%s has the key %q", e.ID, e.Key)
				}
				seen[e.ID], seen[e.Key] = true, true
			}
		}
		if n != len(all) {
			t.Errorf("%s: %d of %d commands", l, n, len(all))
		}
	}
}

func TestAWindowComesBackOnTheScreenThatIsThere(t *testing.T) {
	folder := t.TempDir()
	if p := readPlace(folder); p != (place{Width: wide, Height: high}) {
		t.Errorf("of nothing: %+v", p)
	}
	was := place{X: 2500, Y: -40, Width: 1900, Height: 1000, Known: true, Page: "backups", Language: "pt-BR"}
	was.save(folder)
	p := readPlace(folder)
	if p != was {
		t.Errorf("remembered %+v", p)
	}
	if on := p.on(1366, 768); on.X != 0 || on.Y != 0 || on.Width != 1366 || on.Height != 768 {
		t.Errorf("on a small screen it is at %+v", on)
	}
	if on := p.on(3840, 2160); on.X != 3840-1900 || on.Y != 0 {
		t.Errorf("on a large screen it is at %+v", on)
	}
	if err := os.WriteFile(placeFile(folder), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p := readPlace(folder); p != (place{Width: wide, Height: high}) {
		t.Errorf("of what can't be read: %+v", p)
	}
}

func TestAPathThatWasCutAtALineBreakIsOneFile(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Skip("this system has no such names")
		}
		return path
	}
	a, b, c := file("a.dump"), file("in\ntwo\n\nparts.dump"), file("folder\n/c.dump")
	lines := []string{a, filepath.Join(dir, "in"), "two", "", "parts.dump", filepath.Join(dir, "gone.dump"), filepath.Join(dir, "folder"), "/c.dump", a}
	if got := whole(lines); !slices.Equal(got, []string{a, b, filepath.Join(dir, "gone.dump"), c, a}) {
		t.Errorf("%q", got)
	}
}

func TestAPathThatIsNoTextIsCalledByOneThatIs(t *testing.T) {
	a := NewApp("")
	one, two := "/tmp/caf\xe9.dump", "/tmp/caf\xe8.dump"
	first, second := a.spoken(one), a.spoken(two)
	if first == second || a.meant(first) != one || a.meant(second) != two || a.spoken(one) != first {
		t.Errorf("%q and %q", first, second)
	}
	if plain := "/tmp/café.dump"; a.spoken(plain) != plain || a.meant(plain) != plain {
		t.Error("a path that is text is another")
	}
}

func TestASecondStartBringsItsFileToTheFirst(t *testing.T) {
	a := openApp(t)
	a.called("/tmp/early.dump")
	v, err := a.Start()
	if err != nil || v.Open != "/tmp/early.dump" {
		t.Fatalf("a file that came before the page asked: %q %v", v.Open, err)
	}
	heard := make(chan any, 1)
	a.shell = telling{blindShell{t}, heard}
	a.called("/tmp/late.dump")
	if got := <-heard; got != "/tmp/late.dump" {
		t.Errorf("the page hears of %v", got)
	}
}

// telling is a window system that passes on what the page is told.
type telling struct {
	blindShell
	heard chan any
}

func (s telling) Emit(_ string, data any) { s.heard <- data }
