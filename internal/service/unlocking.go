package service

import (
	"context"
	"slices"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// Unlock keeps the key of an encrypted backup until the session ends: a passphrase, or
// the keys of a file where one is named. One that does not open it is not kept, and
// errs.Denied where the backup needs another; what else is wrong with one that opens is
// said by whoever reads it.
func (d *Desk) Unlock(ctx context.Context, in UnlockInput) error {
	if err := d.admin(); err != nil {
		return err
	}
	path, err := d.Service.path(ctx, backup.Ref{ID: in.BackupID, Path: in.Path})
	if err != nil {
		return err
	}
	keys := []*archive.Key{archive.Passphrase(in.Passphrase)}
	if in.KeyFile != "" {
		if keys, err = archive.ReadKeys(in.KeyFile); err != nil {
			return err
		}
	}
	_, err = archive.IdentifyInside(archive.WithKeys(ctx, keys...), path)
	keys = slices.DeleteFunc(keys, func(k *archive.Key) bool { return !k.Opened() })
	if len(keys) == 0 {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.admin(); err != nil { // who asked has left meanwhile, and Logout forgot all keys
		return err
	}
	d.keys = append(d.keys, keys...)
	return nil
}

// WithKeys returns ctx with the keys that were given in this session.
func (d *Desk) WithKeys(ctx context.Context) context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return archive.WithKeys(ctx, slices.Clone(d.keys)...)
}
