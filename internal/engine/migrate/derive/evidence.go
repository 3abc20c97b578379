package derive

import (
	"unicode/utf8"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
)

// Evidence is what the values of a column are, whatever it was declared as.
type Evidence struct {
	Nulls, Integers, Reals, Texts, Blobs int64

	Low, High int64 // of the integers
	Bits      bool  // integers, if any, are 0 or 1
	Scale     int   // most decimals of a REAL or of a text that is a decimal
	Longest   int64 // characters of the longest text, at most; bytes of a large one
	Forms     Form  // what every text is
	Zoned     int64 // texts that are a time with a zone
	Fraction  bool  // some time is finer than a second
}

// Form is what texts may be, as a set.
type Form uint16

// The forms.
const (
	PlainUUID Form = 1 << iota // 32 hexadecimal digits of a variant and version that exist
	DashedUUID
	Address // of a network
	Moment  // a date, with or without a time
	Decimal
	everyForm = PlainUUID | DashedUUID | Address | Moment | Decimal
)

// NewEvidence is the evidence of no values.
func NewEvidence() Evidence { return Evidence{Bits: true, Forms: everyForm} }

// Add takes a value into account.
func (e *Evidence) Add(v *source.Value) {
	switch v.Class {
	case source.Null:
		e.Nulls++
	case source.Integer:
		if e.Integers == 0 {
			e.Low, e.High = v.Int, v.Int
		}
		e.Integers++
		e.Low, e.High = min(e.Low, v.Int), max(e.High, v.Int)
		e.Bits = e.Bits && v.Int>>1 == 0
	case source.Real:
		e.Reals++
		e.Scale = max(e.Scale, convert.RealScale(v.Real))
	case source.Blob:
		e.Blobs++
	case source.Text:
		e.Texts++
		switch {
		case v.Large:
			e.Longest = max(e.Longest, v.Size)
		case v.Size > e.Longest:
			e.Longest = max(e.Longest, int64(utf8.RuneCount(v.Bytes)))
		}
		e.form(v)
	}
}

func (e *Evidence) form(v *source.Value) {
	if e.Forms == 0 {
		return
	}
	if v.Large || len(v.Bytes) > 100 {
		e.Forms = 0
		return
	}
	if e.Forms&(PlainUUID|DashedUUID) != 0 && !convert.LikelyUUID(v.Bytes) {
		e.Forms &^= PlainUUID | DashedUUID
	}
	if len(v.Bytes) != 32 {
		e.Forms &^= PlainUUID
	}
	if len(v.Bytes) != 36 {
		e.Forms &^= DashedUUID
	}
	if e.Forms&Address != 0 && !convert.IsAddress(v.Bytes) {
		e.Forms &^= Address
	}
	if e.Forms&Moment != 0 {
		date, zoned, fraction := convert.IsMoment(v.Bytes)
		if !date {
			e.Forms &^= Moment
		}
		if zoned {
			e.Zoned++
		}
		e.Fraction = e.Fraction || fraction
	}
	if e.Forms&Decimal != 0 {
		scale, ok := convert.TextScale(v.Bytes)
		if !ok {
			e.Forms &^= Decimal
		}
		e.Scale = max(e.Scale, scale)
	}
}

// Merge takes other evidence of the same column into account.
func (e *Evidence) Merge(o Evidence) {
	switch {
	case e.Integers == 0:
		e.Low, e.High = o.Low, o.High
	case o.Integers > 0:
		e.Low, e.High = min(e.Low, o.Low), max(e.High, o.High)
	}
	e.Nulls += o.Nulls
	e.Integers += o.Integers
	e.Reals += o.Reals
	e.Texts += o.Texts
	e.Blobs += o.Blobs
	e.Bits = e.Bits && o.Bits
	e.Scale = max(e.Scale, o.Scale)
	e.Longest = max(e.Longest, o.Longest)
	e.Forms &= o.Forms
	e.Zoned += o.Zoned
	e.Fraction = e.Fraction || o.Fraction
}

// values that are not NULL.
func (e *Evidence) values() int64 { return e.Integers + e.Reals + e.Texts + e.Blobs }

// all says whether there are values, and each is a text of that form.
func (e *Evidence) all(f Form) bool { return e.Texts > 0 && e.Texts == e.values() && e.Forms&f != 0 }
