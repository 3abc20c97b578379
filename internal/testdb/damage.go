package testdb

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Damage writes a damaged copy of a file, as disks, networks and people with an editor
// damage one; of a folder, one with a damaged or missing file. It returns to.
func Damage(t testing.TB, chance *rand.Rand, from, to string) string {
	t.Helper()
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	file := to
	if info.IsDir() {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(to)
		if err != nil {
			t.Fatal(err)
		}
		name := entries[chance.IntN(len(entries))].Name()
		from, file = filepath.Join(from, name), filepath.Join(to, name)
		if chance.IntN(20) == 0 {
			os.Remove(file)
			return to
		}
	}
	good, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, mutated(chance, good), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// mutated returns bytes that differ from good in one to three ways.
func mutated(chance *rand.Rand, good []byte) []byte {
	b := slices.Clone(good)
	for bytes.Equal(b, good) {
		for range 1 + chance.IntN(3) {
			b = mutate(chance, b)
		}
	}
	return b
}

func mutate(chance *rand.Rand, b []byte) []byte {
	if len(b) == 0 {
		return []byte{byte(chance.Uint32())}
	}
	at := chance.IntN(len(b))
	end := min(len(b), at+1+chance.IntN(64))
	switch chance.IntN(9) {
	case 0, 1: // a bit
		b[at] ^= 1 << chance.IntN(8)
	case 2: // a byte
		b[at] = byte(chance.Uint32())
	case 3: // cut
		return b[:at]
	case 4: // a hole
		return slices.Delete(b, at, end)
	case 5: // twice
		return slices.Insert(b, at, slices.Clone(b[at:end])...)
	case 6: // zeros, as a disk that lost a sector
		clear(b[at:end])
	case 7: // a number at its edge
		for i, edge := at, []byte{0xff, 0xff, 0xff, 0x7f}; i < min(len(b), at+4); i++ {
			b[i] = edge[i-at]
		}
	case 8: // a piece of another place
		copy(b[at:end], b[chance.IntN(len(b)):])
	}
	return b
}
