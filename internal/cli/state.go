package cli

import (
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// provenOn is a rehearsal that a backup has passed: how long its database would take
// to be back.
type provenOn struct {
	At      time.Time `json:"at"`
	TookMS  int64     `json:"took_ms"`
	On      string    `json:"on"`      // host:port, "" for this computer
	Version string    `json:"version"` // of the server, "" for a file
	Counted int       `json:"counted"` // tables with rows that were only counted
}

// provenOf is nil where there was no rehearsal, or it failed.
func provenOf(r *backup.Rehearsal) *provenOn {
	if r == nil || r.Failure != nil {
		return nil
	}
	return &provenOn{r.At, r.Took.Milliseconds(), r.On, r.Version, r.Counted}
}

// whyFailed is why a backup is failed.
type whyFailed struct {
	Code    errs.Code `json:"code"`
	Reason  string    `json:"reason"`
	Message string    `json:"message"`
	Details string    `json:"details"`
}

func (s *session) whyFailed(e *errs.Error) *whyFailed {
	if e == nil {
		return nil
	}
	message, details, _ := s.words.Error(e)
	return &whyFailed{e.Code, e.Reason, message, details}
}

// state is the state of a backup in words: with what proves it, or why it failed.
func (s *session) state(e backup.Entry) string {
	switch {
	case e.State == backup.Proven && e.Rehearsal != nil:
		return s.words.T("cli.state_proven", map[string]any{"proven_at": e.Rehearsal.At.UnixMilli(), "took_ms": e.Rehearsal.Took.Milliseconds()})
	case e.State == backup.Failed && e.Failure != nil:
		message, _, _ := s.words.Error(e.Failure)
		return s.words.T("cli.state_failed_why", map[string]any{"why": clean(message)})
	}
	return s.words.T("cli.state_"+string(e.State), nil)
}
