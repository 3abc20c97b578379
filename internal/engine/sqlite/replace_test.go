package sqlite

import (
	"path/filepath"
	"testing"

	"cofre/internal/backup"
)

func TestWhatOthersWroteSinceTheCommitIsNoticed(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			target := made(t, "PRAGMA journal_mode = "+mode, small)
			file, _ := dumped(t, made(t, "", everything))
			to, err := openToReplace(t.Context(), target.Path, false)
			if err != nil {
				t.Fatal(err)
			}
			defer to.close()
			sound := examine(t.Context(), file)
			defer sound.end()
			r := replacing{target: target, from: file, pages: 100, sound: sound, progress: unheard}
			if err := r.run(t.Context(), to); err != nil {
				t.Fatal(err)
			}
			if r.others(to) {
				t.Error("nobody has written, and somebody was noticed")
			}
			script(t, target.Path, "DELETE FROM note;")
			if err := to.snapshot(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !r.others(to) {
				t.Error("somebody has written, and nobody was noticed")
			}
			to.end(t.Context())
			held, err := r.held(t.Context(), to)
			if table, _ := held.Table("note"); err != nil || table.Rows != 3 {
				t.Errorf("held = %v, %v; want what went in", held.Tables, err)
			}
		})
	}
}

func TestProgressNeverGoesBack(t *testing.T) {
	var seen []backup.Update
	p := onward(func(u backup.Update) { seen = append(seen, u) })
	for _, u := range []backup.Update{{Done: 2, Total: 9}, {Done: 8, Total: 9}, {Done: 2, Total: 6}, {Done: 6, Total: 6}} {
		p(u)
	}
	want := []backup.Update{{Done: 2, Total: 9}, {Done: 8, Total: 9}, {Done: 8, Total: 8}, {Done: 8, Total: 8}}
	for i := range want {
		if seen[i] != want[i] {
			t.Errorf("report %d = %+v, want %+v", i, seen[i], want[i])
		}
	}
}

func TestAFileIsNamedToSQLiteWithoutMeaning(t *testing.T) {
	for path, want := range map[string]string{
		"/data/app.db":     "file:///data/app.db?",
		"/a b/c#d%e?f&g=h": "file:///a%20b/c%23d%25e%3Ff&g=h?",
		"/new\nline'\"":    "file:///new%0Aline%27%22?",
		"//server/share/x": "file:////server/share/x?",
	} {
		got := uri(path, "")
		if len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("uri(%q) = %q, want it to begin with %q", path, got, want)
		}
	}
	if filepath.Separator == '\\' {
		if got := uri(`C:\x y`, ""); got[:len("file:///C:/x%20y?")] != "file:///C:/x%20y?" {
			t.Errorf("uri of a path with a drive = %q", got)
		}
	}
}
