// Package errs gives every error of Cofre a code that a door can act on and a
// reason that a door can word in the person's language. It holds no sentences:
// those are in internal/text, keyed by reason.
package errs

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Code says what kind of failure it is. Exit codes, window pages and retries
// are decided on it; the set is closed.
type Code string

// The codes. The numbers that a shell sees are in internal/cli.
const (
	Internal     Code = "internal"     // a defect of Cofre
	Invalid      Code = "invalid"      // wrong use, or input that is not what it should be
	Consent      Code = "consent"      // a consent is missing; a state, the plan says which
	Incompatible Code = "incompatible" // this backup can never go into this database
	NotFound     Code = "not_found"
	Busy         Code = "busy"        // another job, or another program holds the database
	Denied       Code = "denied"      // rights, password, demo mode
	Corrupt      Code = "corrupt"     // damaged or truncated
	Unavailable  Code = "unavailable" // server, tool or space is missing
	RolledBack   Code = "rolled_back" // failed after the change began; the old content is back
	Damaged      Code = "damaged"     // failed, and the old content could not be put back by itself
	Stale        Code = "stale"       // the plan no longer describes what is there
	Cancelled    Code = "cancelled"
)

// Args are the values that a reason's sentence mentions. Never a secret, never a row.
type Args map[string]any

// Error is an error with a code and a reason. Reason is a key of internal/text
// such as "sqlite.locked"; it is always set by New.
type Error struct {
	Code   Code
	Reason string
	Args   Args
	Detail string // raw words of another program (stderr, server message), shown folded
	Err    error  // cause, may be nil
}

// New returns an error with a code and a reason.
func New(code Code, reason string, args Args) *Error {
	return &Error{Code: code, Reason: reason, Args: args}
}

// Because sets the cause and returns e.
func (e *Error) Because(err error) *Error { e.Err = err; return e }

// With sets the raw detail and returns e.
func (e *Error) With(detail string) *Error { e.Detail = strings.TrimSpace(detail); return e }

// Error is for logs: the reason, its arguments in order, and the cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Reason)
	keys := make([]string, 0, len(e.Args))
	for k := range e.Args {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(&b, " %s=%v", k, e.Args[k])
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the outermost *Error in err's chain; Cancelled for
// a cancelled context, Internal for anything else, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	if errors.Is(err, context.Canceled) {
		return Cancelled
	}
	return Internal
}

// Of returns err as an *Error: itself where there is one in the chain, else an
// Internal (or Cancelled) one around it. Nil stays nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return New(Cancelled, "job.cancelled", nil).Because(err)
	}
	return New(Internal, "internal", nil).Because(err)
}
