// Package appsettings reads where an application's database is out of what its people
// write down: an address, a .env file, Django's DATABASES, a connection string or a
// service of PostgreSQL's own tools. It promises to run nothing, to look nothing up
// in the environment of this machine but PostgreSQL's service file, and to repeat no
// password in an error. It does not promise to understand programs: what a settings
// file computes is left open, and named.
package appsettings

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Limit is how large a text may be. Settings are small; what is larger is not read.
const Limit = 256 << 10

// Found is a database that a text names.
type Found struct {
	Connection backup.Connection // its kind and where it is; without an ID or a name
	Password   string            // "" where the text has none
	Open       []string          // what the text takes from variables that it does not hold
	Ignored    []string          // parameters that PostgreSQL's own tools do not know
}

// Read reads text. Relative paths of SQLite files are those of folder, where that is
// known. An error is errs.Invalid with its reason, or what backup.ParseTarget says of
// the address that was found.
func Read(text, folder string) (Found, error) {
	if len(text) > Limit {
		return Found{}, errs.New(errs.Invalid, "settings.too_long", errs.Args{"limit_bytes": int64(Limit)})
	}
	text = strings.TrimSpace(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"))
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return Found{}, errs.New(errs.Invalid, "settings.not_text", nil)
	}
	f, err := read(text, folder)
	slices.Sort(f.Open)
	f.Open = slices.Compact(f.Open)
	slices.Sort(f.Ignored)
	return f, err
}

func read(text, folder string) (Found, error) {
	switch {
	case text == "":
		return Found{}, errs.New(errs.Invalid, "settings.empty", nil)
	case isAddress(text):
		return ofAddress(text, folder)
	case isPairs(text):
		return ofPairs(text)
	}
	if strings.HasPrefix(text, "[") {
		if f, ok, err := ofService(text); ok {
			return f, err
		}
	}
	var open []string
	if django.MatchString(text) {
		f, ok, err := ofDjango(text, folder)
		if ok || err != nil {
			return f, err
		}
		open = f.Open
	}
	if f, ok, err := ofVariables(scan(text), folder); ok || err != nil {
		return f, err
	}
	if !strings.ContainsAny(text, "\n=:") {
		switch {
		case strings.ContainsAny(text, `/\`) || isSQLiteName(text):
			return ofPath(text, folder)
		case word.MatchString(text):
			return connect(map[string]string{"service": text})
		}
	}
	if len(open) > 0 {
		slices.Sort(open)
		return Found{}, errs.New(errs.Invalid, "settings.elsewhere", errs.Args{"names": strings.Join(slices.Compact(open), ", ")})
	}
	return Found{}, errs.New(errs.Invalid, "settings.nothing", nil)
}

var word = regexp.MustCompile(`^[\w.-]+$`)

// ReadFile is Read of a file, of which no more than Limit is read.
func ReadFile(path string) (Found, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return Found{}, errs.New(errs.Invalid, "settings.not_text", nil)
	}
	if err == nil && info.Size() > Limit {
		return Found{}, errs.New(errs.Invalid, "settings.too_long", errs.Args{"limit_bytes": int64(Limit)})
	}
	f, err := os.Open(path)
	if err != nil {
		return Found{}, unread(err, path)
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, Limit+1)) // it may have grown
	if err != nil {
		return Found{}, unread(err, path)
	}
	text := decoded(content)
	// A lone word or path is what somebody types; a file that holds no more is a letter.
	if !strings.ContainsAny(strings.TrimSpace(text), "\n=:") {
		return Found{}, errs.New(errs.Invalid, "settings.nothing", nil)
	}
	return Read(text, filepath.Dir(path))
}

func unread(err error, path string) error {
	code := errs.Unavailable
	if errors.Is(err, os.ErrNotExist) {
		code = errs.NotFound
	}
	return errs.New(code, "settings.unread", errs.Args{"file": filepath.Base(path)}).Because(err)
}

// decoded is content as text; what Windows writes with a mark in front is UTF-16.
func decoded(content []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return string(content)
	}
	units := make([]uint16, 0, len(content)/2)
	for at := 2; at+1 < len(content); at += 2 {
		units = append(units, order.Uint16(content[at:]))
	}
	return string(utf16.Decode(units))
}
