package archive

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"errors"
	stdadler "hash/adler32"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/iotest"
)

// readBack gives a stream and what it was made from to a readback, and returns
// what came out.
func readBack(b *readback, plain, stream []byte) ([]byte, error) {
	b.begin()
	var writing sync.WaitGroup
	expected := make(chan struct{})
	writing.Go(func() {
		defer close(expected)
		for rest := plain; len(rest) > 0; {
			p := b.part()
			p.n = copy(p.room(), rest)
			rest = rest[p.n:]
			if b.expect(p) != nil {
				return
			}
		}
	})
	writing.Go(func() {
		for packed := range slices.Chunk(stream, 10_007) {
			if _, err := b.Write(packed); err != nil {
				break
			}
		}
		<-expected
		b.end(stdadler.Checksum(plain), nil)
	})
	got, err := io.ReadAll(b)
	b.quit(err)
	writing.Wait()
	return got, err
}

// deflated is a stream as the standard library writes it.
func deflated(t testing.TB, plain []byte, level int) []byte {
	t.Helper()
	b := bytes.NewBufferString(zlibHeader)
	w, err := flate.NewWriter(b, level)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(plain)
	_ = w.Close()
	return binary.BigEndian.AppendUint32(b.Bytes(), stdadler.Checksum(plain))
}

// sorts are plain bytes of each sort that compresses in its own way.
func sorts() map[string][]byte {
	random := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	var rows, skewed []byte
	for i := range 60_000 {
		rows = append(rows, []byte("4711\tmercado ")...)
		rows = binary.AppendUvarint(rows, random.Uint64()>>(i%60))
		rows = append(rows, '\n')
		skewed = append(skewed, bytes.Repeat([]byte{byte(random.ExpFloat64() * 9)}, 1+i%3)...) // codes of all lengths
	}
	return map[string][]byte{
		"nothing": nil, "a byte": []byte("x"), "a word": []byte("mercado mercado mercado"), "noise": noise, "rows": rows, "skewed": skewed,
		"zeros": make([]byte, 12<<20), "a part": rows[:partSize], "a byte more": rows[:partSize+1], "a byte less": rows[:partSize-1],
		"window": bytes.Repeat(noise[:deflateWindow], 4), "runs": bytes.Repeat(append(make([]byte, 300), noise[:31]...), 3000),
	}
}

func TestWhatWasCompressedIsReadBack(t *testing.T) {
	b := newReadback() // one after the other
	for name, plain := range sorts() {
		for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.DefaultCompression, flate.BestCompression} {
			if got, err := readBack(b, plain, deflated(t, plain, level)); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s, level %d: %d of %d bytes, %v", name, level, len(got), len(plain), err)
			}
		}
		z, err := newZlibWriter(repackLevel)
		if err != nil {
			t.Fatal(err)
		}
		var stream bytes.Buffer
		if err := z.begin(&stream); err != nil {
			t.Fatal(err)
		}
		_, _ = z.Write(plain)
		if err := z.end(); err != nil {
			t.Fatal(err)
		}
		if got, err := readBack(b, plain, stream.Bytes()); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s, as it is repacked: %d of %d bytes, %v", name, len(got), len(plain), err)
		}
	}
}

func TestAStreamOfOtherBytesIsNotReadBack(t *testing.T) {
	plain := bytes.Repeat([]byte("1\tmercado\t-12.50\n2\tfeira\t-7.00\n"), 400)
	for _, level := range []int{flate.NoCompression, flate.BestSpeed} {
		stream := deflated(t, plain, level)
		for name, other := range map[string][]byte{
			"longer": append(bytes.Clone(plain), 'x'), "shorter": plain[:len(plain)-1], "nothing": nil, "another byte": append(bytes.Clone(plain[:len(plain)-1]), 'x'),
		} {
			if got, err := readBack(newReadback(), other, stream); err == nil || !bytes.HasPrefix(plain, got) {
				t.Errorf("level %d, %s: %d bytes, %v", level, name, len(got), err)
			}
		}
		if _, err := readBack(newReadback(), plain, append(bytes.Clone(stream), 0)); err == nil {
			t.Errorf("level %d: a byte behind the end was not seen", level)
		}
	}
}

func TestADamagedStreamIsNotReadBack(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var plain []byte
	for range 80 {
		plain = append(plain, "mercado "[:1+random.IntN(7)]...)
		plain = append(plain, byte(random.Uint32()))
	}
	b := newReadback()
	for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed, flate.BestCompression} {
		stream := deflated(t, plain, level)
		for at := range stream {
			if _, err := readBack(b, plain, stream[:at]); err == nil {
				t.Fatalf("level %d: cut at %d of %d, it is read back", level, at, len(stream))
			}
			for bit := range 8 {
				broken := bytes.Clone(stream)
				broken[at] ^= 1 << bit
				asTheLibrary(t, b, plain, broken)
			}
		}
	}
}

// asTheLibrary fails where a stream is read back from which the standard library
// does not unpack the same, or the other way round.
func asTheLibrary(t *testing.T, b *readback, plain, stream []byte) {
	t.Helper()
	from := bytes.NewReader(stream)
	var theirs []byte
	z, theirErr := zlib.NewReader(from)
	if theirErr == nil {
		theirs, theirErr = io.ReadAll(io.LimitReader(z, int64(len(plain))+1))
	}
	good := theirErr == nil && from.Len() == 0 && bytes.Equal(theirs, plain) && bytes.HasPrefix(stream, []byte(zlibHeader))
	if got, err := readBack(b, plain, stream); (err == nil) != good || good && !bytes.Equal(got, plain) {
		t.Fatalf("%x: read back %d bytes, %v; the library %d, %v", stream, len(got), err, len(theirs), theirErr)
	}
}

func FuzzReadback(f *testing.F) {
	plain := []byte("1\tmercado\t-12.50\n1\tmercado\t-12.50\n")
	for _, level := range []int{flate.HuffmanOnly, flate.NoCompression, flate.BestSpeed} {
		f.Add(plain, deflated(f, plain, level))
	}
	f.Fuzz(func(t *testing.T, plain, stream []byte) {
		b := newReadback()
		asTheLibrary(t, b, plain, stream)
		// What the stream is made of, if it is one, must be read back.
		if z, err := zlib.NewReader(bytes.NewReader(stream)); err == nil {
			unpacked, _ := io.ReadAll(io.LimitReader(z, 1<<20))
			asTheLibrary(t, b, unpacked, stream)
		}
		for _, level := range []int{flate.HuffmanOnly, flate.BestSpeed, flate.BestCompression} {
			asTheLibrary(t, b, plain, deflated(t, plain, level))
		}
	})
}

func TestAFailureToReadIsTheReadbacks(t *testing.T) {
	b := newReadback()
	b.begin()
	broken := errors.New("broken")
	b.end(0, broken)
	if _, err := io.ReadAll(b); !errors.Is(err, broken) {
		t.Error(err)
	}
	b.begin()
	b.bits.begin(iotest.ErrReader(broken))
	b.end(0, nil)
	if _, err := io.ReadAll(b); !errors.Is(err, broken) {
		t.Error(err)
	}
}
