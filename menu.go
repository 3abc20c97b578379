package main

import (
	_ "embed"
	"encoding/json"
	"slices"

	"cofre/internal/text"
)

// commandsFile names what the menu bar, the keys, the palette and the list of
// shortcuts offer, for both sides of the window: one list, so that none of them can
// promise what the others do not know.
//
//go:embed frontend/src/lib/commands.json
var commandsFile []byte

// command is one of them. Its name is the word "command.ID"; what it does is the page's.
type command struct {
	ID   string `json:"id"`
	Menu string `json:"menu"` // that it is in: "menu.MENU" is its name
	Key  string `json:"key"`  // with Ctrl or Cmd, but for a function key and "?"
}

// entry is a command as the menu bar shows it. Key is "" where typing it into a field
// has to stay possible: the page hears such a key by itself, outside of fields.
type entry struct{ ID, Label, Key string }

// menuOf is one menu of the bar.
type menuOf struct {
	Label   string
	Entries []entry
}

// menuBar is the menu bar in a language.
func menuBar(l text.Language) (bar []menuOf) {
	var all []command
	if err := json.Unmarshal(commandsFile, &all); err != nil {
		return nil // a test reads the same bytes
	}
	words := text.For(l)
	var begun []string
	for _, c := range all {
		at := slices.Index(begun, c.Menu)
		if at < 0 {
			at, begun = len(begun), append(begun, c.Menu)
			bar = append(bar, menuOf{Label: words.T("menu."+c.Menu, nil)})
		}
		if c.Key == "?" {
			c.Key = ""
		}
		bar[at].Entries = append(bar[at].Entries, entry{c.ID, words.T("command."+c.ID, nil), c.Key})
	}
	return bar
}
