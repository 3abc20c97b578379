package secret

import (
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"
)

// ring is the system's keyring. A password that is not in it is errGone.
type ring interface {
	get(id string) (string, error)
	set(id, password string) error
	delete(id string) error
}

var (
	errGone   = errors.New("not in the keyring")
	errSilent = errors.New("the keyring did not answer")
)

// patience is how long a keyring may take: it may be asking the person for its
// own password.
const patience = 30 * time.Second

// systemRing is the keyring of this system: Secret Service, Keychain, Credential Manager.
type systemRing struct{}

func (systemRing) get(id string) (string, error) {
	return within(patience, func() (string, error) { return keyring.Get(service, id) })
}

func (systemRing) set(id, password string) error {
	_, err := within(patience, func() (string, error) { return "", keyring.Set(service, id, password) })
	return err
}

func (systemRing) delete(id string) error {
	_, err := within(patience, func() (string, error) { return "", keyring.Delete(service, id) })
	return err
}

// within calls f and gives up after limit. The library can't be interrupted, so
// a call that hangs stays behind; its late answer goes nowhere.
func within(limit time.Duration, f func() (string, error)) (string, error) {
	type answer struct {
		s   string
		err error
	}
	c := make(chan answer, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				c <- answer{err: fmt.Errorf("ask the keyring: %v", p)}
			}
		}()
		s, err := f()
		c <- answer{s, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case a := <-c:
		if errors.Is(a.err, keyring.ErrNotFound) {
			return "", errGone
		}
		return a.s, a.err
	case <-timer.C:
		return "", errSilent
	}
}
