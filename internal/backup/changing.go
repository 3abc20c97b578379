package backup

import (
	"context"
	"slices"

	"cofre/internal/errs"
)

// Change changes what the catalogue says of a backup that is there, as it is at that
// moment; errs.NotFound of one that was put aside, or is gone.
func (a *Archiver) Change(ctx context.Context, id string, do func(*Entry)) (Entry, error) {
	return a.Catalog.Change(ctx, id, func(e *Entry) error {
		if !e.AsideAt.IsZero() {
			return unknown(id)
		}
		do(e)
		return nil
	})
}

// isAside says whether that backup was put aside, and is not yet gone for good.
func (a *Archiver) isAside(ctx context.Context, id string) (bool, error) {
	all, err := a.Catalog.List(ctx, Filter{Aside: true, Brief: true})
	return slices.ContainsFunc(all, func(e Entry) bool { return e.Manifest.ID == id }), err
}

func unknown(id string) error {
	return errs.New(errs.NotFound, "backup.unknown", errs.Args{"id": id})
}
