package boot

import (
	"cmp"
	"os"
	"time"

	"cofre/internal/notify"
	"cofre/internal/platform"
	"cofre/internal/service"
	"cofre/internal/state"
	"cofre/internal/text"
)

func newNotices(db *state.DB, svc *service.Service, desk *service.Desk, o Options) *service.Notices {
	name, _ := os.Hostname() // a computer without a name tells all the same
	return service.NewNotices(&service.Notices{
		Service:   svc,
		Connected: db.Connections(),
		Schedules: db.Schedules(),
		Secrets:   desk.Secrets,
		Book:      db.Notices(),
		Free:      platform.FreeSpace,
		Courier: &notify.Courier{
			Sender:   &notify.Sender{Program: "cofre/" + Version, Watched: o.Watched},
			Now:      time.Now,
			Words:    func(language string) notify.Words { return text.For(text.Language(language)) },
			Computer: cmp.Or(name, "–"),
		},
	})
}
