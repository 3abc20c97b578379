package archive

import (
	"io"
	"slices"
	"strings"

	"filippo.io/age"

	"cofre/internal/errs"
)

// Lock encrypts one file with age: by a passphrase, or for recipients, whose keys open
// it and who need not be here.
type Lock struct {
	to  []age.Recipient
	key *Key
}

// LockBy encrypts by a passphrase. None is errs.Invalid "archive.passphrase_empty".
func LockBy(passphrase string) (*Lock, error) {
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, errs.New(errs.Invalid, "archive.passphrase_empty", nil)
	}
	return &Lock{[]age.Recipient{r}, Passphrase(passphrase)}, nil
}

// LockFor encrypts for recipients ("age1…"), each of whom can open the file. What is none
// is errs.Invalid "archive.recipient".
func LockFor(recipients ...string) (*Lock, error) {
	seen := &witness{}
	l := &Lock{key: &Key{identity: func() (age.Identity, error) { return seen, nil }}}
	for _, r := range recipients {
		parsed, err := age.ParseRecipients(strings.NewReader(r))
		if err != nil || len(parsed) != 1 {
			return nil, errs.New(errs.Invalid, "archive.recipient", nil) // it may be a secret key: it is not said
		}
		l.to = append(l.to, witnessed{parsed[0], seen})
	}
	if _, err := l.seal(io.Discard); err != nil { // of none, or of kinds that are not mixed
		return nil, errs.New(errs.Invalid, "archive.recipient", nil)
	}
	return l, nil
}

// Key opens the file that was encrypted, so that it can be read again: with the
// passphrase, else with the key of the file itself, which is known to nobody but who made
// it. That a recipient holds the right key is not shown by it.
func (l *Lock) Key() *Key { return l.key }

// seal encrypts what is written to it as w; Close ends it, and leaves w open.
func (l *Lock) seal(w io.Writer) (io.WriteCloser, error) { return age.Encrypt(w, l.to...) }

// witness holds the key of a file that was just encrypted.
type witness struct{ fileKey []byte }

func (w *witness) Unwrap([]*age.Stanza) ([]byte, error) {
	if w.fileKey == nil {
		return nil, age.ErrIncorrectIdentity
	}
	return slices.Clone(w.fileKey), nil
}

// witnessed is a recipient of a file whose key is kept.
type witnessed struct {
	age.Recipient
	by *witness
}

func (w witnessed) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	s, _, err := w.WrapWithLabels(fileKey)
	return s, err
}

// WrapWithLabels is age's: recipients whose labels differ are not mixed.
func (w witnessed) WrapWithLabels(fileKey []byte) (s []*age.Stanza, labels []string, err error) {
	w.by.fileKey = slices.Clone(fileKey)
	if r, ok := w.Recipient.(age.RecipientWithLabels); ok {
		return r.WrapWithLabels(fileKey)
	}
	s, err = w.Recipient.Wrap(fileKey)
	return s, nil, err
}
