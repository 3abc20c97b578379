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
	n, err := io.CopyBuffer(h, &meter{ctx: ctx, r: f, total: info.Size(), progress: progress}, make([]byte, readSize))
	if err != nil {
		return "", 0, FileError(err, path)
	}
	return hexSum(h), n, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
