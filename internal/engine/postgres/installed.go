package postgres

import (
	"context"
	"fmt"
)

// Installed lists the client programs that are found on this machine, with their places.
func (e *Engine) Installed(ctx context.Context) []string {
	tools := []string{}
	for _, program := range []string{"pg_dump", "pg_restore"} {
		all, _ := e.tools.find(ctx, program, "")
		for _, t := range all {
			tools = append(tools, fmt.Sprintf("%s %s (%s)", program, t.version, t.dir()))
		}
	}
	return tools
}
