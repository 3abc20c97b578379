//go:build bindings

package main

// generating: this build only writes the page's bindings; no screen is needed.
const generating = true
