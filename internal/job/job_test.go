package job

import (
	"errors"
	"fmt"
	"testing"

	"cofre/internal/errs"
)

func TestAFailureKeepsTheCauseThatHasWordsOfItsOwn(t *testing.T) {
	space := errs.New(errs.Unavailable, "space", errs.Args{"free_bytes": 7}).With("ENOSPC")
	f := FailureOf(errs.New(errs.RolledBack, "swap", nil).Because(fmt.Errorf("apply: %w", space)))
	if f.Code != errs.RolledBack || f.Args == nil || f.Cause == nil || f.Cause.Reason != "space" || f.Cause.Detail != "ENOSPC" || f.Cause.Cause != nil {
		t.Errorf("got %+v, caused by %+v", f, f.Cause)
	}
	if FailureOf(nil) != nil {
		t.Error("no error is a failure")
	}
}

func TestADefectBringsTheWordsOfItsCause(t *testing.T) {
	if f := FailureOf(errors.New("index out of range")); f.Code != errs.Internal || f.Detail != "index out of range" {
		t.Errorf("got %+v", f)
	}
	if f := FailureOf(errs.New(errs.Busy, "x", nil).Because(errors.New("SQLITE_BUSY"))); f.Detail != "" {
		t.Errorf("the words for the log went to the person: %+v", f)
	}
}
