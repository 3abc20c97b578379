package notify

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"cofre/internal/errs"
)

// Courier delivers what waits. Several may work at once, in one process or in several:
// each takes what it sends out of the others' reach first.
type Courier struct {
	Book     Book
	Sender   *Sender
	Now      func() time.Time
	Words    func(language string) Words
	Secret   func(channel string) (Secret, error)
	Computer string
}

// Pass tries what is due, each channel on its own so that one that hangs holds up no
// other, and returns when something is due next (the zero time: nothing waits). That a
// notice could not be delivered is no error of Pass: it is in the book.
func (c *Courier) Pass(ctx context.Context) (next time.Time, err error) {
	channels, err := c.Book.Channels(ctx)
	if err != nil {
		return next, err
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	for _, ch := range channels {
		all.Go(func() {
			at, e := c.serve(ctx, ch, channels)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, e)
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		})
	}
	all.Wait()
	return next, err
}

// serve delivers what is due on one channel, up to the first that fails.
func (c *Courier) serve(ctx context.Context, ch Channel, all []Channel) (next time.Time, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errs.New(errs.Internal, "internal", nil).With(fmt.Sprintf("%v\n%s", p, debug.Stack()))
		}
	}()
	for ctx.Err() == nil {
		batch, next, err := c.claim(ctx, ch)
		if err != nil || len(batch) == 0 {
			return next, err
		}
		_, cause := c.deliver(ctx, ch, batch)
		if ctx.Err() != nil && cause != nil { // this process ends: the attempt does not count
			for i := range batch {
				batch[i].Claimed = time.Time{}
			}
			return next, c.settle(ctx, batch)
		}
		over := delivered(ch.Kind, batch, c.Now(), cause)
		last := over[len(over)-1]
		if err := c.settle(ctx, over); err != nil {
			return next, err
		}
		if lost := givenUp(over); len(lost) > 0 {
			return c.Now(), c.Book.Add(context.WithoutCancel(ctx), For(all, Notice{Event: Undelivered, At: c.Now(), Subject: Subject{ch.ID, ch.Name}, Cause: last.Failure,
				Lines: []Line{{Key: "notify.line.given_up", Args: errs.Args{"n": len(lost), "tries": lost[0].Attempts}}}})...)
		}
		if cause != nil {
			return last.Due, nil
		}
	}
	return next, nil
}

// givenUp are those of a batch that are not tried again: the oldest, while newer ones are.
func givenUp(batch []Notice) (lost []Notice) {
	for _, n := range batch {
		if n.State == GivenUp {
			lost = append(lost, n)
		}
	}
	return lost
}

// claim takes the next batch of a channel out of the reach of other couriers.
func (c *Courier) claim(ctx context.Context, ch Channel) (batch []Notice, next time.Time, err error) {
	now := c.Now()
	err = c.Book.Claim(ctx, ch.ID, now.Add(-calm), func(waiting []Notice, sent map[Key]time.Time) []Notice {
		batch, next = Batch(ch.Kind, waiting, sent, now)
		for i := range batch {
			batch[i].Claimed = now.Add(lease)
		}
		return batch
	})
	return batch, next, err
}

// settle can't be cancelled: it has happened.
func (c *Courier) settle(ctx context.Context, batch []Notice) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer stop()
	return c.Book.Settle(ctx, batch...)
}

// deliver words a batch and sends it.
func (c *Courier) deliver(ctx context.Context, ch Channel, batch []Notice) (string, error) {
	secret, err := c.Secret(ch.ID)
	if err != nil {
		return "", err
	}
	return c.Sender.Send(ctx, ch, secret, message(ch, batch, c.Words(ch.Language), c.Computer, c.Now()))
}

// Try sends a test on a channel at once, as the person has it before them, whether it is
// kept or not, and returns the server's answer.
func (c *Courier) Try(ctx context.Context, ch Channel, secret Secret) (string, error) {
	n := Notice{ID: c.Now().UnixMilli(), Event: Test, At: c.Now(), Lines: []Line{{Key: "notify.line.test", Args: errs.Args{"name": ch.Name}}}}
	return c.Sender.Send(ctx, ch, secret, message(ch, []Notice{n}, c.Words(ch.Language), c.Computer, c.Now()))
}
