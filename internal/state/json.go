package state

import (
	"encoding/json"
	"errors"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// failure is an errs.Error as state.db keeps it, with those of its causes that
// have words of their own.
type failure struct {
	Code   errs.Code `json:"code"`
	Reason string    `json:"reason"`
	Args   errs.Args `json:"args,omitempty"`
	Detail string    `json:"detail,omitempty"`
	Cause  *failure  `json:"cause,omitempty"`
}

func failureOf(e *errs.Error) *failure {
	if e == nil {
		return nil
	}
	f := &failure{Code: e.Code, Reason: e.Reason, Args: e.Args, Detail: e.Detail}
	var cause *errs.Error
	if errors.As(e.Err, &cause) {
		f.Cause = failureOf(cause)
	}
	return f
}

func (f *failure) error() *errs.Error {
	if f == nil {
		return nil
	}
	e := errs.New(f.Code, f.Reason, f.Args).With(f.Detail)
	if f.Cause != nil {
		e.Err = f.Cause.error()
	}
	return e
}

// rehearsal is a backup.Rehearsal as state.db keeps it.
type rehearsal struct {
	At      time.Time     `json:"at"`
	Took    time.Duration `json:"took"`
	On      string        `json:"on"`
	Version string        `json:"version"`
	Counted int           `json:"counted,omitempty"`
	Failure *failure      `json:"failure,omitempty"`
}

func rehearsalOf(r *backup.Rehearsal) *rehearsal {
	if r == nil {
		return nil
	}
	return &rehearsal{r.At, r.Took, r.On, r.Version, r.Counted, failureOf(r.Failure)}
}

func (r *rehearsal) rehearsal() *backup.Rehearsal {
	if r == nil {
		return nil
	}
	return &backup.Rehearsal{At: r.At, Took: r.Took, On: r.On, Version: r.Version, Counted: r.Counted, Failure: r.Failure.error()}
}

// encode writes v as JSON; "" for a nil pointer.
func encode[T any](v *T) (string, error) {
	if v == nil {
		return "", nil
	}
	raw, err := json.Marshal(v)
	return string(raw), err
}

// decode is the opposite of encode; "" leaves into as it is.
func decode(raw string, into any) error {
	if raw == "" {
		return nil
	}
	return json.Unmarshal([]byte(raw), into)
}

// nanos is how a time is stored; 0 for the zero time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instant(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}
