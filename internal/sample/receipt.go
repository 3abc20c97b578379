package sample

import (
	"bytes"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"math/rand/v2"
)

// receipt draws a till receipt: a PNG of 48 × 64 black and white points, 516
// bytes. It is put together by hand because an encoder may compress otherwise
// in its next version, and the same seed gives the same rows.
func receipt(r *rand.Rand) []byte {
	const width, height, stride = 48, 64, 1 + 48/8 // a row is its filter (0) and its bits
	points := bytes.Repeat(append([]byte{0}, bytes.Repeat([]byte{0xFF}, width/8)...), height)
	for y := 6; y < height-6; y += 4 {
		length := 1 + r.IntN(width/8-2)
		if y == height-10 {
			length = width/8 - 2 // the total, underlined
		}
		clear(points[y*stride+2 : y*stride+2+length])
	}

	out := []byte("\x89PNG\r\n\x1a\n")
	out = chunk(out, "IHDR", []byte{0, 0, 0, width, 0, 0, 0, height, 1, 0, 0, 0, 0})
	out = chunk(out, "IDAT", zlibStored(points))
	return chunk(out, "IEND", nil)
}

func chunk(out []byte, kind string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	start := len(out)
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}

// zlibStored wraps up to 64 KB in a zlib stream without compressing it.
func zlibStored(data []byte) []byte {
	z := []byte{0x78, 0x01, 1}
	z = binary.LittleEndian.AppendUint16(z, uint16(len(data)))
	z = binary.LittleEndian.AppendUint16(z, ^uint16(len(data)))
	z = append(z, data...)
	return binary.BigEndian.AppendUint32(z, adler32.Checksum(data))
}
