package convert_test

import (
	"testing"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
)

func FuzzNoValueBreaksACodec(f *testing.F) {
	for _, v := range values {
		if len(v.in.Bytes) < 200 {
			f.Add(v.in.Bytes, v.in.Int, v.in.Real)
		}
	}
	var types []convert.Type
	for _, oid := range []uint32{16, 17, 19, 20, 21, 23, 25, 114, 650, 700, 701, 829, 869, 1042, 1043, 1082, 1083, 1114, 1184, 1186, 1266, 1560, 1562, 1700, 2950, 3802} {
		types = append(types, convert.Type{OID: oid, Mod: -1}, convert.Type{OID: oid, Mod: 7}, convert.Type{OID: 1, Name: "_x", Elem: &convert.Type{OID: oid, Mod: -1}})
	}
	f.Fuzz(func(t *testing.T, b []byte, n int64, r float64) {
		if r != r {
			return // SQLite stores NULL for it
		}
		for _, v := range []source.Value{
			{Class: source.Text, Bytes: b, Size: int64(len(b))}, {Class: source.Blob, Bytes: b, Size: int64(len(b))}, {Class: source.Integer, Int: n}, {Class: source.Real, Real: r},
		} {
			for _, typ := range types {
				codec := convert.For(typ, convert.Options{})
				if codec == nil {
					continue
				}
				out, notes := codec.Append([]byte("kept"), &v)
				if string(out[:4]) != "kept" {
					t.Errorf("%d: what was there is gone", typ.OID)
				}
				if notes&convert.Refusals == 0 {
					convert.Show(typ, out[4:])
				} else if len(out) > 4 {
					t.Errorf("%d refused %q and appended %x", typ.OID, v.String(), out[4:])
				}
			}
		}
	})
}
