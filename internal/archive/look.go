package archive

import (
	"bytes"
	"strings"

	"filippo.io/age/armor"

	"cofre/internal/errs"
)

// Signatures of what Cofre reads.
const (
	sqliteMagic = "SQLite format 3\x00"
	dumpMagic   = "PGDMP"

	dumpFormatAt = 10 // where an archive of version 1.10 and later says its format:
	dumpCustom   = 1
	dumpTar      = 3 // of a folder's table of contents, too
)

// finding is what the first bytes of a file say: a format, or a reason why it is none.
type finding struct {
	kind      Kind
	format    Format
	encrypted bool
	code      errs.Code
	reason    string
	what      string // the proper name of what it is instead
}

func no(reason, what string) finding       { return finding{code: errs.Invalid, reason: reason, what: what} }
func damaged(reason string) finding        { return finding{code: errs.Corrupt, reason: reason} }
func found(kind Kind, f Format) finding    { return finding{kind: kind, format: f} }
func begins(head []byte, with string) bool { return bytes.HasPrefix(head, []byte(with)) }

// look tells what a file is from its first bytes; fewer than headSize of them are
// the whole file.
func look(head []byte) finding {
	switch {
	case len(head) == 0:
		return no("archive.empty", "")
	case begins(head, sqliteMagic):
		if len(head) < sqliteHeader {
			return damaged("archive.header_cut")
		}
		return found(SQLite, FormatSQLite)
	case begins(head, dumpMagic):
		return lookAtDump(head)
	case len(head) >= 4 && (strings.HasPrefix(sqliteMagic, string(head)) || strings.HasPrefix(dumpMagic, string(head))):
		return damaged("archive.header_cut")
	case begins(head, ageIntro), begins(head, armor.Header):
		return finding{encrypted: true}
	case isTar(head):
		if begins(head, "toc.dat\x00") && begins(head[min(512, len(head)):], dumpMagic) {
			return found(PostgreSQL, FormatTar)
		}
		return no("archive.packed", "TAR")
	case begins(head, "PK\x03\x04") && len(head) > 6 && head[6]&1 != 0: // of an entry with a password
		return no("archive.locked", "ZIP")
	case len(bytes.Trim(head, "\x00")) == 0:
		return damaged("archive.zeros")
	}
	for _, s := range signatures {
		if len(head) >= s.at && begins(head[s.at:], s.magic) {
			return no(s.reason, s.what)
		}
	}
	return lookAtText(head)
}

// lookAtDump tells an archive that pg_dump wrote as one file from a part of one.
func lookAtDump(head []byte) finding {
	format, ok := dumpFormat(head)
	switch {
	case !ok:
		return damaged("archive.header_cut")
	case format == dumpCustom:
		return found(PostgreSQL, FormatCustom)
	case format == dumpTar:
		return no("archive.toc_alone", "")
	}
	return damaged("archive.header")
}

// dumpFormat returns the format byte of a header that pg_dump wrote. A version
// that is not known here may keep it elsewhere: its archives count as custom, and
// the reader will say which version it is.
func dumpFormat(head []byte) (format byte, ok bool) {
	if len(head) <= dumpFormatAt {
		return 0, false
	}
	if head[5] != 1 || head[6] < oldestMinor || head[6] > newestMinor {
		return dumpCustom, true
	}
	return head[dumpFormatAt], true
}

func isTar(head []byte) bool { return len(head) > 262 && string(head[257:262]) == "ustar" }

// signatures of files that people take for a backup. The names are the same in
// every language.
var signatures = []struct {
	at                  int
	magic, reason, what string
}{
	{0, "\x37\x7f\x06\x82", "archive.sqlite_companion", "-wal"},
	{0, "\x37\x7f\x06\x83", "archive.sqlite_companion", "-wal"},
	{0, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", "archive.sqlite_companion", "-journal"},
	{0, "\x18\xe2\x2d\x00", "archive.sqlite_companion", "-shm"},
	{0, "\x00\x2d\xe2\x18", "archive.sqlite_companion", "-shm"},
	{0, "PK\x03\x04", "archive.packed", "ZIP"},
	{0, "PK\x05\x06", "archive.packed", "ZIP"},
	{0, "7z\xbc\xaf\x27\x1c", "archive.packed", "7-Zip"},
	{0, "Rar!\x1a\x07", "archive.packed", "RAR"},
	{0, "\xfd7zXZ\x00", "archive.packed", "XZ"},
	{0, "BZh", "archive.packed", "bzip2"},
	{0, "\x04\x22\x4d\x18", "archive.packed", "LZ4"},
	{0, "Salted__", "archive.locked", "OpenSSL"},
	{0, "-----BEGIN PGP MESSAGE-----", "archive.locked", "PGP"},
	{4, "Standard Jet DB\x00", "archive.other_file", "Microsoft Access"},
	{4, "Standard ACE DB\x00", "archive.other_file", "Microsoft Access"},
	{0, "TAPE\x00\x00", "archive.other_file", "SQL Server"},
	{0, "MSSQLBAK", "archive.other_file", "SQL Server"},
	{8, "DUCK", "archive.other_file", "DuckDB"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "archive.other_file", "Microsoft Office"},
	{0, "%PDF-", "archive.other_file", "PDF"},
	{0, "\x89PNG\r\n\x1a\n", "archive.other_file", "PNG"},
	{0, "\xff\xd8\xff", "archive.other_file", "JPEG"},
	{0, "\x7fELF", "archive.other_file", "ELF"},
	{0, "MZ\x90\x00", "archive.other_file", "EXE"},
}
