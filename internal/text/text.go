// Package text words what the core reports by codes and arguments, in the
// person's language. The words are flat JSON files, a file an area, which the
// window reads too; templates therefore know few rules, and the window has the
// same:
//
//	{name}          the argument of that name, shown by what it is (below)
//	{name:row|rows} the number and the word that goes with it: 1 row, 2,104 rows
//
// How an argument is shown: one whose name ends in _bytes as a size, in _ms as a
// duration, in _at (Unix milliseconds, or a time) as a date; other numbers
// grouped as the language does it, so what is no quantity (a port, a process)
// must be passed as a string. A list is joined by commas. A string S of argument
// NAME is worded by the key "word.NAME.S" where there is one; any other is shown
// clean (Clean). What is missing is shown as "–". Any other brace is text.
package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sync"
	"time"

	"cofre/internal/errs"
)

//go:embed en/*.json pt-BR/*.json
var files embed.FS

// words are all keys of a language.
type words map[string]string

// load reads the files of a language. They are part of the program, so a broken
// one is a defect that the tests find.
func load(lang Language) (words, error) {
	all := words{}
	names, err := fs.Glob(files, path.Join(string(lang), "*.json"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var some words
		if err := json.Unmarshal(raw, &some); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		for key, template := range some {
			if _, twice := all[key]; twice {
				return nil, fmt.Errorf("read %s: %q is in another file too", name, key)
			}
			all[key] = template
		}
	}
	return all, nil
}

var catalogue = map[Language]func() words{
	English:    sync.OnceValue(func() words { return mustLoad(English) }),
	Portuguese: sync.OnceValue(func() words { return mustLoad(Portuguese) }),
}

func mustLoad(lang Language) words {
	w, err := load(lang)
	if err != nil {
		panic(err)
	}
	return w
}

// Printer words keys in one language. It may be used from several goroutines.
type Printer struct {
	lang  Language
	words words
	next  words            // English, for a key that lang does not have
	now   func() time.Time // tells today from yesterday
}

// For returns the printer of a language; English for one that Cofre does not speak.
func For(lang Language) *Printer {
	if _, ok := catalogue[lang]; !ok {
		lang = English
	}
	return &Printer{lang: lang, words: catalogue[lang](), next: catalogue[English](), now: time.Now}
}

// Language that p speaks.
func (p *Printer) Language() Language { return p.lang }

// Has says whether there are words for key.
func (p *Printer) Has(key string) bool {
	_, ok := p.template(key)
	return ok
}

// T returns the words of key; in English where p's language has none, and the
// key itself where there are none at all.
func (p *Printer) T(key string, args map[string]any) string {
	template, ok := p.template(key)
	if !ok {
		return key
	}
	return p.fill(template, args)
}

func (p *Printer) template(key string) (string, bool) {
	if t, ok := p.words[key]; ok {
		return t, true
	}
	t, ok := p.next[key]
	return t, ok
}

// Check words a finding of a plan; hint is "" where there is nothing to do.
func (p *Printer) Check(code string, args errs.Args) (message, hint string) {
	return p.T("check."+code+".message", args), p.optional("check."+code+".hint", args)
}

func (p *Printer) optional(key string, args map[string]any) string {
	if !p.Has(key) {
		return ""
	}
	return p.T(key, args)
}
