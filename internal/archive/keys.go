package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"filippo.io/age"

	"cofre/internal/errs"
)

// mostWork bounds what a file can ask of its reader before a passphrase is tried: at
// 2^20, scrypt takes a gigabyte and some seconds. age and rage write 18 to 20.
const mostWork = 20

// maxKeyFile bounds what is read as a key file.
const maxKeyFile = 1 << 20

// Key opens files that are encrypted with age: a passphrase, or an identity
// ("AGE-SECRET-KEY-…"). It is held in memory only, and may be used from several
// goroutines.
type Key struct {
	passphrase bool
	identity   func() (age.Identity, error)

	mu    sync.Mutex
	tried map[string]unlocked // by header: a passphrase takes a second each time
}

type unlocked struct {
	fileKey []byte
	err     error
}

// Passphrase is the key of files that are encrypted with these words.
func Passphrase(words string) *Key {
	return AskPassphrase(func() (string, error) { return words, nil })
}

// AskPassphrase is a passphrase that is asked for when a file needs one, and once.
// An error of ask that has a code is that of whatever reads the file; for another one
// the passphrase is missing, errs.Denied.
func AskPassphrase(ask func() (string, error)) *Key {
	return &Key{passphrase: true, identity: sync.OnceValues(func() (age.Identity, error) {
		words, err := ask()
		if errs.CodeOf(err) == errs.Internal {
			return nil, fmt.Errorf("%w: %w", errUnanswered, err)
		}
		if err != nil {
			return nil, err
		}
		i, err := age.NewScryptIdentity(words)
		if err != nil { // of no words
			return nobody{}, nil //nolint:nilerr // they open no file
		}
		i.SetMaxWorkFactor(mostWork)
		return i, nil
	})}
}

// ReadKeys reads the identities of a key file, as age-keygen writes it. Another
// file is errs.Invalid "archive.key_file".
func ReadKeys(path string) ([]*Key, error) {
	f, info, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	bad := errs.New(errs.Invalid, "archive.key_file", errs.Args{"file": filepath.Base(path)})
	if info.Size() > maxKeyFile {
		return nil, bad
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, FileError(err, path)
	}
	identities, err := age.ParseIdentities(strings.NewReader(strings.ReplaceAll(string(text), "\r\n", "\n")))
	if err != nil {
		return nil, bad // the cause may quote what is in the file
	}
	keys := make([]*Key, len(identities))
	for i, identity := range identities {
		keys[i] = &Key{identity: func() (age.Identity, error) { return identity, nil }}
	}
	return keys, nil
}

type keysKey struct{}

// WithKeys returns a context in which the keys open files, besides those that ctx has.
func WithKeys(ctx context.Context, keys ...*Key) context.Context {
	return context.WithValue(ctx, keysKey{}, slices.Concat(keysOf(ctx), keys))
}

func keysOf(ctx context.Context) []*Key { k, _ := ctx.Value(keysKey{}).([]*Key); return k }

// Unwrap is age's: it gives the key of the file, or age.ErrIncorrectIdentity.
func (k *Key) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if k.passphrase != slices.ContainsFunc(stanzas, isPassphrase) {
		return nil, age.ErrIncorrectIdentity
	}
	if slices.ContainsFunc(stanzas, tooMuchWork) {
		return nil, errTooMuchWork
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	header := headerOf(stanzas)
	if u, ok := k.tried[header]; ok {
		return slices.Clone(u.fileKey), u.err
	}
	identity, err := k.identity()
	if err != nil {
		return nil, err
	}
	var u unlocked
	u.fileKey, u.err = identity.Unwrap(stanzas)
	if len(k.tried) >= 64 || k.tried == nil {
		k.tried = map[string]unlocked{}
	}
	k.tried[header] = u
	return slices.Clone(u.fileKey), u.err
}

// Opened says whether the key has opened a file.
func (k *Key) Opened() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, u := range k.tried {
		if u.err == nil {
			return true
		}
	}
	return false
}

// headerOf is the part of a header that a key is tried on.
func headerOf(stanzas []*age.Stanza) string {
	var b strings.Builder
	for _, s := range stanzas {
		for _, part := range append([]string{s.Type, string(s.Body)}, s.Args...) {
			b.WriteString(strconv.Itoa(len(part)) + " " + part)
		}
	}
	return b.String()
}

func isPassphrase(s *age.Stanza) bool { return s.Type == "scrypt" }

var errUnanswered = errors.New("the passphrase could not be asked for")

var errTooMuchWork = errors.New("its passphrase takes more work than is done for a file")

func tooMuchWork(s *age.Stanza) bool {
	if !isPassphrase(s) || len(s.Args) != 2 {
		return false
	}
	work, err := strconv.Atoi(s.Args[1])
	return err == nil && work > mostWork
}

// nobody opens no file.
type nobody struct{}

func (nobody) Unwrap([]*age.Stanza) ([]byte, error) { return nil, age.ErrIncorrectIdentity }
