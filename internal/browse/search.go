package browse

import (
	"context"
	"sync"
)

// search looks for a text in all tables, in the background.
type search struct {
	*growth
	text string
	stop context.CancelFunc

	mu     sync.Mutex
	hits   []Hit
	table  string
	unread []Unread
}

// MostHits is how many rows a search finds before it stops.
const MostHits = 500

// Found are rows in which a text is. More says that there are others.
type Found struct {
	Hits  []Hit
	Table string // where the search is
	Ended bool
	More  bool
	Err   error // names the tables that could not be read to the end; nil where there is none
}

// Find looks for a text in all tables and returns the hits behind the first have of
// them. It waits a second at most for more; whoever wants the rest asks again. Another
// text ends the search before.
func (b *Book) Find(ctx context.Context, text string, have int64) (Found, error) {
	find := NewNeedle(text)
	if find == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.endSearch()
		return Found{Hits: []Hit{}, Ended: true}, nil
	}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return Found{}, errGone
	}
	s := b.search
	if s == nil || s.text != text {
		b.endSearch()
		s = &search{growth: newGrowth(), text: text}
		s.stop = b.start(ctx, s.growth, func(ctx context.Context) error { return s.run(ctx, b, find) })
		b.search = s
	}
	b.mu.Unlock()
	st, err := s.wait(ctx, have, patience)
	if err != nil {
		return Found{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := Found{Hits: []Hit{}, Table: s.table, Ended: st.ended, More: st.cut, Err: UnreadError(s.unread)}
	if have = max(0, have); have < st.known {
		f.Hits = append(f.Hits, s.hits[have:st.known]...)
	}
	if len(f.Hits) > 0 && st.err != nil { // these first: whoever asks for the rest hears of it
		f.Ended = false
		return f, nil
	}
	return f, st.err
}

func (b *Book) endSearch() {
	if b.search != nil {
		b.search.stop()
		b.search = nil
	}
}

func (s *search) run(ctx context.Context, b *Book, find *Needle) error {
	for _, table := range b.cells.Tables() {
		s.mu.Lock()
		s.table = table
		s.mu.Unlock()
		full := false
		unread, err := Search(ctx, b.cells, []string{table}, find, func(h Hit) error {
			s.mu.Lock()
			if full = len(s.hits) == MostHits; !full {
				s.hits = append(s.hits, h)
			}
			known := int64(len(s.hits))
			s.mu.Unlock()
			if full {
				s.change(func() { s.cut = true })
				return ErrEnough
			}
			s.grow(known)
			return nil
		})
		s.mu.Lock()
		s.unread = append(s.unread, unread...)
		s.mu.Unlock()
		if err != nil || full {
			return err
		}
	}
	return nil
}
