package schedule

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"cofre/internal/errs"
)

// moments are the next n of a rule after a time of its zone, as the local clock shows them.
func moments(t *testing.T, when, zone, after string, n int) []string {
	t.Helper()
	c, err := Parse(when, zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", after, c.zone)
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{}
	for range n {
		if at = c.Next(at); at.IsZero() {
			break
		}
		shown = append(shown, at.Format("2006-01-02 15:04 -07"))
	}
	return shown
}

func TestRulesComeAtTheirTimes(t *testing.T) {
	for name, c := range map[string]struct {
		when, zone, after string
		want              []string
	}{
		"every hour":           {"hourly :15", "UTC", "2026-12-31 22:15", []string{"2026-12-31 23:15 +00", "2027-01-01 00:15 +00"}},
		"a day":                {"daily 03:00", "UTC", "2026-12-31 03:00", []string{"2027-01-01 03:00 +00", "2027-01-02 03:00 +00"}},
		"a week":               {"weekly mon 03:00", "UTC", "2026-12-24 00:00", []string{"2026-12-28 03:00 +00", "2027-01-04 03:00 +00"}},
		"a month":              {"monthly 31 03:00", "UTC", "2027-01-31 02:00", []string{"2027-01-31 03:00 +00", "2027-02-28 03:00 +00", "2027-03-31 03:00 +00", "2027-04-30 03:00 +00"}},
		"its last day":         {"monthly last 23:59", "UTC", "2028-02-01 00:00", []string{"2028-02-29 23:59 +00", "2028-03-31 23:59 +00"}},
		"cron":                 {"*/20 8,20 1-7/3 JAN *", "UTC", "2026-12-31 00:00", []string{"2027-01-01 08:00 +00", "2027-01-01 08:20 +00", "2027-01-01 08:40 +00", "2027-01-01 20:00 +00"}},
		"cron's or":            {"0 0 13 * fri", "UTC", "2026-11-12 00:00", []string{"2026-11-13 00:00 +00", "2026-11-20 00:00 +00"}},
		"cron's last day":      {"0 0 L * *", "UTC", "2027-02-01 00:00", []string{"2027-02-28 00:00 +00"}},
		"cron's seventh day":   {"0 0 * * 7", "UTC", "2026-11-20 00:00", []string{"2026-11-22 00:00 +00"}},
		"a leap day":           {"0 0 29 2 *", "UTC", "2096-03-01 00:00", []string{"2104-02-29 00:00 +00"}},
		"shorthand":            {"@weekly", "UTC", "2026-11-20 00:00", []string{"2026-11-22 00:00 +00"}},
		"a time left out":      {"daily 02:30", "America/New_York", "2026-03-07 12:00", []string{"2026-03-08 03:00 -04", "2026-03-09 02:30 -04"}},
		"a midnight left out":  {"daily 00:00", "America/Sao_Paulo", "2018-11-03 12:00", []string{"2018-11-04 01:00 -02", "2018-11-05 00:00 -02"}},
		"two times left out":   {"0,30 2 * * *", "America/New_York", "2026-03-07 12:00", []string{"2026-03-08 03:00 -04", "2026-03-09 02:00 -04"}},
		"a time that is twice": {"daily 01:30", "America/New_York", "2026-10-31 12:00", []string{"2026-11-01 01:30 -04", "2026-11-02 01:30 -05"}},
		"half an hour twice":   {"daily 01:45", "Australia/Lord_Howe", "2026-04-04 12:00", []string{"2026-04-05 01:45 +11", "2026-04-06 01:45 +10"}},
		"hours that pass, out": {"hourly", "America/New_York", "2026-11-01 00:00", []string{"2026-11-01 01:00 -04", "2026-11-01 01:00 -05", "2026-11-01 02:00 -05"}},
		"hours that pass, in":  {"hourly", "America/New_York", "2026-03-08 01:00", []string{"2026-03-08 03:00 -04", "2026-03-08 04:00 -04"}},
		"hours of weekdays":    {"0 * * * mon", "America/New_York", "2026-11-22 12:00", []string{"2026-11-23 00:00 -05", "2026-11-23 01:00 -05"}},
		"a day left out":       {"daily 03:00", "Pacific/Apia", "2011-12-29 12:00", []string{"2011-12-31 00:00 +14", "2011-12-31 03:00 +14"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := moments(t, c.when, c.zone, c.after, len(c.want)); !slices.Equal(got, c.want) {
				t.Errorf("\n got %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestRulesThatCanNotBeReadOrNeverComeAreRefused(t *testing.T) {
	for _, when := range []string{"", "sometimes", "daily", "daily 25:00", "daily 3", "weekly 03:00", "weekly someday 03:00", "monthly 0 03:00", "monthly 32 03:00", "hourly 15", "hourly :60", "hourly :5",
		"* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "-5 * * * *", "+5 * * * *", "1,,2 * * * *", "a * * * *", "* * * * * *", "@reboot",
		"0 0 30 2 *", "0 0 31 4,6 *", "99999999999999999999 * * * *"} {
		if _, err := Parse(when, "UTC"); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%q: %v", when, err)
		}
	}
	if _, err := Parse("hourly", "Mars/Olympus"); errs.Of(err).Reason != "schedule.zone" {
		t.Error(err)
	}
}

// FuzzParse also asks what it read: no text takes long, or comes before its time.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"daily 03:00", "*/5 8-18 * * mon-fri", "0 0 L 2 0", "monthly 31 00:00"} {
		f.Add(s, "America/Sao_Paulo", int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, when, zone string, unix int64) {
		c, err := Parse(when, zone)
		if err != nil {
			return
		}
		at := time.Unix(unix%8_000_000_000, 0)
		if next := c.Next(at); !next.After(at) {
			t.Errorf("%q in %q: after %v comes %v", when, zone, at, next)
		}
	})
}
