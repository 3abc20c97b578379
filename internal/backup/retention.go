package backup

import (
	"slices"
	"strconv"
	"time"

	"cofre/internal/errs"
)

// Retention says which backups of one database stay. Each of the first six keeps good
// backups: the last so many, or the newest of each of the last so many hours, days,
// weeks, months and years that have one; a backup that one of them keeps stays. The two
// limits are above them: what is too old, or too much, goes although it was kept. With
// limits alone, what is within them stays. The zero value lets nothing go.
type Retention struct {
	Last    int `json:"last,omitempty"`
	Hourly  int `json:"hourly,omitempty"`
	Daily   int `json:"daily,omitempty"`
	Weekly  int `json:"weekly,omitempty"` // weeks begin on Monday
	Monthly int `json:"monthly,omitempty"`
	Yearly  int `json:"yearly,omitempty"`

	MaxAgeDays int   `json:"max_age_days,omitempty"`
	MaxBytes   int64 `json:"max_bytes,omitempty"`

	Zone string `json:"zone,omitempty"` // whose hours and days they are; "" for this computer's
}

// most is the highest number that a rule takes.
const most = 1_000_000

// None says that there are no rules: nothing goes.
func (r Retention) None() bool {
	r.Zone = ""
	return r == Retention{}
}

// Check is errs.Invalid where the rules can't be meant.
func (r Retention) Check() error {
	for _, n := range []int{r.Last, r.Hourly, r.Daily, r.Weekly, r.Monthly, r.Yearly, r.MaxAgeDays} {
		if n < 0 || n > most {
			return errs.New(errs.Invalid, "retention.number", errs.Args{"value": n, "most": most})
		}
	}
	if r.MaxBytes < 0 {
		return errs.New(errs.Invalid, "retention.number", errs.Args{"value": r.MaxBytes, "most": most})
	}
	_, err := r.location()
	return err
}

func (r Retention) location() (*time.Location, error) {
	if r.Zone == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, errs.New(errs.Invalid, "retention.zone", errs.Args{"zone": r.Zone})
	}
	return zone, nil
}

// keeping are the rules that keep, by the reason that they give.
func (r Retention) keeping() map[Reason]int {
	rules := map[Reason]int{KeptLast: r.Last, KeptHourly: r.Hourly, KeptDaily: r.Daily, KeptWeekly: r.Weekly, KeptMonthly: r.Monthly, KeptYearly: r.Yearly}
	for reason, n := range rules {
		if n == 0 {
			delete(rules, reason)
		}
	}
	return rules
}

// periods name the hour, day … that a moment of the local calendar is in.
var periods = map[Reason]func(time.Time) string{
	KeptHourly: func(t time.Time) string { return t.Format("2006-01-02 15 -0700") }, // an hour that comes twice is two
	KeptDaily:  func(t time.Time) string { return t.Format("2006-01-02") },
	KeptWeekly: func(t time.Time) string {
		year, week := t.ISOWeek()
		return strconv.Itoa(year) + " " + strconv.Itoa(week)
	},
	KeptMonthly: func(t time.Time) string { return t.Format("2006-01") },
	KeptYearly:  func(t time.Time) string { return t.Format("2006") },
}

// keeps says of each of good, which are newest first, which rules keep it.
func (r Retention) keeps(good []*Fate, zone *time.Location) {
	for reason, n := range r.keeping() {
		last := ""
		for _, f := range good {
			if n == 0 {
				break
			}
			if name := periods[reason]; name != nil {
				period := name(f.Entry.Manifest.CreatedAt.In(zone))
				if period == last {
					continue
				}
				last = period
			}
			f.Why = append(f.Why, reason)
			n--
		}
	}
	for _, f := range good {
		slices.Sort(f.Why) // the rules come in no order
	}
}
