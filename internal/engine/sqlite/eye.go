package sqlite

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

var _ backup.Watcher = (*Engine)(nil)

// Watch looks at what the file system says of the file and of its -wal, and opens
// neither: a connection would take locks, make a -wal and a -shm where there are none,
// and keep the log from being put away. Every commit writes to one of the two. Their
// times are told in steps (of a few milliseconds, on FAT of two seconds): a second
// commit within a step may be seen only with the next one, so that whoever looks waits
// for longer than that before the rows are read.
func (e *Engine) Watch(t backup.Target) backup.Eye { return eye(t.Path) }

type eye string

func (y eye) Look(context.Context) (backup.Sight, error) {
	path, err := locate(string(y))
	if err != nil {
		return backup.Sight{}, err
	}
	main, err := os.Stat(path)
	if err != nil {
		return backup.Sight{}, archive.FileError(err, path)
	}
	log := "-"
	if info, err := os.Stat(path + walSuffix); err == nil && info.Size() > 0 { // a reader makes an empty one
		log = stampText(info)
	}
	of := fileIdentity(main)
	return backup.Sight{Of: of, Sign: of + " " + stampText(main) + " " + log}, nil
}

func stampText(info fs.FileInfo) string {
	return fmt.Sprintf("%d@%d", info.Size(), info.ModTime().UnixNano())
}

func (eye) Close() {}
