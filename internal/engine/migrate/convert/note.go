package convert

import "math/bits"

// Notes are what a codec had to say about one value: a set, empty where the
// value simply fits.
type Notes uint64

// The notes. Their order is theirs alone: names go outside, numbers never.
const (
	// What loses nothing.
	NumberText   Notes = 1 << iota // text that is a number, in a column of numbers
	WholeReal                      // 5.0 in a column of integers
	RealDecimal                    // a decimal that SQLite kept as REAL; its shortest form is exact
	NumberInText                   // a number in a column of text
	TextInBytes                    // text in a column of bytes
	BooleanWord                    // 't', 'false', '1'
	UUIDForm                       // a UUID without dashes, in capitals, in braces
	NaiveTime                      // a time without a zone, read in the zone chosen (UTC)
	ZoneApplied                    // a time with a zone into a column without one, shifted to the zone chosen
	Midnight                       // a date followed by 00:00
	DummyDate                      // a time of day behind a date that stands for none
	JSONScalar                     // a number or true, false that SQLite took out of its JSON text
	JSONList                       // a JSON list in a column of arrays

	// What is carried in the only sensible way, and told.
	LooseNumber     // blanks, a plus sign or leading zeros around a number
	LooseBoolean    // 'yes', 'off'
	EpochSeconds    // a number that counts seconds since 1970
	EpochMillis     // milliseconds
	EpochMicros     // microseconds
	EpochNanos      // nanoseconds
	JulianDay       // a REAL that counts days since 4714 BC
	FractionRounded // finer than the column's seconds can hold
	RealNoise       // a decimal whose REAL carries binary noise after the 15th digit
	BlobText        // text that was stored as a BLOB
	UUIDBytes       // a UUID kept as 16 bytes
	MicrosInterval  // a number in a column of intervals, as microseconds
	EpochInterval   // a date in a column of intervals, as the time since 1970
	InfiniteFloat   // an infinity into a column that has it

	// What needs a person's decision, and can be converted with a loss.
	Fraction     // 5.5 in a column of integers: is rounded
	Scale        // more decimals than the column has: is rounded
	FloatRounded // more digits than the column's floating point has: is rounded
	TooLong      // is cut
	NUL          // PostgreSQL's text can't hold a NUL byte: is removed
	NotUTF8      // is read as Windows-1252
	TimeLost     // a time of day in a column of dates: is cut
	DateLost     // a date in a column of times: is cut
	ZoneLost     // a zone in a column of times: is cut
	OddEpoch     // a number in a column of times that is no likely moment: taken by its size

	// What needs a person's decision and can't be converted.
	EmptyText
	NotNumber
	OutOfRange
	Infinite
	NotBoolean
	NotUUID
	NotMoment // no date or time of the calendar
	NotInterval
	NotJSON
	JSONZero // \u0000, which jsonb can't hold
	NotMember
	NotAddress
	NotBits
	NotArray
	Refused // by the server's own type

	end
)

// Asked are the notes that stop a migration until a person decides.
const Asked = end - Fraction

// Refusals are the notes of values that the codec could not convert.
const Refusals = end - EmptyText

// Told are the notes that lose nothing but deserve a look.
const Told = Fraction - LooseNumber

// names are the keys of internal/text and of kept choices.
var names = [...]string{
	"number_text", "whole_real", "real_decimal", "number_in_text", "text_in_bytes", "boolean_word", "uuid_form", "naive_time",
	"zone_applied", "midnight", "dummy_date", "json_scalar", "json_list",
	"loose_number", "loose_boolean", "epoch_seconds", "epoch_millis", "epoch_micros", "epoch_nanos", "julian_day", "fraction_rounded",
	"real_noise", "blob_text", "uuid_bytes", "micros_interval", "epoch_interval", "infinite_float",
	"fraction", "scale", "float_rounded", "too_long", "nul", "not_utf8", "time_lost", "date_lost", "zone_lost", "odd_epoch",
	"empty_text", "not_number", "out_of_range", "infinite", "not_boolean", "not_uuid", "not_moment", "not_interval", "not_json", "json_zero",
	"not_member", "not_address", "not_bits", "not_array", "refused",
}

// Each calls do for each note of the set.
func (n Notes) Each(do func(Notes)) {
	for n != 0 {
		one := n & -n
		do(one)
		n &^= one
	}
}

// Index of a single note, for tables of counters of Kinds entries.
func (n Notes) Index() int { return bits.TrailingZeros64(uint64(n)) }

// Kinds is the number of different notes.
const Kinds = len(names)

// Name of a single note.
func (n Notes) Name() string { return names[n.Index()] }

// Named returns the note of that name, 0 if there is none.
func Named(name string) Notes {
	for i, s := range names {
		if s == name {
			return 1 << i
		}
	}
	return 0
}
