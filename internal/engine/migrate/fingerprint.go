package migrate

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// fingerprint is a sum over rows that does not depend on their order: of each
// row's SHA-256, in four lanes of 64 bits. A row is what goes over the wire in
// binary COPY; a value of source.LargeFrom bytes and more stands in it as its own
// SHA-256, which the server can compute, too.
type fingerprint struct {
	lanes [4]uint64
	rows  int64
}

func (f *fingerprint) add(row []byte) {
	sum := sha256.Sum256(row)
	for i := range f.lanes {
		f.lanes[i] += binary.LittleEndian.Uint64(sum[8*i:])
	}
	f.rows++
}

func (f *fingerprint) merge(o fingerprint) {
	for i := range f.lanes {
		f.lanes[i] += o.lanes[i]
	}
	f.rows += o.rows
}

// String is the fingerprint as a report shows it.
func (f fingerprint) String() string {
	var b []byte
	for _, lane := range f.lanes {
		b = binary.LittleEndian.AppendUint64(b, lane)
	}
	return hex.EncodeToString(b)
}
