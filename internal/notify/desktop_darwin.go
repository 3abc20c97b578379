package notify

import (
	"context"
	"os/exec"
)

// pop shows a notification by the system's own script language. The words are
// arguments, never a part of the script.
func pop(ctx context.Context, title, text string, _ bool) error {
	return exec.CommandContext(ctx, "/usr/bin/osascript", "-e", "on run argv", "-e", "display notification (item 2 of argv) with title (item 1 of argv)", "-e", "end run", title, text).Run()
}
