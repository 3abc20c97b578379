package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// The window as it is for whom it has never opened, and the smallest that it gets.
const (
	wide, high           = 1180, 780
	leastWide, leastHigh = 640, 520
)

// place is where the window was and what it showed. It has a small file of its own: the
// window, its menu bar and the language of that are made before state.db may be opened.
type place struct {
	X, Y, Width, Height int
	Known               bool // it has been somewhere
	Maximised           bool
	Page                string // that was open
	Language            string // of the menu bar: "" for the system's
}

// readPlace returns the place that is remembered in the folder; what is not there, or
// can't be read, is where a window begins.
func readPlace(folder string) place {
	p := place{Width: wide, Height: high}
	data, err := os.ReadFile(placeFile(folder))
	if err != nil || json.Unmarshal(data, &p) != nil {
		return place{Width: wide, Height: high}
	}
	p.Width, p.Height = max(p.Width, leastWide), max(p.Height, leastHigh)
	return p
}

// save remembers p. That it can't is no news for somebody who closes a window.
func (p place) save(folder string) {
	if data, err := json.Marshal(p); err == nil && folder != "" {
		_ = os.WriteFile(placeFile(folder), data, 0o600)
	}
}

func placeFile(folder string) string { return filepath.Join(folder, "window.json") }

// on moves and shrinks p so that all of it is on a screen of that size: the one that it
// was on may have gone.
func (p place) on(width, height int) place {
	if width <= 0 || height <= 0 {
		return p
	}
	p.Width, p.Height = min(p.Width, width), min(p.Height, height)
	p.X, p.Y = max(0, min(p.X, width-p.Width)), max(0, min(p.Y, height-p.Height))
	return p
}
