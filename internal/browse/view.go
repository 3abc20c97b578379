package browse

import (
	"context"
	"encoding/binary"
	"os"
	"time"

	"cofre/internal/archive"
)

// view is the rows of a sheet that a filter and a search mean: a list of their
// places, eight bytes each, which grows while the sheet does.
type view struct {
	*growth
	table, where, find string
	of                 *sheet
	places             *os.File
	stop               context.CancelFunc
}

// viewPart is how many rows of a sheet are looked at between two looks at what is new.
const viewPart = 20_000

func (v *view) fill(ctx context.Context, columns int, where *Filter, find *Needle) error {
	var seen, found int64
	var places []byte
	flushed := time.Now()
	flush := func() error {
		if _, err := v.places.Write(places); err != nil {
			return archive.FileError(err, v.places.Name())
		}
		places, flushed = places[:0], time.Now()
		v.grow(found)
		return nil
	}
	for {
		s, err := v.of.wait(ctx, seen, 0)
		if err != nil {
			return err
		}
		if s.known == seen {
			v.change(func() { v.cut = s.cut })
			return s.err
		}
		part := min(s.known-seen, viewPart)
		err = v.of.read(seen, part, columns, 0, func(place int64, row []archive.Cell, _ []int64) error {
			if !where.Match(row) || find != nil && find.In(row) < 0 {
				return nil
			}
			places = binary.LittleEndian.AppendUint64(places, uint64(place))
			if found++; found == firstFlush || time.Since(flushed) > flushTime {
				return flush()
			}
			return nil
		})
		if err == nil && len(places) > 0 {
			err = flush()
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		seen += part
	}
}

// at are the places of count rows that were found, from one on.
func (v *view) at(from, count int64) ([]int64, error) {
	list := make([]byte, 8*count)
	if _, err := v.places.ReadAt(list, 8*from); err != nil {
		return nil, archive.FileError(err, v.places.Name())
	}
	places := make([]int64, count)
	for i := range places {
		places[i] = int64(binary.LittleEndian.Uint64(list[8*i:]))
	}
	return places, nil
}
