package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/maphash"
	"strconv"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

const (
	objectsAtOnce = 64        // large objects that one query begins
	objectChunk   = 256 << 10 // bytes that are read of one at once
)

// beginObjects gives the first bytes of the large objects behind one. The column of a
// query that can't be answered at once is never what it is sorted by.
var beginObjects = `SELECT o.oid, pg_catalog.lo_get(o.oid, 0, ` + strconv.Itoa(objectChunk) + `)
FROM (SELECT oid FROM pg_catalog.pg_largeobject_metadata WHERE oid > $1::oid ORDER BY oid LIMIT ` + strconv.Itoa(objectsAtOnce) + `) o`

var continueObject = `SELECT pg_catalog.lo_get($1::oid, $2::bigint, ` + strconv.Itoa(objectChunk) + `)`

// largeObjects yields the large objects of the database, as the running transaction
// sees them. One that the role may not read is errs.Denied; the transaction goes on.
func (s *session) largeObjects(ctx context.Context, yield func(archive.LargeObject) error) error {
	if err := s.script(ctx, "SAVEPOINT large_objects"); err != nil {
		return s.problem(ctx, err)
	}
	err := s.eachObject(ctx, yield)
	if state(err) != "" {
		_ = s.script(ctx, "ROLLBACK TO SAVEPOINT large_objects") // else the next statement says it
		return s.problem(ctx, err)
	}
	return errors.Join(err, s.script(ctx, "RELEASE SAVEPOINT large_objects"))
}

// openObject is a large object of which some has been read.
type openObject struct {
	archive.LargeObject
	sum hash.Hash
}

func (o *openObject) add(bytes []byte) {
	o.sum.Write(bytes)
	o.Bytes += int64(len(bytes))
}

func (o *openObject) end() archive.LargeObject {
	o.SHA256 = [sha256.Size]byte(o.sum.Sum(nil))
	return o.LargeObject
}

// eachObject reads them some at a time. Of these, those that are long come last.
func (s *session) eachObject(ctx context.Context, yield func(archive.LargeObject) error) error {
	for last := uint32(0); ; {
		var long []*openObject
		n := 0
		err := s.raw(ctx, beginObjects, [][]byte{strconv.AppendUint(nil, uint64(last), 10)}, func(values [][]byte) error {
			n++
			one := &openObject{sum: sha256.New()}
			one.OID = binary.BigEndian.Uint32(values[0])
			last = max(last, one.OID)
			if one.add(values[1]); len(values[1]) == objectChunk {
				long = append(long, one)
				return nil
			}
			return yield(one.end())
		})
		if err != nil {
			return err
		}
		for _, one := range long {
			for more := true; more; {
				at := [][]byte{strconv.AppendUint(nil, uint64(one.OID), 10), strconv.AppendInt(nil, one.Bytes, 10)}
				err := s.raw(ctx, continueObject, at, func(values [][]byte) error {
					one.add(values[0])
					more = len(values[0]) == objectChunk
					return nil
				})
				if err != nil {
					return err
				}
			}
			if err := yield(one.end()); err != nil {
				return err
			}
		}
		if n < objectsAtOnce {
			return nil
		}
	}
}

// raw yields the rows of a query as they come, in the binary form; the values are
// only lent. An error of yield ends it and is returned.
func (s *session) raw(ctx context.Context, sql string, params [][]byte, yield func(values [][]byte) error) error {
	rows := s.PgConn().ExecParams(ctx, sql, params, nil, nil, []int16{1})
	var ended error
	for ended == nil && rows.NextRow() {
		ended = yield(rows.Values())
	}
	_, err := rows.Close()
	if ended != nil {
		return ended
	}
	return err
}

// compareObjects compares the large objects that an archive has filled with what it
// holds; denied says that the role may not read all of them, and nothing was compared.
// It runs in a transaction of the session.
func (s *session) compareObjects(ctx context.Context, d *archive.Dump) (denied bool, err error) {
	sent := multiset{seed: maphash.MakeSeed()}
	held := multiset{seed: sent.seed}
	add := func(to *multiset) func(archive.LargeObject) error {
		return func(o archive.LargeObject) error {
			to.add(maphash.Comparable(to.seed, o))
			return nil
		}
	}
	if err := d.Objects(ctx, add(&sent)); err != nil || sent.lines == 0 {
		return false, err
	}
	err = s.largeObjects(ctx, add(&held))
	if errs.CodeOf(err) == errs.Denied {
		return true, nil
	}
	if err == nil && held != sent {
		err = errs.New(errs.Corrupt, "postgres.objects_differ", nil)
	}
	return false, err
}

// objectsDenied says whether the tables that were compared are without large objects
// because the role may not read them.
func objectsDenied(compared map[string]int64) bool {
	_, denied := compared[archive.LargeObjects]
	return denied
}
