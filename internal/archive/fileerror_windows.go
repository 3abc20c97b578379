package archive

import "golang.org/x/sys/windows"

// What each finding of FileError is called here.
var (
	noSpace  = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}
	readOnly = []error{windows.ERROR_WRITE_PROTECT}
	inUse    = []error{windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION}
	tooLarge = []error{windows.ERROR_FILE_TOO_LARGE}
	badName  = []error{windows.ERROR_INVALID_NAME, windows.ERROR_FILENAME_EXCED_RANGE}
	notThere = []error{windows.ERROR_NOT_READY, windows.ERROR_BAD_NETPATH, windows.ERROR_DIRECTORY}
)
