package convert

import (
	"strings"

	"cofre/internal/engine/migrate/source"
)

type boolean struct{}

func (boolean) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	switch v.Class {
	case source.Integer:
		if v.Int == 0 || v.Int == 1 {
			return append(dst, byte(v.Int)), 0
		}
	case source.Real:
		if v.Real == 0 || v.Real == 1 {
			return append(dst, byte(v.Real)), WholeReal
		}
	case source.Text:
		if len(trim(v.Bytes)) == 0 {
			return dst, EmptyText
		}
		if len(v.Bytes) > len("false") {
			break
		}
		switch strings.ToLower(string(v.Bytes)) {
		case "1", "t", "true":
			return append(dst, 1), BooleanWord
		case "0", "f", "false":
			return append(dst, 0), BooleanWord
		case "y", "yes", "on":
			return append(dst, 1), BooleanWord | LooseBoolean
		case "n", "no", "off":
			return append(dst, 0), BooleanWord | LooseBoolean
		}
	}
	return dst, NotBoolean
}
