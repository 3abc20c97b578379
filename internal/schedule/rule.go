package schedule

// Rule is what a calendar says, to be put into words: the values that a moment has to
// have, in ascending order. An empty list is every value.
type Rule struct {
	Form     string `json:"form"` // how it is written: hourly, daily, weekly, monthly, cron
	Minutes  []int  `json:"minutes"`
	Hours    []int  `json:"hours"`
	Days     []int  `json:"days"` // of the month; where the month is shorter, "monthly" takes its last one
	Last     bool   `json:"last"` // the last day of the month, too
	Months   []int  `json:"months"`
	Weekdays []int  `json:"weekdays"` // 0 is Sunday
	Either   bool   `json:"either"`   // a day of the month, or of the week, is enough
}

// Rule is what c was read from.
func (c Calendar) Rule() Rule {
	r := Rule{Form: c.form, Minutes: values(c.minutes, 0, 59), Hours: values(c.hours, 0, 23), Days: values(c.days, 1, 31), Last: c.last, Months: values(c.months, 1, 12), Weekdays: values(c.weekdays&0x7f, 0, 6)}
	switch {
	case c.upTo == 31:
		r.Last = true
	case c.upTo > 0:
		r.Days = []int{c.upTo}
	}
	if !c.anyDay && !c.anyWeekday { // a list of all of one kind is enough alone
		r.Either = (len(r.Days) > 0 || r.Last) && len(r.Weekdays) > 0
		if !r.Either {
			r.Days, r.Last, r.Weekdays = []int{}, false, []int{}
		}
	}
	return r
}

// values are the bits of a field; none where all are set.
func values(bits uint64, low, high int) []int {
	list := []int{}
	for n := low; n <= high; n++ {
		if bits>>n&1 == 1 {
			list = append(list, n)
		}
	}
	if len(list) == high-low+1 {
		return []int{}
	}
	return list
}
