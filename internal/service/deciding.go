package service

import (
	"context"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Decide keeps what a person has decided about migrations into a connection's
// database, in place of what was kept. Plans that were made before are gone: the
// person agrees to what the decisions lead to, and has not seen that yet.
func (d *Desk) Decide(ctx context.Context, connection string, v ChoicesView) error {
	if err := d.admin(); err != nil {
		return err
	}
	if err := d.keepChoices(d.as(ctx), connection, backup.Choices{Zone: v.Zone, Alike: v.Alike, Each: v.Each}); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, p := range d.plans {
		if p.connection.ID == connection {
			delete(d.plans, id)
		}
	}
	return nil
}

// KeepChoices is Decide for the command line, which has shown an administrator's
// password to reach for the connection.
func (d *Desk) KeepChoices(ctx context.Context, name string, c backup.Choices) error {
	return d.keepChoices(ctx, name, c)
}

func (d *Desk) keepChoices(ctx context.Context, name string, choices backup.Choices) error {
	if _, err := choices.Location(); err != nil {
		return err
	}
	all, err := d.Connected.All(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Name == name || c.ID == name {
			old := c
			c.Choices = choices
			if err := d.Connected.Put(ctx, c); err != nil {
				return err
			}
			return d.Service.noteConnection(ctx, old, c, false)
		}
	}
	return errs.New(errs.NotFound, "connection.unknown", errs.Args{"name": name})
}

func choicesView(c backup.Choices) ChoicesView {
	return ChoicesView{Zone: c.Zone, Alike: c.Alike, Each: append([]backup.Choice{}, c.Each...)}
}
