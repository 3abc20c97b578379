//go:build (dev || production) && !bindings

package main

// generating: this build opens a window.
const generating = false
