package backup

import (
	"context"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// The least room with which a safety backup, or a backup that has to be unpacked, is
// tried at all.
const leastRoom = 1 << 20

// unfolds is how many times its size a compressed backup may take when it is
// unpacked, as databases go.
const unfolds = 5

// room looks at the volumes of the repository and of the temporary files. It blocks
// where there is certainly too little, and warns where there may be. The target's
// own volume is the engine's to look at.
func (r *Restorer) room(ctx context.Context, p *Plan) []Check {
	if r.Free == nil {
		return nil
	}
	var checks []Check
	if folder := r.Archiver.Repository(); p.Exists && p.KeepAs == "" {
		if free, err := r.Free(folder); err == nil {
			need, certain := r.safetyBytes(ctx, p)
			args := errs.Args{"free_bytes": free, "need_bytes": need, "folder": folder}
			switch {
			case free < certain:
				checks = append(checks, Check{Level: Blocker, Code: "room.repository", Args: args})
			case free < need:
				checks = append(checks, Check{Level: Warning, Code: "room.repository_maybe", Args: args})
			}
		}
	}
	id, err := archive.IdentifyInside(ctx, p.Archive.File)
	need := id.Bytes
	switch {
	case err != nil, id.Layer == archive.None && !id.Encrypted:
		return checks
	case id.Layer != archive.None:
		need *= unfolds
	}
	if free, err := r.Free(r.Work); err == nil {
		args := errs.Args{"free_bytes": free, "need_bytes": need, "folder": r.Work}
		switch {
		case free < leastRoom:
			checks = append(checks, Check{Level: Blocker, Code: "room.work", Args: args})
		case free < need:
			checks = append(checks, Check{Level: Warning, Code: "room.work_maybe", Args: args})
		}
	}
	return checks
}

// safetyBytes is how large the safety backup is expected to be, and what it
// certainly takes. SQLite's is a copy. PostgreSQL's has no indexes and is compressed:
// nobody knows how well, but the last good backup of the database tells.
func (r *Restorer) safetyBytes(ctx context.Context, p *Plan) (expected, certain int64) {
	if p.Target.Kind == SQLite {
		return p.Current.Bytes, p.Current.Bytes
	}
	expected = p.Current.Bytes
	good, err := r.Archiver.Catalog.List(ctx, Filter{Identity: p.Target.Identity(), Sound: true, Limit: 1})
	if err == nil && len(good) > 0 {
		rows := Contents{Tables: good[0].Manifest.Tables}.Rows()
		if now := p.Current.Rows(); rows > 0 && now > 0 {
			expected = min(expected, int64(1.2*float64(good[0].Manifest.Bytes)*max(1, float64(now)/float64(rows))))
		}
	}
	return expected, leastRoom
}
