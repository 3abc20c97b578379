// Cofre backs up, looks into and restores SQLite and PostgreSQL databases.
package main

import (
	"os"

	"cofre/internal/boot"
	"cofre/internal/cli"
)

func main() { os.Exit(door(os.Args[1:], cli.TakeSecrets())) }

// door picks one: a command goes to the command line, nothing or a file to the
// window. It does no work before that.
func door(args []string, secrets cli.Secrets) int {
	if len(args) == 0 {
		return openWindow(NewApp(""))
	}
	if len(args) == 1 && args[0] == boot.Minimised {
		a := NewApp("")
		a.minimised = true
		return openWindow(a)
	}
	if len(args) == 1 && !cli.Known(args[0]) {
		if _, err := os.Stat(args[0]); err == nil { // a mistyped command is no file
			return openWindow(NewApp(args[0]))
		}
	}
	return cli.Main(args, secrets)
}
