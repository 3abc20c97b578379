package convert

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"

	"cofre/internal/engine/migrate/source"
)

// network is the codec of inet and cidr.
type network struct{ cidr bool }

func (c network) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	if v.Class != source.Text {
		return dst, NotAddress
	}
	if len(trim(v.Bytes)) == 0 {
		return dst, EmptyText
	}
	prefix, ok := parsePrefix(string(v.Bytes))
	if !ok || c.cidr && prefix.Masked() != prefix {
		return dst, NotAddress
	}
	family, isCIDR := byte(2), byte(0)
	if prefix.Addr().Is6() {
		family = 3
	}
	if c.cidr {
		isCIDR = 1
	}
	address := prefix.Addr().AsSlice()
	dst = append(dst, family, byte(prefix.Bits()), isCIDR, byte(len(address)))
	return append(dst, address...), 0
}

func parsePrefix(s string) (netip.Prefix, bool) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p, err == nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// hardware is the codec of macaddr.
type hardware struct{}

func (hardware) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	if v.Class == source.Text {
		if len(trim(v.Bytes)) == 0 {
			return dst, EmptyText
		}
		if mac, err := net.ParseMAC(string(v.Bytes)); err == nil && len(mac) == 6 {
			return append(dst, mac...), 0
		}
	}
	return dst, NotAddress
}

// bitString is the codec of bit(length) and bit varying(length).
type bitString struct {
	length  int
	varying bool
}

func (c bitString) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	s := v.Bytes
	switch {
	case v.Class == source.Integer && (v.Int == 0 || v.Int == 1):
		s = []byte{'0' + byte(v.Int)}
	case v.Class != source.Text:
		return dst, NotBits
	}
	if len(s) == 0 && !c.varying {
		return dst, EmptyText
	}
	if c.length > 0 && (len(s) > c.length || !c.varying && len(s) != c.length) {
		return dst, NotBits
	}
	end := len(dst)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(s)))
	for i, b := range s {
		if b != '0' && b != '1' {
			return dst[:end], NotBits
		}
		if i%8 == 0 {
			dst = append(dst, 0)
		}
		dst[len(dst)-1] |= (b - '0') << (7 - i%8)
	}
	return dst, 0
}
