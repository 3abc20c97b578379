package sqlite

import (
	"context"
	"sync"
	"time"
)

// searchLimit is how long a plan may wait for the search for broken references. A
// restore notes them in any case, when it has read the whole file.
const searchLimit = 2 * time.Second

// references remembers what the search found in the last file: a restore plans
// again what was planned a moment ago.
type references struct {
	mu     sync.Mutex
	path   string
	file   stamp
	broken int64
}

// brokenIn returns how many rows of the file path, which v reads, have a foreign
// key that leads nowhere; 0 where that was not found out in time.
func (r *references) brokenIn(ctx context.Context, v *view, path string) int64 {
	now := stampOf(path)
	if n, ok := r.known(path, now); ok {
		return n
	}
	limited, stop := context.WithTimeout(ctx, searchLimit)
	defer stop()
	n, err := v.orphans(limited)
	if err != nil {
		n = 0
	}
	if ctx.Err() == nil { // a search that would not end in time would not the next time, either
		r.keep(path, now, n)
	}
	return n
}

func (r *references) known(path string, file stamp) (int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken, r.path == path && r.file == file
}

func (r *references) keep(path string, file stamp, broken int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.path, r.file, r.broken = path, file, broken
}
