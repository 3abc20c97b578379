package postgres

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// widePipe is as much as Linux lets an ordinary user have, unless told otherwise.
const widePipe = 1 << 20

// widen gives a pipe room for more than the 64 KB that it begins with, so that
// neither side waits for the other's next moment. It is a courtesy.
func widen(pipe io.Reader) {
	if f, ok := pipe.(*os.File); ok {
		if c, err := f.SyscallConn(); err == nil {
			_ = c.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, widePipe) })
		}
	}
}
