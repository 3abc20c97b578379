package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// LargeObjects is the table under which Records have the large objects of a
// PostgreSQL database, of which Contents have none: number, bytes, and the SHA-256 of
// them. No backup has a table of that schema.
const LargeObjects = "pg_catalog.pg_largeobject"

// objectColumns are its columns, the first of them the key.
var objectColumns = []Column{{"oid", "oid"}, {"bytes", "bigint"}, {"sha256", "text"}}

// LargeObject is one of them.
type LargeObject struct {
	OID    uint32
	Bytes  int64
	SHA256 [sha256.Size]byte
}

// EachObject yields large objects: in any order, but in the same one each time. An
// error of yield ends it and is returned.
type EachObject func(ctx context.Context, yield func(LargeObject) error) error

// WithLargeObjects adds large objects to records of PostgreSQL; about is how many.
func WithLargeObjects(r Records, about int64, each EachObject) Records {
	return objectRecords{r, about, each}
}

// AboutLargeObjects is how many large objects records have, about; false where they
// tell nothing of them.
func AboutLargeObjects(r Records) (int64, bool) {
	o, ok := r.(objectRecords)
	return o.about, ok
}

type objectRecords struct {
	Records
	about int64
	each  EachObject
}

func (o objectRecords) Columns(table string) (names []string) {
	if table != LargeObjects {
		return o.Records.Columns(table)
	}
	for _, c := range objectColumns {
		names = append(names, c.Name)
	}
	return names
}

func (o objectRecords) Key(table string) []string {
	if table != LargeObjects {
		return o.Records.Key(table)
	}
	return []string{objectColumns[0].Name}
}

func (o objectRecords) Type(table, column string) string {
	if table != LargeObjects {
		return o.Records.Type(table, column)
	}
	return madeTable{columns: objectColumns}.typeOf(column)
}

func (o objectRecords) Stored(table, column string) string {
	if table != LargeObjects {
		return o.Records.Stored(table, column)
	}
	return o.Type(table, column)
}

func (o objectRecords) Zoned(table string) []string {
	if table != LargeObjects {
		return o.Records.Zoned(table)
	}
	return nil
}

func (o objectRecords) Read(ctx context.Context, table string, columns []string, limit int64, yield func([][]byte) error) error {
	if table != LargeObjects {
		return o.Records.Read(ctx, table, columns, limit, yield)
	}
	places := make([]int, len(columns))
	for i, column := range columns {
		if places[i] = slices.IndexFunc(objectColumns, func(c Column) bool { return c.Name == column }); places[i] < 0 {
			return noColumn(table, column)
		}
	}
	values, read := make([][]byte, len(columns)), int64(0)
	var all [3][]byte
	err := o.each(ctx, func(one LargeObject) error {
		all[0] = strconv.AppendUint(all[0][:0], uint64(one.OID), 10)
		all[1] = strconv.AppendInt(all[1][:0], one.Bytes, 10)
		all[2] = hex.AppendEncode(all[2][:0], one.SHA256[:])
		for i, p := range places {
			values[i] = all[p]
		}
		if err := yield(values); err != nil {
			return err
		}
		if read++; read == limit {
			return errEndOfRows
		}
		return nil
	})
	if errors.Is(err, errEndOfRows) {
		return nil
	}
	return err
}

// readObject reads a large object to its end.
func readObject(oid uint32, r io.Reader) (LargeObject, error) {
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	return LargeObject{oid, n, [sha256.Size]byte(sum.Sum(nil))}, err
}

// Objects yields the large objects of the archive.
func (d *Dump) Objects(ctx context.Context, yield func(LargeObject) error) error {
	var ended error
	for i := range d.Entries {
		e := &d.Entries[i]
		if !e.isObjects() {
			continue
		}
		err := d.source.objects(ctx, e, &tally{total: math.MaxInt64}, func(oid uint32, r io.Reader) error {
			one, err := readObject(oid, r)
			if err == nil {
				ended = yield(one)
				err = ended
			}
			return err
		})
		if ended != nil {
			return ended
		}
		if err != nil {
			return d.damaged(e, err)
		}
	}
	return nil
}

// aboutObjects is how many large objects the table of contents names: since PostgreSQL
// 17 in lists, before that one by one.
func (d *Dump) aboutObjects() (n int64) {
	for i := range d.Entries {
		switch e := &d.Entries[i]; e.Desc {
		case "BLOB":
			n++
		case "BLOB METADATA":
			n += int64(strings.Count(strings.TrimSpace(e.Defn), "\n")) + 1
		}
	}
	return n
}
