package archive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"cofre/internal/errs"
)

const ageIntro = "age-encryption.org/v1\n"

// decrypt reads what is inside a file that is encrypted with age, binary or in its
// text form, with the keys of ctx. A key that is missing, or wrong, is errs.Denied; what
// was changed or cut off is errs.Corrupt "archive.cipher", at the latest at the end: what
// has been read until then is as it was written.
func decrypt(ctx context.Context, r io.Reader, path string) (io.Reader, error) {
	in := bufio.NewReader(r)
	r = in
	if head, _ := in.Peek(len(armor.Header)); string(head) == armor.Header {
		r = armor.NewReader(&shortLines{r: in})
	}
	identities := []age.Identity{nobody{}}
	for _, k := range keysOf(ctx) {
		identities = append(identities, k)
	}
	plain, err := age.Decrypt(r, identities...)
	if err != nil {
		return nil, keyError(err, keysOf(ctx), path)
	}
	return &decrypted{plain, path}, nil
}

type decrypted struct {
	r    io.Reader
	path string
}

func (d *decrypted) Read(b []byte) (int, error) {
	n, err := d.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = cipherError(err, d.path)
	}
	return n, err
}

// keyError says why a file could not be opened: for want of a key, with the wrong
// one, or because its header is damaged.
func keyError(err error, keys []*Key, path string) error {
	args := errs.Args{"file": filepath.Base(path)}
	if errors.Is(err, errTooMuchWork) {
		return errs.New(errs.Invalid, "archive.passphrase_work", args)
	}
	if errors.Is(err, errUnanswered) {
		return errs.New(errs.Denied, "archive.passphrase_needed", args).Because(err)
	}
	var none *age.NoIdentityMatchError
	if !errors.As(err, &none) {
		return cipherError(err, path)
	}
	passphrase := slices.Contains(none.StanzaTypes, "scrypt")
	tried := slices.ContainsFunc(keys, func(k *Key) bool { return k.passphrase == passphrase })
	switch {
	case passphrase && tried:
		return errs.New(errs.Denied, "archive.passphrase_wrong", args)
	case passphrase:
		return errs.New(errs.Denied, "archive.passphrase_needed", args)
	case !slices.ContainsFunc(none.StanzaTypes, func(of string) bool { return of == "X25519" || of == "mlkem768x25519" }):
		args["what"] = strings.Join(none.StanzaTypes[:min(3, len(none.StanzaTypes))], ", ")
		return errs.New(errs.Invalid, "archive.key_foreign", args)
	case tried:
		return errs.New(errs.Denied, "archive.key_wrong", args)
	}
	return errs.New(errs.Denied, "archive.key_needed", args)
}

// cipherError tells an error of the disk from one of the encrypted content.
func cipherError(err error, path string) error {
	var disk *fs.PathError
	if errors.As(err, &disk) || errs.CodeOf(err) != errs.Internal {
		return FileError(err, path)
	}
	why := err.Error() // may quote lines of the file
	return errs.New(errs.Corrupt, "archive.cipher", errs.Args{"file": filepath.Base(path)}).Because(errors.New(why[:min(200, len(why))]))
}

// shortLines refuses lines that no text form of age has: they would be held in memory.
type shortLines struct {
	r   io.Reader
	run int // bytes since the last end of a line
}

func (s *shortLines) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	for _, c := range b[:n] {
		if s.run++; c == '\n' {
			s.run = 0
		}
	}
	if s.run > 16<<10 {
		return 0, errors.New("a line is too long")
	}
	return n, err
}
