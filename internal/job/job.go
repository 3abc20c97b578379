// Package job runs one operation at a time, across processes, and tells
// listeners about it in complete snapshots.
package job

import (
	"errors"

	"cofre/internal/errs"
)

// State of a job.
type State string

// The states; all but Running are final.
const (
	Running   State = "running"
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Snapshot is all that a listener needs to show a job; it replaces any earlier
// one of the same ID with a lower Revision. Times are Unix milliseconds.
type Snapshot struct {
	ID         string     `json:"id"`
	Revision   int64      `json:"revision"`
	Kind       string     `json:"kind"`   // "backup", "restore", "verify", "rehearse"
	Target     string     `json:"target"` // name of the database
	State      State      `json:"state"`
	StartedAt  int64      `json:"startedAt"`
	EndedAt    int64      `json:"endedAt"` // 0 while running
	Steps      []StepView `json:"steps"`
	Step       string     `json:"step"`    // the running one
	Percent    float64    `json:"percent"` // of the whole job, 0–100; -1 unknown
	Done       int64      `json:"done"`    // of the running step
	Total      int64      `json:"total"`   // 0 unknown
	Unit       string     `json:"unit"`
	Rate       float64    `json:"rate"`   // Unit per second, 0 unknown
	LeftMS     int64      `json:"leftMS"` // expected time left, -1 unknown
	Item       string     `json:"item"`   // current table
	Cancelling bool       `json:"cancelling"`
	CanCancel  bool       `json:"canCancel"` // false during undo
	Error      *Failure   `json:"error"`
	Logged     int64      `json:"logged"` // lines in the log so far; Runner.Log has them
}

// StepView is one step of a job.
type StepView struct {
	Name       string `json:"name"`
	State      string `json:"state"` // todo, running, done, failed
	TookMS     int64  `json:"tookMS"`
	ExpectedMS int64  `json:"expectedMS"` // 0 unknown
}

// LogLine is one line of a job's log. Key is worded by internal/text ("log.<key>") where it is known there.
type LogLine struct {
	N    int64  `json:"n"` // the first is 1
	At   int64  `json:"at"`
	Step string `json:"step"`
	Text string `json:"text"` // raw: names, counts, key=value
}

// Failure is an error as a door shows it. Cause is set where the error was
// caused by another one that has words of its own ("rolled back", because "no
// space").
type Failure struct {
	Code   errs.Code `json:"code"`
	Reason string    `json:"reason"`
	Args   errs.Args `json:"args"`
	Detail string    `json:"detail"`
	Cause  *Failure  `json:"cause"`
}

// FailureOf describes err; nil for nil. A defect, which has no words of its own,
// brings the words of its cause as Detail.
func FailureOf(err error) *Failure {
	e := errs.Of(err)
	if e == nil {
		return nil
	}
	f := &Failure{Code: e.Code, Reason: e.Reason, Args: e.Args, Detail: e.Detail}
	if f.Args == nil {
		f.Args = errs.Args{}
	}
	var cause *errs.Error
	if errors.As(e.Err, &cause) {
		f.Cause = FailureOf(cause)
	} else if e.Code == errs.Internal && e.Detail == "" && e.Err != nil {
		f.Detail = e.Err.Error()
	}
	return f
}
