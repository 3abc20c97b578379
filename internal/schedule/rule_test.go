package schedule

import (
	"fmt"
	"testing"
)

func TestARuleSaysWhatItsTextMeans(t *testing.T) {
	for when, want := range map[string]string{
		"hourly :15":         "hourly [15] [] [] false [] []",
		"daily 03:00":        "daily [0] [3] [] false [] []",
		"weekly sun 03:10":   "weekly [10] [3] [] false [] [0]",
		"monthly 30 04:00":   "monthly [0] [4] [30] false [] []",
		"monthly last 04:00": "monthly [0] [4] [] true [] []",
		"@weekly":            "cron [0] [0] [] false [] [0]",
		"0 8-10 * * mon-fri": "cron [0] [8 9 10] [] false [] [1 2 3 4 5]",
		"*/20 * 1,l jan 7":   "cron [0 20 40] [] [1] true [1] [0] either",
		"* * * * *":          "cron [] [] [] false [] []",
		"5 4 */10 * *":       "cron [5] [4] [1 11 21 31] false [] []",
		"5 4 */10 * mon":     "cron [5] [4] [1 11 21 31] false [] [1]",
		"5 4 1 * 0-6":        "cron [5] [4] [] false [] []",
		"5 4 l * *":          "cron [5] [4] [] true [] []",
		"5 4 13 * fri":       "cron [5] [4] [13] false [] [5] either",
		"0 0-23 1-31 1-12 *": "cron [0] [] [] false [] []",
	} {
		c, err := Parse(when, "UTC")
		if err != nil {
			t.Fatal(err)
		}
		r := c.Rule()
		got := fmt.Sprint(r.Form, " ", r.Minutes, r.Hours, r.Days, r.Last, r.Months, r.Weekdays)
		if r.Either {
			got += " either"
		}
		if got != want {
			t.Errorf("%s: %s, not %s", when, got, want)
		}
	}
}
