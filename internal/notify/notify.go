// Package notify tells people, and other programs, what Cofre did and what it did
// not do: by e-mail, on the desktop, by webhook and by ping. What is to be told is
// written into a queue first and delivered afterwards by whoever runs (Courier), so
// that a server that is away, or hangs, holds up nothing and loses nothing. A notice
// is delivered at least once; only a process that is killed between the answer of a
// server and its note of it delivers one twice.
package notify

import (
	"context"
	"slices"
	"time"

	"cofre/internal/errs"
)

// Event is what is told.
type Event string

// The events. Start is told to pings only, Recovered to whoever hears of silence, and
// Undelivered to whoever hears of failures.
const (
	Start       Event = "start"       // a backup begins
	Success     Event = "success"     // a job did what it should
	Failure     Event = "failure"     // a job did not
	Anomaly     Event = "anomaly"     // a new backup looks wrong beside those before it, or a watched database is empty
	Silence     Event = "silence"     // there was no good backup within the time expected
	Recovered   Event = "recovered"   // there is one again
	Room        Event = "room"        // there is little room left for backups
	Undelivered Event = "undelivered" // another channel's notices were given up
	Test        Event = "test"        // somebody wants to see whether it arrives
)

// Events are those that a channel can be set to.
var Events = []Event{Success, Failure, Anomaly, Silence, Room}

// Line is a sentence of a notice: a key of the words and what it mentions, worded in
// the channel's language when it is sent.
type Line struct {
	Key  string    `json:"key"`
	Args errs.Args `json:"args,omitempty"`
}

// Subject is what a notice is about. Name is shown; Key, an ID, tells subjects apart.
type Subject struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// State of a notice.
type State string

// The states; all but Waiting are final.
const (
	Waiting State = "waiting"
	Sent    State = "sent"
	GivenUp State = "given_up" // after many attempts and days
	Passed  State = "passed"   // not sent: a newer ping says more
)

// Notice is one thing to be told on one channel.
type Notice struct {
	ID       int64 // in the order in which they were added
	Channel  string
	Event    Event
	Subject  Subject
	What     string    // of Start, Success and Failure: which job, as the audit trail names it
	At       time.Time // when it happened
	Lines    []Line
	Cause    *errs.Error // why it failed; its raw detail is not told to others
	State    State
	Attempts int
	Due      time.Time   // of the next attempt; zero: at once
	Claimed  time.Time   // until then a process is sending it
	SentAt   time.Time   // when it was sent, or when it was given up
	Failure  *errs.Error // of the last attempt
}

// Key tells notices of one kind: at most one of them is sent an hour.
type Key struct {
	Event   Event
	Subject string
}

// Key of n.
func (n Notice) Key() Key { return Key{n.Event, n.Subject.Key} }

// Book keeps channels, what is to be told, and episodes, durably; several processes use it.
type Book interface {
	// Channels returns all, by name.
	Channels(ctx context.Context) ([]Channel, error)
	// Put adds c or replaces the one with its ID; what waits for it is due at once. A name
	// that another one has, in whatever case, is errs.Invalid "notify.name_taken".
	Put(ctx context.Context, c Channel) error
	// Remove forgets a channel and its notices. Twice is harmless.
	Remove(ctx context.Context, id string) error
	// Add puts notices into the queue. One for a channel that is gone is dropped.
	Add(ctx context.Context, all ...Notice) error
	// Claim shows choose what waits for a channel, oldest first, and when each kind was
	// last sent after since; what it returns is replaced. It is one transaction: no other
	// process chooses meanwhile.
	Claim(ctx context.Context, channel string, since time.Time, choose func(waiting []Notice, sent map[Key]time.Time) []Notice) error
	// Settle replaces notices by their IDs; the oldest of those that are over go. One whose
	// channel was removed meanwhile is gone.
	Settle(ctx context.Context, all ...Notice) error
	// Recent returns the last notices, newest first.
	Recent(ctx context.Context, limit int) ([]Notice, error)
	// Unsent returns what waits and has failed at least once, oldest first.
	Unsent(ctx context.Context) ([]Notice, error)
	// Episodes returns what is kept of each connection, by its ID, and of RoomEpisode.
	Episodes(ctx context.Context) (map[string]Episode, error)
	// Episode replaces what is kept under key by what step makes of it, and adds the
	// notices, in one transaction. Where step returns what it was given nothing is written.
	Episode(ctx context.Context, key string, step func(Episode) (Episode, []Notice)) error
}

// Words word a notice in one language.
type Words interface {
	T(key string, args map[string]any) string
	Error(err error) (message, details, hint string)
	FullTime(t time.Time) string
}

// For returns one notice for each of the channels that hear of n.
func For(channels []Channel, n Notice) []Notice {
	all := []Notice{}
	for _, c := range channels {
		if c.Hears(n.Event, n.Subject.Key) {
			n.Channel, n.State = c.ID, Waiting
			all = append(all, n)
		}
	}
	return all
}

// Hears says whether c tells of such an event.
func (c Channel) Hears(e Event, subject string) bool {
	if e != Room && e != Undelivered && len(c.Connections) > 0 && !slices.Contains(c.Connections, subject) {
		return false
	}
	switch e {
	case Start:
		return c.Kind == Ping
	case Recovered:
		e = Silence
	case Undelivered:
		e = Failure
		if c.Kind == Ping || c.ID == subject {
			return false
		}
	}
	return slices.Contains(c.Events, e) && (c.Kind != Ping || e != Silence && e != Room && e != Anomaly)
}
