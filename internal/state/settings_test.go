package state

import "testing"

func TestSettingsComeBackAsTheyWereSaved(t *testing.T) {
	type window struct {
		Theme string
		Scale int
	}
	s := open(t).Settings()
	got := window{Scale: 100}
	if found, err := s.Load(ctx, "window", &got); err != nil || found || got != (window{Scale: 100}) {
		t.Errorf("before it was saved: %+v, %v, %v", got, found, err)
	}
	for _, want := range []window{{"dark", 125}, {"light", 80}} {
		if err := s.Save(ctx, "window", want); err != nil {
			t.Fatal(err)
		}
		if found, err := s.Load(ctx, "window", &got); err != nil || !found || got != want {
			t.Errorf("got %+v, %v, %v, want %+v", got, found, err, want)
		}
	}
	var other []int
	if found, err := s.Load(ctx, "window", &other); err == nil || found {
		t.Errorf("a value of another kind: %v, %v", found, err)
	}
	if err := s.Save(ctx, "window", func() {}); err == nil {
		t.Error("a function was saved")
	}
}
