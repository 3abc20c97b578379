package main

import (
	"os"
	"strings"
	"unicode/utf8"
)

// whole puts paths together again that were cut at a line break in a name: the window
// system hands over several paths as lines. What is there counts.
func whole(lines []string) (paths []string) {
	for i := 0; i < len(lines); i++ {
		path, next := lines[i], i
		for j := i; j < len(lines) && !there(path); {
			if j++; j == len(lines) {
				break
			}
			if longer := strings.Join(lines[i:j+1], "\n"); there(longer) {
				path, next = longer, j
			}
		}
		i = next
		paths = append(paths, path)
	}
	return paths
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// spoken is a path as the page can say it: JSON has no words for bytes that are no
// UTF-8, which a name on Unix may have. What meant gets of it is the path.
func (a *App) spoken(path string) string {
	if utf8.ValidString(path) {
		return path
	}
	said := strings.ToValidUTF8(path, "\uFFFD")
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.unspoken[said] != "" && a.unspoken[said] != path {
		said += "\uFFFD" // two names that look the same are two files
	}
	if a.unspoken == nil {
		a.unspoken = map[string]string{}
	}
	a.unspoken[said] = path
	return said
}

// meant is the path of which spoken said that.
func (a *App) meant(said string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if path, ok := a.unspoken[said]; ok {
		return path
	}
	return said
}
