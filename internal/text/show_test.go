package text

import (
	"testing"
	"time"
)

func TestNumbersAreGroupedByTheLanguage(t *testing.T) {
	tests := []struct {
		n      int64
		en, pt string
	}{
		{0, "0", "0"}, {7, "7", "7"}, {999, "999", "999"}, {1000, "1,000", "1.000"}, {48312, "48,312", "48.312"},
		{-214, "−214", "−214"}, {-1234567, "−1,234,567", "−1.234.567"},
		{1<<63 - 1, "9,223,372,036,854,775,807", "9.223.372.036.854.775.807"},
	}
	for _, x := range tests {
		if got := For(English).Number(x.n); got != x.en {
			t.Errorf("en %d = %q, want %q", x.n, got, x.en)
		}
		if got := For(Portuguese).Number(x.n); got != x.pt {
			t.Errorf("pt %d = %q, want %q", x.n, got, x.pt)
		}
	}
	for n, want := range map[int64]string{7: "+7", -214: "−214", 0: "0"} {
		if got := For(English).Difference(n); got != want {
			t.Errorf("Difference(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSizesHaveOneDigitUnderAHundred(t *testing.T) {
	tests := []struct {
		bytes  int64
		en, pt string
	}{
		{0, "0 B", "0 B"}, {999, "999 B", "999 B"}, {1000, "1.0 kB", "1,0 kB"}, {8_600_000, "8.6 MB", "8,6 MB"},
		{99_940_000, "99.9 MB", "99,9 MB"}, {99_950_000, "100 MB", "100 MB"}, {212_000_000_000, "212 GB", "212 GB"},
		{999_499_999, "999 MB", "999 MB"}, {999_500_000, "1.0 GB", "1,0 GB"}, {1<<63 - 1, "9.2 EB", "9,2 EB"}, {-1, "–", "–"},
	}
	for _, x := range tests {
		if got := For(English).Size(x.bytes); got != x.en {
			t.Errorf("en %d = %q, want %q", x.bytes, got, x.en)
		}
		if got := For(Portuguese).Size(x.bytes); got != x.pt {
			t.Errorf("pt %d = %q, want %q", x.bytes, got, x.pt)
		}
	}
}

func TestDurationsAreShownInTheUnitsOfAClock(t *testing.T) {
	tests := []struct {
		d      time.Duration
		en, pt string
	}{
		{-time.Second, "0.0 s", "0,0 s"}, {400 * time.Millisecond, "0.4 s", "0,4 s"}, {9949 * time.Millisecond, "9.9 s", "9,9 s"},
		{9950 * time.Millisecond, "10 s", "10 s"}, {19 * time.Second, "19 s", "19 s"}, {59499 * time.Millisecond, "59 s", "59 s"},
		{59500 * time.Millisecond, "1 min 00 s", "1 min 00 s"}, {125 * time.Second, "2 min 05 s", "2 min 05 s"},
		{time.Hour - time.Second, "59 min 59 s", "59 min 59 s"}, {time.Hour - time.Millisecond, "1 h 00 min", "1 h 00 min"},
		{65 * time.Minute, "1 h 05 min", "1 h 05 min"}, {50 * time.Hour, "50 h 00 min", "50 h 00 min"},
	}
	for _, x := range tests {
		if got := For(English).Duration(x.d); got != x.en {
			t.Errorf("en %v = %q, want %q", x.d, got, x.en)
		}
		if got := For(Portuguese).Duration(x.d); got != x.pt {
			t.Errorf("pt %v = %q, want %q", x.d, got, x.pt)
		}
	}
}

func TestEstimatesSayThatTheyAreEstimates(t *testing.T) {
	tests := []struct {
		d      time.Duration
		en, pt string
	}{
		{0, "under 1 s", "menos de 1 s"}, {999 * time.Millisecond, "under 1 s", "menos de 1 s"},
		{4400 * time.Millisecond, "about 4 s", "cerca de 4 s"}, {20 * time.Second, "about 20 s", "cerca de 20 s"},
		{125 * time.Second, "about 2 min 05 s", "cerca de 2 min 05 s"},
	}
	for _, x := range tests {
		if got := For(English).Estimate(x.d); got != x.en {
			t.Errorf("en %v = %q, want %q", x.d, got, x.en)
		}
		if got := For(Portuguese).Estimate(x.d); got != x.pt {
			t.Errorf("pt %v = %q, want %q", x.d, got, x.pt)
		}
	}
}

func TestTimesAreSaidAsTodayWouldSayThem(t *testing.T) {
	zone := time.FixedZone("BRT", -3*3600)
	now := time.Date(2026, 1, 2, 14, 32, 0, 0, zone)
	at := func(y int, m time.Month, d, h, minute int) time.Time {
		return time.Date(y, m, d, h, minute, 7, 0, zone)
	}
	tests := []struct {
		t      time.Time
		en, pt string
	}{
		{at(2026, 1, 2, 14, 14), "today 14:14", "hoje 14:14"},
		{at(2026, 1, 2, 14, 14).UTC(), "today 14:14", "hoje 14:14"},
		{at(2026, 1, 1, 3, 12), "yesterday 03:12", "ontem 03:12"},
		{at(2026, 3, 20, 3, 0), "20 Mar, 03:00", "20 mar., 03:00"},
		{at(2025, 12, 31, 23, 59), "31 Dec 2025, 23:59", "31 dez. 2025, 23:59"},
		{time.Time{}, "–", "–"},
	}
	for _, x := range tests {
		for lang, want := range map[Language]string{English: x.en, Portuguese: x.pt} {
			p := For(lang)
			p.now = func() time.Time { return now }
			if got := p.Time(x.t); got != want {
				t.Errorf("%s %v = %q, want %q", lang, x.t, got, want)
			}
		}
	}
	p := For(Portuguese)
	p.now = func() time.Time { return now }
	if got, want := p.FullTime(at(2025, 12, 31, 23, 59)), "31 dez. 2025, 23:59:07 -03:00"; got != want {
		t.Errorf("FullTime = %q, want %q", got, want)
	}
	for since, want := range map[time.Duration]string{
		-time.Minute: "agora mesmo", 59 * time.Second: "agora mesmo", time.Minute: "há 1 minuto", 18 * time.Minute: "há 18 minutos",
		time.Hour: "há 1 hora", 23 * time.Hour: "há 23 horas", 24 * time.Hour: "há 1 dia", 80 * time.Hour: "há 3 dias",
	} {
		if got := p.Ago(now.Add(-since)); got != want {
			t.Errorf("%v ago = %q, want %q", since, got, want)
		}
	}
}
