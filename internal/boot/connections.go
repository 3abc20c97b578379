package boot

import (
	"context"
	"encoding/json"
	"fmt"

	"cofre/internal/backup"
	"cofre/internal/state"
)

// connections keeps backup.Connection in the state's rows.
type connections struct{ state.Connections }

var _ backup.Connections = connections{}

func (c connections) All(ctx context.Context) ([]backup.Connection, error) {
	rows, err := c.List(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]backup.Connection, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Settings, &all[i]); err != nil {
			return nil, fmt.Errorf("read connection %s: %w", r.ID, err)
		}
		all[i].ID, all[i].Name, all[i].Kind, all[i].Active = r.ID, r.Name, backup.Kind(r.Kind), r.Active
	}
	return all, nil
}

func (c connections) Put(ctx context.Context, x backup.Connection) error {
	raw, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("keep connection %s: %w", x.ID, err)
	}
	return c.Connections.Put(ctx, state.Connection{ID: x.ID, Name: x.Name, Kind: string(x.Kind), Settings: raw})
}
