package secret

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"golang.org/x/crypto/chacha20poly1305"

	"cofre/internal/errs"
)

// file is secrets.json, with secrets.key beside it; both are readable by the user
// alone. Each password is sealed by itself, bound to its id.
type file struct{ folder string }

type index struct {
	Secrets map[string]entry `json:"secrets"`
}

// entry is one password: sealed here, or only a note that the keyring has it.
type entry struct {
	Keyring bool   `json:"keyring,omitempty"`
	Sealed  []byte `json:"sealed,omitempty"` // nonce, then XChaCha20-Poly1305
}

func (f file) path() string    { return filepath.Join(f.folder, "secrets.json") }
func (f file) keyPath() string { return filepath.Join(f.folder, "secrets.key") }

// read returns what is stored; nothing where there is no file yet.
func (f file) read() (*index, error) {
	x := &index{Secrets: map[string]entry{}}
	raw, err := os.ReadFile(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		return x, nil
	}
	if err != nil {
		return nil, f.unreadable(fmt.Errorf("read secrets: %w", err))
	}
	if err := json.Unmarshal(raw, x); err != nil {
		return nil, f.unreadable(fmt.Errorf("read secrets: %w", err))
	}
	if x.Secrets == nil {
		x.Secrets = map[string]entry{}
	}
	return x, nil
}

// change replaces the file by what edit makes of it, one process at a time.
func (f file) change(edit func(*index) error) error {
	if err := os.MkdirAll(f.folder, 0o700); err != nil {
		return f.unwritable(err)
	}
	lock := flock.New(filepath.Join(f.folder, "secrets.lock"), flock.SetPermissions(0o600))
	if err := lock.Lock(); err != nil {
		return f.unwritable(fmt.Errorf("lock secrets: %w", err))
	}
	defer func() { _ = lock.Unlock() }()
	x, err := f.read()
	if err != nil {
		return err
	}
	if err := edit(x); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return f.unwritable(err)
	}
	return f.write(f.path(), append(raw, '\n'))
}

// seal is called inside change: the first password makes the key.
func (f file) seal(id, password string) (entry, error) {
	aead, err := f.cipher(true)
	if err != nil {
		return entry{}, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(password)+aead.Overhead())
	rand.Read(nonce) // never fails: the program would end
	return entry{Sealed: aead.Seal(nonce, nonce, []byte(password), []byte(id))}, nil
}

func (f file) open(id string, e entry) (string, error) {
	aead, err := f.cipher(false)
	if err != nil {
		return "", err
	}
	if len(e.Sealed) < aead.NonceSize() {
		return "", f.unreadable(errors.New("open secret: too short"))
	}
	nonce, sealed := e.Sealed[:aead.NonceSize()], e.Sealed[aead.NonceSize():]
	password, err := aead.Open(nil, nonce, sealed, []byte(id))
	if err != nil {
		return "", f.unreadable(fmt.Errorf("open secret: %w", err))
	}
	return string(password), nil
}

// cipher reads the key; with create it makes one where there is none, or none
// that could ever open anything.
func (f file) cipher(create bool) (cipher.AEAD, error) {
	key, err := os.ReadFile(f.keyPath())
	useless := errors.Is(err, fs.ErrNotExist) || err == nil && len(key) != chacha20poly1305.KeySize
	if create && useless {
		key = make([]byte, chacha20poly1305.KeySize)
		rand.Read(key)
		err = f.write(f.keyPath(), key)
	}
	if err != nil {
		return nil, f.unreadable(fmt.Errorf("read key: %w", err))
	}
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, f.unreadable(fmt.Errorf("read key: %w", err))
	}
	return aead, nil
}

// write makes the file appear whole, readable by the user alone.
func (f file) write(path string, raw []byte) error {
	t, err := os.CreateTemp(f.folder, ".secrets-*") // 0600
	if err != nil {
		return f.unwritable(err)
	}
	defer os.Remove(t.Name()) // gone already when all went well
	_, err = t.Write(raw)
	if err == nil {
		err = t.Sync()
	}
	if e := t.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(t.Name(), path)
	}
	if err != nil {
		return f.unwritable(err)
	}
	if d, err := os.Open(f.folder); err == nil { // Windows cannot sync a folder
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

func (f file) unreadable(err error) error {
	return errs.New(errs.Corrupt, "secret.unreadable", errs.Args{"path": f.path()}).Because(err)
}

func (f file) unwritable(err error) error {
	return errs.New(errs.Unavailable, "secret.write", errs.Args{"path": f.path()}).Because(err)
}
