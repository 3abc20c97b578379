package diff

import "sync"

// progress counts the rows that both sides have read.
type progress struct {
	told  func(done, total int64, table string)
	total int64

	mu   sync.Mutex
	done int64
}

// often is after how many rows of a side progress is told.
const often = 8192

// row counts the row of a side that comes after n others of its table.
func (p *progress) row(n uint32, table string) {
	if p.told == nil || n%often != often-1 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = min(p.done+often, p.total)
	p.told(p.done, p.total, table)
}
