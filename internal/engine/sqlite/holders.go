package sqlite

import (
	"slices"
	"strconv"
)

// process is another program that has a database open.
type process struct {
	pid    int
	name   string
	writes bool // it holds the lock of a writer at this moment
}

// names lists processes as people look for them: "python3 (1234)".
func names(of []process) []string {
	list := make([]string, len(of))
	for i, p := range of {
		list[i] = p.name + " (" + strconv.Itoa(p.pid) + ")"
	}
	slices.Sort(list)
	return list
}
