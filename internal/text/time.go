package text

import (
	"strings"
	"time"
)

// Time returns t in the local zone as a person would say it today: "today
// 14:14", "yesterday 03:12", "20 Dec, 03:00", with the year when it is another
// one. The zero time is "–".
func (p *Printer) Time(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	now := p.now()
	t = t.In(now.Location())
	clock := map[string]any{"clock": t.Format("15:04")}
	switch {
	case sameDay(t, now):
		return p.T("show.today", clock)
	case sameDay(t, now.AddDate(0, 0, -1)):
		return p.T("show.yesterday", clock)
	case t.Year() == now.Year():
		return p.day(t) + ", " + t.Format("15:04")
	}
	return p.day(t) + " " + t.Format("2006, 15:04")
}

// Ago returns how long ago t was, for times within a day or a few: "just now",
// "18 minutes ago", "3 days ago".
func (p *Printer) Ago(t time.Time) string {
	since := max(0, p.now().Sub(t))
	switch {
	case since < time.Minute:
		return p.T("show.now", nil)
	case since < time.Hour:
		return p.T("show.minutes_ago", map[string]any{"n": int(since / time.Minute)})
	case since < 24*time.Hour:
		return p.T("show.hours_ago", map[string]any{"n": int(since / time.Hour)})
	}
	return p.T("show.days_ago", map[string]any{"n": int(since / (24 * time.Hour))})
}

// FullTime returns t with everything: "20 Dec 2026, 03:00:07 -03:00".
func (p *Printer) FullTime(t time.Time) string {
	t = t.In(p.now().Location())
	return p.day(t) + " " + t.Format("2006, 15:04:05 -07:00")
}

// day returns "20 Dec", "20 dez.".
func (p *Printer) day(t time.Time) string {
	months := strings.Fields(p.T("show.months", nil))
	return t.Format("2 ") + months[t.Month()-1]
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}
