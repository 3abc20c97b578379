package boot

import (
	"context"
	"runtime"

	"cofre/internal/engine/sqlite"
	"cofre/internal/service"
)

// about says what this Cofre is made of, and which client programs it finds.
func about(ctx context.Context) (service.AboutView, error) {
	lite, err := sqlite.Version(ctx)
	return service.AboutView{Version: Version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, SQLite: lite, Tools: postgresEngine.Installed(ctx)}, err
}
