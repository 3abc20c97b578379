package backup

import (
	"context"
	"os"
	"time"

	"cofre/internal/archive"
	"cofre/internal/diff"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// Reader is what an engine may also offer: all rows of the live database, of one
// snapshot, for a comparison. Do may be called again from the start.
type Reader interface {
	Records(ctx context.Context, t Target, do func(archive.Records) error) error
}

// Base is what a database held after a restore: the backup that went in.
type Base struct {
	At    time.Time // when it was so
	File  string    // "" where there is none
	Bytes int64     // of the file, as the catalogue knows it; 0 for a file from outside
	Held  Contents  // kind and tables
}

// Since is what was written into a database after a restore: what an undo of the
// restore takes away.
type Since struct {
	At     time.Time   `json:"at"`
	Tables []TableDiff `json:"tables"` // those that differ or were not compared, never nil

	// Unknown says why no rows were compared: "" where they were, "converted" after a
	// migration, "base_gone" where the backup that was restored is no longer there as it
	// was, "unreadable" where one of the two does not give its rows, or they could not be
	// sorted, "too_long" where the time for it was over, "no_base" where nobody knows what
	// went in.
	Unknown string `json:"unknown"`
}

// Why nothing was compared.
const (
	unknownConverted  = "converted"
	unknownGone       = "base_gone"
	unknownUnreadable = "unreadable"
	unknownTooLong    = "too_long"
	unknownNoBase     = "no_base"
)

// since compares what t holds now with what it held after a restore, and adds what
// it finds to the plan of the undo. A comparison that can't be made, or not within
// the time for it, is a finding: the way back is open. The only error is ctx's.
func (r *Restorer) since(ctx context.Context, p *Plan, base Base, within time.Duration) error {
	s := &Since{At: base.At, Tables: []TableDiff{}}
	p.Since = s
	switch reader, ok := r.Archiver.Engines[p.Target.Kind].(Reader); {
	case base.File == "":
		s.Unknown = unknownNoBase
	case base.Held.Kind != p.Target.Kind:
		s.Unknown = unknownConverted
	case !ok:
		s.Unknown = unknownUnreadable
	case !base.there():
		s.Unknown = unknownGone
	default:
		limited, stop := context.WithTimeout(ctx, within)
		defer stop()
		tables, err := r.compareSince(limited, *p, reader, base)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			s.Tables = tables
		case limited.Err() != nil:
			s.Unknown = unknownTooLong
		default:
			s.Unknown = unknownUnreadable
		}
	}
	if s.Unknown != "" && base.Held.Tables != nil {
		s.count(base.Held, p.Current)
	}
	p.Checks = append(p.Checks, s.check())
	return nil
}

// there says whether the file is still the one that was restored, as far as its
// size or its time tell.
func (b Base) there() bool {
	info, err := os.Stat(b.File)
	if err != nil || b.Bytes != 0 {
		return err == nil && info.Size() == b.Bytes
	}
	return !info.ModTime().After(b.At)
}

func (r *Restorer) compareSince(ctx context.Context, p Plan, reader Reader, base Base) (tables []TableDiff, err error) {
	if err := os.MkdirAll(r.Work, 0o700); err != nil {
		return nil, archive.FileError(err, r.Work)
	}
	held, end, err := archive.OpenRecords(ctx, base.File, r.Work)
	defer end()
	if err != nil {
		return nil, err
	}
	err = reader.Records(ctx, p.Target, func(live archive.Records) (err error) {
		tables, err = diff.Compare(ctx, diff.Side{Records: held, Tables: base.Held.Tables}, diff.Side{Records: live, Tables: p.Current.Tables}, diff.Options{TempDir: r.Work, Hide: profile.Secret})
		return err
	})
	return tables, err
}

// count falls back to rows before and after, where no rows could be compared.
func (s *Since) count(base, now Contents) {
	s.Tables = append(s.Tables, differentCounts(base, now)...)
}

// check is the finding in one sentence.
func (s *Since) check() Check {
	var added, removed, changed int64
	skipped := 0
	for _, t := range s.Tables {
		added, removed, changed = added+t.Added, removed+t.Removed, changed+t.Changed
		if t.Skipped != "" {
			skipped++
		}
	}
	args := errs.Args{"since_at": s.At.UnixMilli(), "added": added, "removed": removed, "changed": changed, "tables": len(s.Tables), "skipped": skipped}
	switch {
	case s.Unknown == unknownConverted:
		return Check{Level: Warning, Code: "undo.converted", Args: args}
	case s.Unknown == unknownTooLong:
		return Check{Level: Warning, Code: "undo.too_long", Args: args}
	case s.Unknown != "":
		return Check{Level: Warning, Code: "undo.not_compared", Args: args}
	case skipped > 0:
		return Check{Level: Warning, Code: "undo.partly_compared", Args: args}
	case len(s.Tables) == 0:
		return Check{Level: Info, Code: "undo.nothing_since", Args: args}
	}
	return Check{Level: Warning, Code: "undo.written_since", Args: args}
}
