package service

import (
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

func TestWhatARehearsalLeftIsSaidUntilTheNextOne(t *testing.T) {
	d := &Desk{}
	d.keepLeft("b1", &backup.Rehearsal{Left: []*errs.Error{errs.New(errs.Unavailable, "postgres.lent_left", errs.Args{"folder": "/tmp/x"})}})
	d.keepLeft("b1", nil) // one that was cancelled has no word on it
	if left := d.leftOf("b1"); len(left) != 1 || left[0].Reason != "postgres.lent_left" || left[0].Args["folder"] != "/tmp/x" {
		t.Errorf("%+v", left)
	}
	if left := d.leftOf("b2"); len(left) != 0 {
		t.Errorf("of another backup: %+v", left)
	}
	d.keepLeft("b1", &backup.Rehearsal{})
	if left := d.leftOf("b1"); len(left) != 0 {
		t.Errorf("after the next one: %+v", left)
	}
}
