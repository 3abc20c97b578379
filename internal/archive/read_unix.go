//go:build unix

package archive

import "syscall"

// nonblocking keeps an open from waiting where a pipe has taken the file's place.
const nonblocking = syscall.O_NONBLOCK
