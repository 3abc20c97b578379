package archive

import (
	"context"
	"slices"
	"sync"
)

// Depth is how hard Verify looks. Every depth reads every byte of the file and
// counts every row; for PostgreSQL archives every depth also unpacks and checks
// every block, so that they are the same.
type Depth int

// The depths, each with all of the one before.
const (
	Reread    Depth = iota // hash and rows
	Structure              // SQLite: quick_check
	Full                   // SQLite: integrity_check and foreign_key_check
)

// VerifyOptions are the choices of Verify.
type VerifyOptions struct {
	Depth   Depth
	TempDir string // for the content of a compressed SQLite file; "" is the system's
}

// Report is what Verify found in a file that is whole.
type Report struct {
	Contents Contents

	// SHA256 is the hash of the file as it lies there, "" for a folder; PayloadSHA256 the
	// one of its content without the layer, the same where there is none.
	SHA256        string
	PayloadSHA256 string

	// ForeignKeyViolations counts the rows of an SQLite file whose foreign key leads
	// nowhere; 0 below Full. A live application may have them: they are no damage.
	ForeignKeyViolations int64

	// Unchecked names the SQLite tables with an index or key that only their own
	// application can compare, for want of its collation or function. Their rows
	// were read.
	Unchecked []string
}

// Verify reads all of a backup file again and says what it holds; an error when
// it is not whole. Progress, which may be nil, counts bytes of the file.
func Verify(ctx context.Context, path string, o VerifyOptions, progress func(done, total int64)) (Report, error) {
	id, err := IdentifyInside(ctx, path)
	if err != nil {
		return Report{}, err
	}
	var r Report
	var found sqliteFindings
	both := slower(2, progress)
	work := []func(context.Context) error{
		func(ctx context.Context) (err error) {
			r.Contents, found, err = readContents(ctx, path, id, pass{depth: o.Depth, tempDir: o.TempDir, progress: both(0)})
			return err
		},
		func(ctx context.Context) (err error) {
			if id.Format == FormatDirectory {
				both(1)(id.Bytes, id.Bytes)
				return nil
			}
			r.SHA256, r.PayloadSHA256, err = hashes(ctx, path, id, both(1))
			return err
		},
	}
	err = parallel(ctx, len(work), len(work), func(ctx context.Context, i int) error { return work[i](ctx) }, nil)
	if err != nil {
		return Report{}, err
	}
	r.ForeignKeyViolations, r.Unchecked = found.violations, found.unchecked
	return r, nil
}

// slower reports the progress of n readings of one file as that of the one that
// is behind. It returns the progress of the i-th.
func slower(n int, progress func(done, total int64)) func(i int) func(done, total int64) {
	var mu sync.Mutex
	at := make([]float64, n)
	var last int64
	return func(i int) func(done, total int64) {
		return func(done, total int64) {
			if progress == nil || total == 0 {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			at[i] = float64(done) / float64(total)
			if now := int64(slices.Min(at) * float64(total)); now > last {
				last = now
				progress(now, total)
			}
		}
	}
}
