package notify

import (
	"time"

	"cofre/internal/errs"
)

const (
	// calm is the time in which one of a kind is sent.
	calm = time.Hour
	// lease is how long a process that sends a notice has it for itself; longer than any delivery takes.
	lease = 10 * time.Minute
	// longest is the longest pause between two attempts, stubborn that after an answer that another attempt would bring again.
	longest, stubborn = time.Hour, 6 * time.Hour
	// A notice is given up when it is that old and was tried that often.
	patience     = 3 * 24 * time.Hour
	leastTries   = 8
	mostAttempts = 500 // whatever the clock says
)

// Batch is what is sent next of what waits for a channel: one notice, or all of a kind
// as a summary. Empty: nothing is due before next (the zero time: nothing waits).
// Pings are not held back, but only the newest of a subject is worth sending: it is the
// last of the batch.
func Batch(kind Kind, waiting []Notice, sent map[Key]time.Time, now time.Time) (batch []Notice, next time.Time) {
	order, groups := []Key{}, map[Key][]Notice{}
	for _, n := range waiting {
		k := n.Key()
		if kind == Ping {
			k.Event = ""
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], n)
	}
	for _, k := range order {
		due := dueAt(groups[k], now)
		if last, was := sent[k]; was && kind != Ping && !last.After(now) && due.Before(last.Add(calm)) {
			due = last.Add(calm)
		}
		if !due.After(now) {
			return groups[k], time.Time{}
		}
		if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return nil, next
}

// dueAt is when notices of one kind may be sent: the oldest decides, one that came while
// another has failed waits with it. A time that is further away than any pause comes from
// a clock that was set back, and counts for nothing.
func dueAt(group []Notice, now time.Time) time.Time {
	due := group[0].Due
	if due.Sub(now) > maxPause {
		due = now
	}
	for _, n := range group {
		if held := n.Claimed; held.After(now) && held.Sub(now) <= lease && held.After(due) {
			due = held
		}
	}
	return due
}

// maxPause is the longest that anybody waits for an attempt.
const maxPause = 24 * time.Hour

// delivered are the notices of a batch after an attempt that began at now and ended with cause.
func delivered(kind Kind, batch []Notice, now time.Time, cause error) []Notice {
	after := make([]Notice, len(batch))
	for i, n := range batch {
		n.Claimed = time.Time{}
		n.Attempts++
		switch {
		case kind == Ping && i < len(batch)-1:
			n.State, n.SentAt = Passed, now
		case cause == nil:
			n.State, n.SentAt, n.Failure = Sent, now, nil
		case n.Attempts >= leastTries && now.Sub(n.At) > patience, n.Attempts >= mostAttempts:
			n.State, n.SentAt, n.Failure = GivenUp, now, errs.Of(cause)
		default:
			n.Due, n.Failure = now.Add(pause(batch[0].Attempts, cause)), errs.Of(cause)
		}
		after[i] = n
	}
	return after
}

// pause before the next attempt: a minute, and twice as much each time.
func pause(attempts int, cause error) time.Duration {
	p := longest
	if attempts < 6 {
		p = time.Minute << attempts
	}
	e := errs.Of(cause)
	if ms, said := e.Args["retry_ms"].(int64); said { // the server's own wish
		p = max(p, time.Duration(ms)*time.Millisecond)
	} else if e.Code != errs.Unavailable && e.Code != errs.Busy {
		p = max(p, min(stubborn, time.Duration(attempts+1)*10*time.Minute))
	}
	return min(p, maxPause)
}
