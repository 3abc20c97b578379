package sqlite

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// holders returns the other processes that have the database open, as far as this
// user may see them.
func holders(path string) []process {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil
	}
	files := map[string]bool{path: true, path + walSuffix: true, path + shmSuffix: true, path + journalSuffix: true}
	writers := writers(path)
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var list []process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() || !opened(pid, files) {
			continue
		}
		list = append(list, process{pid: pid, name: command(pid), writes: writers[pid]})
	}
	return list
}

func opened(pid int, files map[string]bool) bool {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd"
	fds, err := os.ReadDir(dir)
	if err != nil {
		return false // ended, or another user's
	}
	for _, fd := range fds {
		if to, err := os.Readlink(filepath.Join(dir, fd.Name())); err == nil && files[to] {
			return true
		}
	}
	return false
}

func command(pid int) string {
	name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(name))
}

// The bytes that SQLite locks (os.h, wal.c): a writer of a rollback journal holds
// pending, reserved, or all of the shared ones for itself; a writer ahead holds
// the first lock of the -shm.
const (
	pendingByte  = 0x40000000
	sharedEnd    = pendingByte + 2 + 510 - 1
	walWriteByte = 120
)

// writers returns the processes that hold a writer's lock on the database now.
func writers(path string) map[int]bool {
	found := map[int]bool{}
	main, shm := inode(path), inode(path+shmSuffix)
	f, err := os.Open("/proc/locks")
	if err != nil {
		return found
	}
	defer f.Close()
	// 1: POSIX  ADVISORY  WRITE 1234 fe:00:131083 1073741824 1073742335
	for lines := bufio.NewScanner(f); lines.Scan(); {
		w := strings.Fields(lines.Text())
		if len(w) != 8 || w[3] != "WRITE" {
			continue
		}
		pid, _ := strconv.Atoi(w[4])
		from, _ := strconv.ParseInt(w[6], 10, 64)
		file := w[5][strings.LastIndexByte(w[5], ':')+1:]
		if file == main && from >= pendingByte && from <= sharedEnd || file == shm && from == walWriteByte {
			found[pid] = true
		}
	}
	return found
}

// inode is the number of the file as /proc/locks prints it. The device beside it
// there is not the one that stat tells on every file system; that the process
// has the file open is known otherwise.
func inode(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return strconv.FormatUint(s.Ino, 10)
}
