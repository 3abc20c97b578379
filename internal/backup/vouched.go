package backup

import (
	"context"

	"cofre/internal/archive"
)

// read reads what an archive holds. Of one that the catalogue knows it reads the hash:
// a PostgreSQL archive was unpacked and counted whole when it was made, and the same
// bytes hold the same rows. One that was only found was read by nobody here. SQLite
// files are read again in any case, and so is a file that is no more what it was: what
// is wrong with it has to be said.
func (r *Restorer) read(ctx context.Context, a *Archive, known *Entry) error {
	o := archive.InspectOptions{TempDir: r.Work}
	if known != nil && known.State.Sound() && !known.CheckedAt.IsZero() && known.Manifest.Kind == PostgreSQL && known.Manifest.SHA256 != "" && known.Manifest.PayloadSHA256 != "" {
		sum, _, err := archive.HashFile(ctx, a.File, nil)
		if err != nil {
			return err
		}
		a.vouched = sum == known.Manifest.SHA256
		a.altered, o.Quick = !a.vouched, a.vouched
	}
	c, err := archive.Inspect(ctx, a.File, o)
	if err != nil {
		return err
	}
	if a.vouched {
		c.Tables = known.Manifest.Tables
	}
	a.Contents = c
	return nil
}

// judge reads all of file, which is p's archive without its layers, and says what it
// holds: an error when it is not whole.
func (r *Restorer) judge(ctx context.Context, p Plan, file, work string, progress func(done, total int64)) (archive.Report, error) {
	if p.Archive.vouched {
		sum, _, err := archive.HashFile(ctx, file, progress)
		return archive.Report{Contents: p.Archive.Contents, PayloadSHA256: sum}, err
	}
	depth := archive.Full
	if p.Mode == Migrate {
		depth = archive.Structure // the plan has compared the indexes with their rows, and looked at the keys
	}
	return archive.Verify(ctx, file, archive.VerifyOptions{Depth: depth, TempDir: work}, progress)
}

// known is the catalogue's entry of a file that has a manifest beside it, nil where
// there is none. Only what the catalogue says counts: anybody can change a manifest.
func (r *Restorer) known(ctx context.Context, path string, beside *archive.Manifest) *Entry {
	if beside == nil {
		return nil
	}
	e, err := r.Archiver.Catalog.Get(ctx, beside.ID)
	if err != nil || e.File != path {
		return nil
	}
	return &e
}
