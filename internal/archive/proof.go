package archive

import (
	"context"
	"hash/maphash"
	"io"
	"os"
)

// Proof is what was found when the compressed rows of an archive were read back
// and counted while it was written. It does not speak of the disk: Confirm does.
type Proof struct {
	dataFrom int64 // where the table of contents ends
	size     int64
	seed     maphash.Seed
	data     uint64 // hash of everything behind it
	rows     dumpCounts
	places   map[int]int64
}

// Confirm reads all of the file again and says what Verify would: its table of
// contents is read, its data must be, byte for byte, those that were unpacked
// and counted. Anything else is errs.Corrupt.
func (p *Proof) Confirm(ctx context.Context, path string, progress func(done, total int64)) (Report, error) {
	f, info, err := openFile(path)
	if err != nil {
		return Report{}, err
	}
	defer f.Close()
	d, dr, err := readDump(f, path, FormatCustom)
	if err != nil {
		return Report{}, err
	}
	if info.Size() != p.size || dr.at != p.dataFrom {
		return Report{}, d.damaged(nil, contradiction("it has %d bytes, data from %d; written were %d, from %d", info.Size(), dr.at, p.size, p.dataFrom))
	}
	for i := range d.Entries {
		if e := &d.Entries[i]; e.HasData && (e.DataState != OffsetSet || e.Offset != p.places[e.DumpID]) {
			return Report{}, d.damaged(e, contradiction("its data are at %d, not at %d", p.places[e.DumpID], e.Offset))
		}
	}
	r := Report{Contents: d.contents(p.rows)}
	r.Contents.Kind, r.Contents.Format, r.Contents.Bytes = PostgreSQL, FormatCustom, p.size
	work := []func(context.Context) error{
		func(ctx context.Context) (err error) { r.SHA256, _, err = HashFile(ctx, path, progress); return err },
		func(ctx context.Context) error { return p.same(ctx, d, f) },
	}
	err = parallel(ctx, len(work), len(work), func(ctx context.Context, i int) error { return work[i](ctx) }, nil)
	r.PayloadSHA256 = r.SHA256
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// same says whether the data are the ones that were counted.
func (p *Proof) same(ctx context.Context, d *Dump, f *os.File) error {
	var sum maphash.Hash
	sum.SetSeed(p.seed)
	if _, err := io.CopyBuffer(&sum, onlyReader{stopping{ctx, io.NewSectionReader(f, p.dataFrom, p.size-p.dataFrom)}}, make([]byte, 256<<10)); err != nil {
		return FileError(err, d.path)
	}
	if sum.Sum64() != p.data {
		return d.damaged(nil, contradiction("the data are not those that were written"))
	}
	return nil
}
