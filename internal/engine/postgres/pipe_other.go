//go:build !linux

package postgres

import "io"

func widen(io.Reader) {}
