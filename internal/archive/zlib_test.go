package archive

import (
	"bytes"
	"compress/zlib"
	stdadler "hash/adler32"
	"io"
	"math/rand/v2"
	"testing"
)

func TestAdler32IsTheOneOfTheStandardLibrary(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 3<<20)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	full := bytes.Repeat([]byte{0xff}, 3<<20) // what overflows first
	for _, data := range [][]byte{data, full} {
		for _, size := range []int{0, 1, 7, 8, 9, 175, 176, 177, 184, 5552, 65536, 1 << 20, 1<<20 + 1, len(data)} {
			for _, piece := range []int{1 << 22, 1000, 13} {
				sum := newAdler32()
				for rest := data[:size]; len(rest) > 0; {
					n := min(piece, len(rest))
					_, _ = sum.Write(rest[:n])
					rest = rest[n:]
				}
				if got, want := sum.sum(), stdadler.Checksum(data[:size]); got != want {
					t.Fatalf("%d bytes in pieces of %d: %08x, want %08x", size, piece, got, want)
				}
			}
		}
	}
}

func FuzzAdler32(f *testing.F) {
	f.Add([]byte("Wikipedia"), 3)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		at = min(max(at, 0), len(data))
		sum := newAdler32()
		_, _ = sum.Write(data[:at])
		_, _ = sum.Write(data[at:])
		if got, want := sum.sum(), stdadler.Checksum(data); got != want {
			t.Fatalf("%08x, want %08x", got, want)
		}
	})
}

func TestZlibStreamsAreThoseOfTheStandardLibrary(t *testing.T) {
	rows := bytes.Repeat([]byte("1\tmercado\t-12.50\n"), 100_000)
	z, err := newZlibWriter(repackLevel)
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range [][]byte{rows, nil, rows[:1]} { // one writer, several streams
		var ours, theirs bytes.Buffer
		if err := z.begin(&ours); err != nil {
			t.Fatal(err)
		}
		_, _ = z.Write(plain)
		if err := z.end(); err != nil {
			t.Fatal(err)
		}
		r, err := zlib.NewReader(&ours)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := io.ReadAll(r); err != nil || !bytes.Equal(read, plain) {
			t.Fatalf("they read %d bytes of ours, %v", len(read), err)
		}
		w := zlib.NewWriter(&theirs)
		_, _ = w.Write(plain)
		_ = w.Close()
		if read, err := unzlib(theirs.Bytes()); err != nil || !bytes.Equal(read, plain) {
			t.Fatalf("we read %d bytes of theirs, %v", len(read), err)
		}
	}
}

func TestADamagedZlibStreamIsNoStream(t *testing.T) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(bytes.Repeat([]byte("mercado"), 10))
	_ = w.Close()
	whole := b.Bytes()
	for at := range whole {
		if _, err := unzlib(whole[:at]); err == nil {
			t.Errorf("cut at %d: read", at)
		}
		for bit := range 8 {
			broken := bytes.Clone(whole)
			broken[at] ^= 1 << bit
			if read, err := unzlib(broken); err == nil && !bytes.Equal(read, bytes.Repeat([]byte("mercado"), 10)) {
				t.Errorf("bit %d of byte %d: read as %q", bit, at, read)
			}
		}
	}
	if _, err := unzlib([]byte("\x78\xbb\x00\x00\x00\x00")); err == nil {
		t.Error("a stream with a dictionary was read")
	}
}

func unzlib(b []byte) ([]byte, error) {
	r, err := newZlibReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
