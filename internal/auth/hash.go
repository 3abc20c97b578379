package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime/debug"
	"strings"

	"golang.org/x/crypto/argon2"
)

// params are the costs of argon2id: the second choice of RFC 9106 (64 MB, three
// passes), on as many lanes as the smallest machines have.
type params struct {
	memory, passes uint32 // memory in KiB
	lanes          uint8
}

var today = params{memory: 64 << 10, passes: 3, lanes: 2}

const (
	saltLength = 16
	keyLength  = 32
)

// nobody is the hash that a name without an account is compared with, so that it
// costs the same. Its salt and key are zeros; no match with it counts.
func (p params) nobody() string {
	return p.encode(make([]byte, saltLength), make([]byte, keyLength))
}

// hash hashes a password with a fresh salt, as a PHC string:
// $argon2id$v=19$m=65536,t=3,p=2$salt$key.
func (p params) hash(password string) string {
	salt := make([]byte, saltLength)
	rand.Read(salt) // never fails: the program would end
	return p.encode(salt, p.key(password, salt, keyLength))
}

// compare says whether hash is that of password, and with which costs it was
// made. It takes the same time for all passwords.
func compare(hash, password string) (ok bool, p params, err error) {
	p, salt, want, err := decode(hash)
	if err != nil {
		return false, p, err
	}
	got := p.key(password, salt, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, p, nil
}

// key takes p.memory for a moment and gives it back to the system at once: a
// backup that follows a login in the same process must not pay for it.
func (p params) key(password string, salt []byte, length uint32) []byte {
	defer debug.FreeOSMemory()
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, length)
}

func (p params) encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes, b64(salt), b64(key))
}

// decode refuses costs beyond reason: a hash from a damaged file must not take
// all memory.
func decode(hash string) (p params, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, nil, nil, fmt.Errorf("read hash: not argon2id in PHC form")
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, nil, nil, fmt.Errorf("read hash: version %q", parts[2])
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return p, nil, nil, fmt.Errorf("read hash: costs %q: %w", parts[3], err)
	}
	if p.memory < 8 || p.memory > 1<<20 || p.passes < 1 || p.passes > 64 || p.lanes < 1 {
		return p, nil, nil, fmt.Errorf("read hash: costs %q are out of range", parts[3])
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return p, nil, nil, fmt.Errorf("read hash: salt")
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) < 16 {
		return p, nil, nil, fmt.Errorf("read hash: key")
	}
	return p, salt, key, nil
}
