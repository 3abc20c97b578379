package postgres

import (
	"context"
	"net/netip"
	"os"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// room tells the room that a second database takes, and warns where the server is
// on this machine, says where its data are, and has less. Elsewhere it is not known.
func (p *planning) room(ctx context.Context, e *Engine, need int64) error {
	args := errs.Args{"needed_bytes": need}
	folder, err := p.dataFolder(ctx)
	if err != nil {
		return err
	}
	if folder != "" && e.Free != nil {
		if _, err := os.Stat(folder); err == nil {
			if free, err := e.Free(folder); err == nil {
				args["free_bytes"], args["folder"] = free, folder
				if free < need {
					p.add(backup.Warning, "postgres.side_full", args)
				} else {
					p.info("postgres.side_room_known", args)
				}
				return nil
			}
		}
	}
	p.info("postgres.side_room", args)
	return nil
}

// here says whether the server is on this machine.
func (a address) here() bool {
	ip, err := netip.ParseAddr(a.ip)
	return a.tunnel == nil && (a.ip == "" || err == nil && ip.IsLoopback())
}
