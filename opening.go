//go:build dev || production || bindings

package main

import (
	"path/filepath"

	"cofre/internal/platform"
	"cofre/internal/text"
)

// alone says whether this is the only window on its data. Where it is not, the other one
// has come to the front, with the file that this one was started with; end must be called
// in the end.
func (a *App) alone() (end func(), alone bool) {
	dirs, err := platform.Home("")
	if err == nil {
		err = dirs.Make()
	}
	if err != nil {
		return func() {}, true // startup meets it again, and the page says it
	}
	a.folder = dirs.Data
	a.place = readPlace(dirs.Data)
	return platform.Single(filepath.Join(dirs.Data, "window.lock"), filepath.Join(dirs.Data, "window.sock"), []byte(a.file),
		func(file []byte) { a.called(string(file)) })
}

// dropped tells the page which files were let go over the window.
func (a *App) dropped(lines []string) {
	paths := whole(lines)
	for i := range paths {
		paths[i] = a.spoken(paths[i])
	}
	a.shell.Emit("dropped", paths)
}

// menuLanguage is the language that the menu bar begins with.
func (a *App) menuLanguage() text.Language {
	if l, ok := text.Parse(a.place.Language); ok {
		return l
	}
	return text.System()
}

// left remembers where the window is when it closes.
func (a *App) left(now place) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.place.Maximised = now.Maximised; !now.Maximised {
		a.place.X, a.place.Y, a.place.Width, a.place.Height, a.place.Known = now.X, now.Y, now.Width, now.Height, true
	}
	a.place.save(a.folder)
}
