package notify

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"cofre/internal/errs"
)

// Message is a batch of notices in words, as it is sent.
type Message struct {
	ID       string // the same at each attempt, so that a receiver can tell a second delivery
	Event    Event
	Subject  Subject
	What     string
	At       time.Time // of the newest
	Now      time.Time // of this attempt
	Count    int       // of what it sums up; 1 for a single one
	Title    string
	Lines    []string
	Foot     string
	Language string
	Computer string
	Cause    *errs.Error
}

// The longest that is sent of each: names and words of other programs have no limit.
const (
	longestTitle = 150
	longestLine  = 600
	mostLines    = 24
	summedUp     = 10 // of a summary's notices, the newest
)

// message words a batch, the oldest notice first.
func message(c Channel, batch []Notice, w Words, computer string, now time.Time) Message {
	n := batch[len(batch)-1]
	args := errs.Args{"name": n.Subject.Name, "what": named(w, n.What), "computer": computer, "moment": w.FullTime(n.At)}
	m := Message{ID: fmt.Sprintf("%s-%d", c.ID, n.ID), Event: n.Event, Subject: n.Subject, What: n.What, At: n.At, Now: now, Count: len(batch), Language: c.Language, Computer: computer,
		Title: w.T("notify.title."+string(n.Event), args), Foot: w.T("notify.foot", args), Cause: n.Cause}
	if len(batch) == 1 || c.Kind == Ping {
		m.Count = 1
		m.Lines = lines(n, w)
	} else {
		m.Title = w.T("notify.sum", errs.Args{"title": m.Title, "n": len(batch)})
		m.Lines = []string{w.T("notify.sum_since", errs.Args{"n": len(batch), "moment": w.FullTime(batch[0].At)})}
		for i := len(batch) - 1; i >= max(0, len(batch)-summedUp); i-- {
			first := append(lines(batch[i], w), "")[0]
			m.Lines = append(m.Lines, w.T("notify.sum_line", errs.Args{"moment": w.FullTime(batch[i].At), "line": first}))
		}
	}
	m.Title = cut(oneLine(m.Title), longestTitle)
	m.Lines = m.Lines[:min(len(m.Lines), mostLines)]
	for i := range m.Lines {
		m.Lines[i] = cut(oneLine(m.Lines[i]), longestLine)
	}
	return m
}

// named is what was done, as the audit trail calls it.
func named(w Words, what string) string {
	if what == "" {
		return ""
	}
	return w.T("audit.what."+what, nil)
}

// lines are the sentences of one notice: why it failed, then the rest. The raw words of
// other programs, which may hold a row of the database, are left out.
func lines(n Notice, w Words) []string {
	all := []string{}
	if n.Cause != nil {
		told := *n.Cause
		told.Detail = ""
		message, _, hint := w.Error(&told)
		all = append(all, message)
		if hint != "" {
			all = append(all, hint)
		}
	}
	for _, l := range n.Lines {
		args := errs.Args{}
		for name, value := range l.Args { // "today" is another day when it is read
			if ms, ok := number(value); ok && strings.HasSuffix(name, "_at") {
				value = w.FullTime(time.UnixMilli(ms))
			}
			args[name] = value
		}
		all = append(all, w.T(l.Key, args))
	}
	return all
}

// number takes an integer as Go passes it and as it comes back from JSON.
func number(value any) (int64, bool) {
	switch n := value.(type) {
	case int64:
		return n, true
	case float64:
		return int64(n), true
	}
	return 0, false
}

// Text is all of it without markup.
func (m Message) Text() string {
	return strings.Join(append(append([]string{}, m.Lines...), "", m.Foot), "\n")
}

// oneLine keeps what would begin a line or a header from doing so.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}

// cut leaves at most n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// shorten is what a server has answered, as it may be shown: one line, not long, and
// without the channel's secrets, which some servers repeat.
func shorten(answer string, s Secret) string {
	for _, secret := range append(parts(s.URL), s.Password, s.Token, s.Key) {
		if len(secret) > 3 {
			answer = strings.ReplaceAll(answer, secret, "•••")
		}
	}
	return cmp.Or(cut(strings.Join(strings.Fields(oneLine(answer)), " "), 300), "–")
}

// parts are the URL, and the pieces of it that may be secret by themselves.
func parts(url string) []string {
	all := []string{url}
	if _, rest, ok := strings.Cut(url, "://"); ok {
		_, path, _ := strings.Cut(rest, "/")
		all = append(all, rest, path)
		for piece := range strings.FieldsFuncSeq(path, func(r rune) bool { return strings.ContainsRune("/?&=", r) }) {
			if len(piece) >= 8 {
				all = append(all, piece)
			}
		}
	}
	return all
}
