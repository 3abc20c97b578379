//go:build !dev && !production && !bindings

package main

import "cofre/internal/cli"

// openWindow says that this build has no window.
func openWindow(*App) int { return cli.NoWindow(false) }
