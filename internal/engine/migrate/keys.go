package migrate

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"slices"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
)

// Integer types, whose single keys are remembered as they are.
const (
	oidInt8    = 20
	oidInt2    = 21
	oidInt4    = 23
	oidNumeric = 1700
	oidUUID    = 2950
)

func isInteger(t convert.Type) bool {
	return t.OID == oidInt2 || t.OID == oidInt4 || t.OID == oidInt8
}

// fields are the converted values of a row; one that is NULL or was refused is nil.
type fields [][]byte

// seed makes hashes differ between runs, so that no file can be made to fool them.
var seed = maphash.MakeSeed()

// key is the value of some columns as 64 bits: equal ones are equal to
// PostgreSQL, too. False where a part is NULL.
func (t *table) key(row fields, columns []int) (uint64, bool) {
	if len(columns) == 1 && isInteger(t.columns[columns[0]].to.Type) {
		b := row[columns[0]]
		return uint64(integerOf(b)), b != nil
	}
	var h maphash.Hash
	h.SetSeed(seed)
	for _, i := range columns {
		b := row[i]
		if b == nil {
			return 0, false
		}
		var length [8]byte
		b = canonical(t.columns[i].to.Type, b)
		binary.BigEndian.PutUint64(length[:], uint64(len(b)))
		h.Write(length[:])
		h.Write(b)
	}
	return h.Sum64(), true
}

func integerOf(b []byte) int64 {
	switch len(b) {
	case 2:
		return int64(int16(binary.BigEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.BigEndian.Uint32(b)))
	case 8:
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

// canonical brings equal values of a family of types to equal bytes.
func canonical(t convert.Type, b []byte) []byte {
	switch {
	case isInteger(t):
		return binary.BigEndian.AppendUint64(nil, uint64(integerOf(b)))
	case t.OID == oidNumeric:
		b = bytes.Clone(b)
		b[6], b[7] = 0, 0 // 1.0 = 1.00
		return b
	case t.OID == oidBpchar:
		return bytes.TrimRight(b, " ")
	}
	return b
}

// family groups types whose canonical forms may be compared with each other.
func family(t convert.Type) uint32 {
	switch {
	case isInteger(t):
		return oidInt8
	case t.OID == oidVarchar || t.OID == oidText:
		return oidText
	}
	return t.OID
}

// positions finds the carried columns behind columns of the target's table; nil
// where one is not carried.
func (t *table) positions(columns []int) []int {
	var list []int
	for _, n := range columns {
		i := slices.IndexFunc(t.columns, func(c column) bool { return c.to == t.to.Columns[n] })
		if i < 0 {
			return nil
		}
		list = append(list, i)
	}
	return list
}

// guaranteed says whether SQLite itself keeps the columns of a key unique: an
// index over all or some of them that could be checked, in types that distinct values
// stay distinct in.
func (t *table) guaranteed(columns []int) bool {
	in := func(position int) bool {
		return slices.ContainsFunc(columns, func(i int) bool { return t.columns[i].from == position })
	}
	for _, i := range columns {
		switch c := t.columns[i].to.Type; {
		case isInteger(c), c.OID == oidText, c.OID == oidVarchar, c.OID == oidBytea, c.OID == oidUUID:
		default:
			return false
		}
	}
	if t.from.RowidColumn >= 0 && in(t.from.RowidColumn) {
		return true
	}
	for _, x := range t.from.Indexes {
		if x.Unique && !x.Where && !slices.ContainsFunc(x.Parts, func(p source.IndexPart) bool { return p.Column < 0 || !in(p.Column) || !p.Known() }) {
			return true
		}
	}
	return false
}

// foreignKey is a foreign key that the doctor can check.
type foreignKey struct {
	key     *target.ForeignKey
	columns []int // carried ones of the child
	parent  *parentKey
	action  Action // the choice about rows that point nowhere
}

// parentKey is what foreign keys point to.
type parentKey struct {
	table   *table // nil: a table that stays empty
	columns []int
	set     *keySet
}
