//go:build windows || darwin

package secret

// reachable: the keyring is a part of the system.
func reachable() bool { return true }
