package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// HashFile reads the file whole and returns its SHA-256 in hexadecimal and its
// size. Progress, which may be nil, counts bytes.
func HashFile(ctx context.Context, path string, progress func(done, total int64)) (sum string, bytes int64, err error) {
	f, info, err := openFile(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.CopyBuffer(h, &meter{ctx, f, &tally{total: info.Size(), report: progress}}, make([]byte, readSize))
	if err != nil {
		return "", 0, FileError(err, path)
	}
	return hexSum(h), n, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// hashes returns the hash of a file and the one of its content, without what id says
// is around it, from one reading.
func hashes(ctx context.Context, path string, id Identity, progress func(done, total int64)) (file, payload string, err error) {
	if !id.wrapped() {
		file, _, err = HashFile(ctx, path, progress)
		return file, file, err
	}
	f, info, err := openFile(path)
	if err != nil {
		return "", "", err
	}
	outer, inner := sha256.New(), sha256.New()
	in, err := readPlain(&meter{ctx, io.TeeReader(f, outer), &tally{total: info.Size(), report: progress}}, path, id, f)
	if err != nil {
		return "", "", err
	}
	defer in.Close()
	if _, err := io.CopyBuffer(inner, in, make([]byte, readSize)); err != nil {
		return "", "", err
	}
	return hexSum(outer), hexSum(inner), nil
}
