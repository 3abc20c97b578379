//go:build unix

package archive

import "syscall"

// What each finding of FileError is called here.
var (
	noSpace  = []error{syscall.ENOSPC, syscall.EDQUOT}
	readOnly = []error{syscall.EROFS}
	inUse    = []error{syscall.ETXTBSY, syscall.EBUSY}
	tooLarge = []error{syscall.EFBIG}
	badName  = []error{syscall.ENAMETOOLONG, syscall.EILSEQ}
	notThere = []error{syscall.ENOTDIR, syscall.ELOOP}
)
