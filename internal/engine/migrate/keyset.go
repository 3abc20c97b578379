package migrate

import (
	"slices"
	"sync"
	"sync/atomic"
)

// mostKeys bounds the memory for keys, in words of eight bytes: what does not fit
// is left to the server, which checks it anyway.
const mostKeys = 12 << 20

// keyList gathers keys of several readers in room that is made once: a list that
// grows would take twice as much.
type keyList struct {
	mu   sync.Mutex
	keys []uint64
}

func newKeyList(rows int64) *keyList { return &keyList{keys: make([]uint64, 0, rows)} }

// keyWriter is one reader's way into a list.
type keyWriter struct {
	list  *keyList
	fresh []uint64
}

func (w *keyWriter) add(k uint64) {
	if w.fresh = append(w.fresh, k); len(w.fresh) == rangeRows {
		w.flush()
	}
}

// flush is to be called once at the end, too.
func (w *keyWriter) flush() {
	w.list.mu.Lock()
	defer w.list.mu.Unlock()
	w.list.keys = append(w.list.keys, w.fresh...)
	w.fresh = w.fresh[:0]
}

// keySet is a set of keys.
type keySet struct {
	low    int64
	bits   []uint64        // of integers from low on, where their bounds are known
	sorted []uint64        // else
	gone   map[uint64]bool // keys of rows that are left out
}

func newKeySet() *keySet { return &keySet{gone: map[uint64]bool{}} }

// between makes room for the integers from low to high.
func (s *keySet) between(low, high int64) { s.low, s.bits = low, make([]uint64, spanned(low, high)) }

// spanned is how many words the integers from low to high take.
func spanned(low, high int64) uint64 { return (uint64(high)-uint64(low))/64 + 1 }

// add adds an integer between the bounds. Several readers may at the same time.
func (s *keySet) add(k uint64) {
	at := uint64(int64(k) - s.low)
	atomic.OrUint64(&s.bits[at/64], 1<<(at%64))
}

// fill makes the set hold the keys of a list, which is not used any more.
func (s *keySet) fill(l *keyList) {
	slices.Sort(l.keys)
	s.sorted = l.keys
}

func (s *keySet) has(k uint64) bool {
	if len(s.gone) > 0 && s.gone[k] {
		return false
	}
	if s.bits != nil {
		at := uint64(int64(k) - s.low)
		return at/64 < uint64(len(s.bits)) && s.bits[at/64]&(1<<(at%64)) != 0
	}
	_, ok := slices.BinarySearch(s.sorted, k)
	return ok
}

// repeated returns the keys that occur more than once. It sorts keys.
func repeated(keys []uint64) map[uint64]bool {
	slices.Sort(keys)
	var twice map[uint64]bool
	for i := 1; i < len(keys); i++ {
		if keys[i] == keys[i-1] {
			if twice == nil {
				twice = map[uint64]bool{}
			}
			twice[keys[i]] = true
		}
	}
	return twice
}
