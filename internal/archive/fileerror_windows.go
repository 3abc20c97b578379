package archive

import "syscall"

// What each finding of FileError is called here: numbers of winerror.h.
var (
	noSpace  = []error{syscall.Errno(39), syscall.Errno(112), syscall.Errno(1295)} // HANDLE_DISK_FULL, DISK_FULL, DISK_QUOTA_EXCEEDED
	readOnly = []error{syscall.Errno(19)}                                          // WRITE_PROTECT
	inUse    = []error{syscall.Errno(32), syscall.Errno(33)}                       // SHARING_VIOLATION, LOCK_VIOLATION
	tooLarge = []error{syscall.Errno(223)}                                         // FILE_TOO_LARGE
	badName  = []error{syscall.Errno(123), syscall.Errno(206)}                     // INVALID_NAME, FILENAME_EXCED_RANGE
	notThere = []error{syscall.Errno(21), syscall.Errno(53), syscall.Errno(267)}   // NOT_READY, BAD_NETPATH, DIRECTORY
)
