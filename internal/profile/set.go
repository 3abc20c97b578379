package profile

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"cofre/internal/errs"
)

//go:embed known/*.json
var files embed.FS

// Set is the applications that can be recognised. It does not change, and may
// be used from several goroutines.
type Set struct {
	declarations []declaration // the first that fits is the one
}

var known = sync.OnceValue(func() []declaration {
	names, err := fs.Glob(files, "known/*.json")
	if err != nil {
		panic(err)
	}
	var all []declaration
	for _, name := range names {
		file, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		d, err := parse(file)
		if err != nil {
			panic(fmt.Errorf("read %s: %w", name, err)) // part of the program: a test parses them all
		}
		all = append(all, d)
	}
	return all
})

// Known is the applications that come with Cofre.
func Known() Set { return setOf(known()) }

// setOf tries applications before what they are made with, else in order.
func setOf(all []declaration) Set {
	var s Set
	for _, generic := range []bool{false, true} {
		for _, d := range all {
			if d.Generic == generic {
				s.declarations = append(s.declarations, d)
			}
		}
	}
	return s
}

// maxFile is the size of the largest profile file that is read.
const maxFile = 1 << 20

// Load is Known and the person's own profiles, the *.json files of folder dir,
// which go before in the order of their names. A folder that is not there is
// like an empty one. Files that can't be used are named by the error
// (errs.Invalid "profile.file" each, joined); the set without them is returned
// beside it and is good to use.
func Load(dir string) (Set, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Known(), nil
	}
	if err != nil {
		return Known(), fmt.Errorf("read profiles: %w", err)
	}
	var own []declaration
	var bad []error
	for _, e := range entries {
		if e.IsDir() || !strings.EqualFold(filepath.Ext(e.Name()), ".json") {
			continue
		}
		d, err := load(filepath.Join(dir, e.Name()))
		if err != nil {
			bad = append(bad, errs.New(errs.Invalid, "profile.file", errs.Args{"file": e.Name()}).With(err.Error()))
			continue
		}
		own = append(own, d)
	}
	return setOf(append(own, known()...)), errors.Join(bad...)
}

func load(path string) (declaration, error) {
	info, err := os.Stat(path)
	if err != nil {
		return declaration{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return declaration{}, fmt.Errorf("not a file of at most %d bytes", maxFile)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return declaration{}, err
	}
	return parse(file)
}

// Detect is Known().Detect.
func Detect(ctx context.Context, source Source, counts map[string]int64) (*Facts, error) {
	return Known().Detect(ctx, source, counts)
}

// Detect returns what is known of the database behind source, nil where its
// application is not. Counts are the exact rows of the tables, by the names that
// source gives them; a table that is not there, or below 0, is not counted. At
// most 10,000 rows of a table are read. Where a table can't be read, the facts
// without it are returned beside the error.
func (s Set) Detect(ctx context.Context, source Source, counts map[string]int64) (*Facts, error) {
	all := schemas(source)
	for _, d := range s.declarations {
		for _, schema := range all {
			if d.fits(schema) {
				return d.facts(ctx, schema, counts)
			}
		}
	}
	return nil, nil
}

func (d declaration) fits(s *schema) bool {
	for _, need := range d.Needs {
		if _, ok := s.find(need); !ok {
			return false
		}
	}
	return true
}
