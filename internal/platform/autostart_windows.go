package platform

import (
	"context"
	"os/exec"
)

// runKey is where programs lie that the session of this user starts.
const runKey = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`

// StartsWithSession says whether this user's session starts Cofre.
func StartsWithSession(ctx context.Context) (bool, error) {
	return exec.CommandContext(ctx, "reg", "query", runKey, "/v", loginName).Run() == nil, nil
}

// StartWithSession has the session start it, or no longer. Twice is harmless, and takes
// the new words.
func StartWithSession(ctx context.Context, a Autostart, on bool) error {
	if on {
		return scheduler(exec.CommandContext(ctx, "reg", "add", runKey, "/v", loginName, "/t", "REG_SZ", "/d", a.command(), "/f"))
	}
	if there, _ := StartsWithSession(ctx); !there {
		return nil
	}
	return scheduler(exec.CommandContext(ctx, "reg", "delete", runKey, "/v", loginName, "/f"))
}
