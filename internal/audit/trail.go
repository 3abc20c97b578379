package audit

import (
	"context"
	"time"
)

// Line is an entry as it is kept: its text, and the hash over it and the line before.
type Line struct {
	N    int64
	Text string
	Hash string
}

// Store keeps lines. Several processes may use it at once.
type Store interface {
	// Append adds the line that next makes of its number and of the last line's hash ("" for
	// the first), in one transaction; it is durable when Append returns. Numbers count up
	// from 1, and go on where they were when lines have been taken away.
	Append(ctx context.Context, next func(n int64, last string) (Line, error)) error
	// Lines returns lines that q asks for.
	Lines(ctx context.Context, q Query) ([]Line, error)
	// Given is the highest number that was ever given, also where its line is gone.
	Given(ctx context.Context) (int64, error)
}

// Query narrows Lines; its zero value takes all of them, the newest first.
type Query struct {
	Who, What, Database string // exactly
	Since, Until        time.Time
	Search              string // a part of the line, in any case
	Oldest              bool   // the oldest first
	From                int64  // only lines behind this number, in the order asked for; 0 begins
	Span                int64  // only the so many numbers that follow From; 0 for all
	Limit               int    // 0 for all
}

// Trail is the audit trail. It may be used from several goroutines.
type Trail struct {
	Store Store
	Now   func() time.Time
}

// Add writes down what happened. Its number, its moment and its hash are given to it.
func (t *Trail) Add(ctx context.Context, e Entry) error {
	e.At = t.Now()
	return t.Store.Append(ctx, func(n int64, last string) (Line, error) {
		e.N = n
		text, err := e.line()
		return Line{N: n, Text: text, Hash: sum(last, text)}, err
	})
}

// Entries returns the entries that q asks for.
func (t *Trail) Entries(ctx context.Context, q Query) ([]Entry, error) {
	lines, err := t.Store.Lines(ctx, q)
	entries := make([]Entry, len(lines))
	for i, l := range lines {
		entries[i] = l.Entry()
	}
	return entries, err
}

// some is how many lines are in memory at a time where all are read.
const some = 1000

// Each calls f with the lines that q asks for, without holding all of them.
func (t *Trail) Each(ctx context.Context, q Query, f func(Line) error) error {
	left := q.Limit
	for {
		if q.Limit = some; left > 0 {
			q.Limit = min(some, left)
		}
		lines, err := t.Store.Lines(ctx, q)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if err := f(l); err != nil {
				return err
			}
		}
		if len(lines) < q.Limit || left == len(lines) {
			return nil
		}
		left = max(0, left-len(lines))
		q.From = lines[len(lines)-1].N
	}
}

// Head says how far a trail had come: which trail it is, by the hash of its first
// entry, and the number and hash of its last.
type Head struct {
	Trail string `json:"trail"`
	N     int64  `json:"n"`
	Hash  string `json:"hash"`
}

// Head is that of now; the zero value where nothing has been written down yet.
func (t *Trail) Head(ctx context.Context) (Head, error) {
	first, err := t.Store.Lines(ctx, Query{Oldest: true, Limit: 1})
	if err != nil || len(first) == 0 {
		return Head{}, err
	}
	last, err := t.Store.Lines(ctx, Query{Limit: 1})
	if err != nil || len(last) == 0 {
		return Head{}, err
	}
	return Head{Trail: first[0].Hash, N: last[0].N, Hash: last[0].Hash}, nil
}
