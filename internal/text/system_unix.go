//go:build !windows && !darwin

package text

func preferred() []string { return fromEnvironment() }
