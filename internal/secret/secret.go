// Package secret keeps passwords: in the system's keyring where one answers, else
// in a file that is encrypted with a key of its own. A file secrets.json says for
// each which of the two it is, so that a keyring that comes or goes never makes
// Cofre forget or mix up a password. It promises no protection against a program
// that runs as the same user.
package secret

import (
	"errors"
	"os"
	"strings"
	"sync"

	"cofre/internal/errs"
)

// Store keeps passwords by id. It may be used from several goroutines and
// processes.
type Store interface {
	// Get returns the password; errs.NotFound "secret.missing" where none is stored,
	// errs.Unavailable "secret.keyring" where it is in a keyring that does not answer.
	Get(id string) (string, error)
	// Set stores or replaces the password of id, durably.
	Set(id, password string) error
	// Delete forgets it. Twice is harmless.
	Delete(id string) error
}

// Open returns the store whose files are in folder. Nothing is read, and no
// keyring is asked, before the first call. COFRE_KEYRING=off keeps it from the
// keyring.
func Open(folder string) Store {
	return &store{file: file{folder: folder}, ring: sync.OnceValue(func() ring {
		if strings.EqualFold(os.Getenv("COFRE_KEYRING"), "off") || !reachable() {
			return nil
		}
		return systemRing{}
	})}
}

// store prefers the ring and falls back to the file. Whatever a keyring's reason
// is to refuse a password, the file takes it.
type store struct {
	file file
	ring func() ring // nil: there is none
}

// service is the name under which passwords appear in the keyring.
const service = "cofre"

func (s *store) Get(id string) (password string, err error) {
	x, err := s.file.read()
	if err != nil {
		return "", err
	}
	e, ok := x.Secrets[id]
	if !ok {
		return "", errs.New(errs.NotFound, "secret.missing", nil)
	}
	if !e.Keyring {
		return s.file.open(id, e)
	}
	ring := s.ring()
	if ring == nil {
		return "", errs.New(errs.Unavailable, "secret.keyring", nil)
	}
	password, err = ring.get(id)
	if errors.Is(err, errGone) {
		return "", errs.New(errs.NotFound, "secret.missing", nil).Because(err)
	}
	if err != nil {
		return "", errs.New(errs.Unavailable, "secret.keyring", nil).Because(err)
	}
	return password, nil
}

func (s *store) Set(id, password string) error {
	if ring := s.ring(); ring != nil && ring.set(id, password) == nil {
		return s.file.change(func(x *index) error {
			x.Secrets[id] = entry{Keyring: true}
			return nil
		})
	}
	return s.file.change(func(x *index) error {
		e, err := s.file.seal(id, password)
		if err != nil {
			return err
		}
		x.Secrets[id] = e
		return nil
	})
}

func (s *store) Delete(id string) error {
	x, err := s.file.read()
	if err != nil {
		return err
	}
	e, ok := x.Secrets[id]
	if !ok {
		return nil
	}
	if e.Keyring {
		ring := s.ring()
		if ring == nil {
			return errs.New(errs.Unavailable, "secret.keyring", nil)
		}
		if err := ring.delete(id); err != nil && !errors.Is(err, errGone) {
			return errs.New(errs.Unavailable, "secret.keyring", nil).Because(err)
		}
	}
	return s.file.change(func(x *index) error {
		delete(x.Secrets, id)
		return nil
	})
}
