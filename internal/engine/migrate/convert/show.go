package convert

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"cofre/internal/engine/migrate/source"
)

// Show writes a value in binary form for a person, much as PostgreSQL would.
func Show(t Type, b []byte) string {
	switch t.OID {
	case oidBool:
		return strconv.FormatBool(b[0] == 1)
	case oidInt2:
		return strconv.Itoa(int(int16(binary.BigEndian.Uint16(b))))
	case oidInt4:
		return strconv.Itoa(int(int32(binary.BigEndian.Uint32(b))))
	case oidInt8:
		return strconv.FormatInt(int64(binary.BigEndian.Uint64(b)), 10)
	case oidFloat4:
		return strconv.FormatFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(b))), 'g', -1, 32)
	case oidFloat8:
		return strconv.FormatFloat(math.Float64frombits(binary.BigEndian.Uint64(b)), 'g', -1, 64)
	case oidNumeric:
		return showNumeric(b)
	case oidUUID:
		s := hex.EncodeToString(b)
		return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
	case oidDate:
		return time.Unix((int64(int32(binary.BigEndian.Uint32(b)))+epochDays)*daySeconds, 0).UTC().Format("2006-01-02")
	case oidTimestamp:
		return moment2000(b).Format("2006-01-02 15:04:05.999999")
	case oidTimestamptz:
		return moment2000(b).Format("2006-01-02 15:04:05.999999Z07:00")
	case oidTime:
		return time.UnixMicro(int64(binary.BigEndian.Uint64(b))).UTC().Format("15:04:05.999999")
	case oidInet, oidCIDR:
		if a, ok := netip.AddrFromSlice(b[4:]); ok {
			return netip.PrefixFrom(a, int(b[1])).String()
		}
	case oidJSONB:
		b = b[1:]
	case oidBytea:
		v := source.Value{Class: source.Blob, Bytes: b, Size: int64(len(b))}
		return v.String()
	}
	if t.Elem != nil || t.OID == oidInterval || t.OID == oidTimetz {
		return ""
	}
	v := source.Value{Class: source.Text, Bytes: b, Size: int64(len(b))}
	return v.String()
}

func moment2000(b []byte) time.Time {
	return time.UnixMicro(int64(binary.BigEndian.Uint64(b)) + epoch*1_000_000).UTC()
}

func showNumeric(b []byte) string {
	part := func(i int) int { return int(int16(binary.BigEndian.Uint16(b[2*i:]))) }
	groups, weight, scale := part(0), part(1), part(3)
	group := func(i int) int { // of ten thousands to the power of i
		if at := weight - i; at >= 0 && at < groups {
			return part(4 + at)
		}
		return 0
	}
	var s strings.Builder
	if part(2) == 0x4000 {
		s.WriteByte('-')
	}
	s.WriteString(strconv.Itoa(group(max(0, weight))))
	for i := weight - 1; i >= 0; i-- {
		s.WriteString(strconv.Itoa(group(i) + 10000)[1:])
	}
	if scale > 0 {
		var decimals strings.Builder
		for i := -1; decimals.Len() < scale; i-- {
			decimals.WriteString(strconv.Itoa(group(i) + 10000)[1:])
		}
		s.WriteString("." + decimals.String()[:scale])
	}
	return s.String()
}

// Literal writes a value in binary form as text that the type's input function
// takes, all of it.
func Literal(t Type, b []byte) string {
	switch t.OID {
	case oidBytea:
		return `\x` + hex.EncodeToString(b)
	case oidJSONB:
		return string(b[1:])
	}
	if s := Show(t, b); t.OID != oidText && t.OID != oidVarchar && t.OID != oidBpchar && t.OID != oidJSON {
		return s
	}
	return string(b)
}
