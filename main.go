// Cofre backs up, looks into and restores SQLite and PostgreSQL databases.
package main

import (
	"embed"
	"os"

	"cofre/internal/cli"
)

//go:embed all:frontend/dist
var assets embed.FS

// main picks the door: a command goes to the command line, anything else opens
// the window. It does no work before that.
func main() {
	args := os.Args[1:]
	if len(args) > 0 && (cli.Known(args[0]) || len(args) > 1) {
		os.Exit(cli.Main(args))
	}
	file := ""
	if len(args) == 1 {
		file = args[0]
		if _, err := os.Stat(file); err != nil { // a mistyped command, not a file to open
			os.Exit(cli.Main(args))
		}
	}
	os.Exit(openWindow(NewApp(file)))
}
