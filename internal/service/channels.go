package service

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"cofre/internal/audit"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/notify"
)

// ChannelFields are what a person sets of a channel, but for its secrets.
type ChannelFields struct {
	ID          string   `json:"id"` // "" for a new one
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`        // email, desktop, webhook, ping
	Events      []string `json:"events"`      // success, failure, anomaly, silence, room
	Connections []string `json:"connections"` // IDs; none: every database
	Language    string   `json:"language"`    // "en", "pt-BR"
	Host        string   `json:"host"`        // of an e-mail
	Port        int      `json:"port"`        // 0: the usual one
	Security    string   `json:"security"`    // tls, starttls, none
	Unprotected bool     `json:"unprotected"` // none is meant, also to another computer
	User        string   `json:"user"`
	From        string   `json:"from"`
	To          []string `json:"to"`
	Form        string   `json:"form"` // of a webhook: json, slack, discord, telegram, ntfy
	Chat        string   `json:"chat"` // of Telegram
}

// ChannelInput is a channel that is to be kept. A secret that is "" stays as it is.
type ChannelInput struct {
	ChannelFields
	Password string `json:"password"`
	URL      string `json:"url"`
	Token    string `json:"token"`
	Key      string `json:"key"`
}

// ChannelView is a channel as doors show it, without its secrets.
type ChannelView struct {
	ChannelFields
	Shown       string      `json:"shown"` // the host that it sends to
	HasPassword bool        `json:"hasPassword"`
	HasURL      bool        `json:"hasURL"`
	HasToken    bool        `json:"hasToken"`
	HasKey      bool        `json:"hasKey"`
	Last        *NoticeView `json:"last"` // its last notice that was sent, or has failed
}

// NoticeView is one notice as doors show it. Times are Unix milliseconds.
type NoticeView struct {
	ID        int64        `json:"id"`
	ChannelID string       `json:"channelID"`
	Channel   string       `json:"channel"` // its name
	Event     string       `json:"event"`
	Subject   string       `json:"subject"` // name of the connection
	What      string       `json:"what"`    // as the audit trail names it
	At        int64        `json:"at"`
	State     string       `json:"state"` // waiting, sent, given_up, passed
	Attempts  int          `json:"attempts"`
	DueAt     int64        `json:"dueAt"`  // of the next attempt; 0: at once, or none
	SentAt    int64        `json:"sentAt"` // when it was sent, or given up; 0
	Failure   *job.Failure `json:"failure"`
	Cause     *errs.Error  `json:"-"` // the same, for words
}

// secretOf is the ID under which a channel's secrets are kept.
func secretOf(channel string) string { return "notify:" + channel }

// secret of a channel; none where none is kept.
func (n *Notices) secret(channel string) (s notify.Secret, err error) {
	raw, err := n.Secrets.Get(secretOf(channel))
	if errs.CodeOf(err) == errs.NotFound {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &s)
	}
	return s, err
}

// Channels lists all, by name.
func (n *Notices) Channels(ctx context.Context) ([]ChannelView, error) {
	views := []ChannelView{}
	all, err := n.Book.Channels(ctx)
	if err != nil {
		return views, err
	}
	recent, err := n.Recent(ctx, 200)
	for _, c := range all {
		s, _ := n.secret(c.ID) // a keyring that does not answer is said when it is needed
		v := channelView(c, s)
		if i := slices.IndexFunc(recent, func(x NoticeView) bool { return x.ChannelID == c.ID && (x.SentAt > 0 || x.Attempts > 0) }); i >= 0 {
			v.Last = &recent[i]
		}
		views = append(views, v)
	}
	return views, err
}

func channelView(c notify.Channel, s notify.Secret) ChannelView {
	f := ChannelFields{ID: c.ID, Name: c.Name, Kind: string(c.Kind), Events: []string{}, Connections: append([]string{}, c.Connections...), Language: c.Language, Host: c.Host, Port: c.Port, Security: c.Security,
		Unprotected: c.Unprotected, User: c.User, From: c.From, To: append([]string{}, c.To...), Form: string(c.Form), Chat: c.Chat}
	for _, e := range c.Events {
		f.Events = append(f.Events, string(e))
	}
	shown := c.Shown
	if c.Kind == notify.Mail {
		shown = strings.Join(c.To, ", ")
	}
	return ChannelView{ChannelFields: f, Shown: shown, HasPassword: s.Password != "", HasURL: s.URL != "", HasToken: s.Token != "", HasKey: s.Key != ""}
}

// read makes a channel of what a door sent, with the secrets that it then has.
func (n *Notices) read(ctx context.Context, in ChannelInput) (old, c notify.Channel, s notify.Secret, err error) {
	if in.ID != "" {
		if old, err = n.named(ctx, in.ID); err != nil {
			return old, c, s, err
		}
		if s, err = n.secret(old.ID); err != nil {
			return old, c, s, err
		}
	}
	f := in.ChannelFields
	c = notify.Channel{ID: old.ID, Name: f.Name, Kind: notify.Kind(f.Kind), Language: f.Language, Since: old.Since}
	for _, e := range f.Events {
		c.Events = append(c.Events, notify.Event(e))
	}
	for _, name := range f.Connections {
		saved, err := savedConnection(ctx, n.Connected, name)
		switch {
		case err == nil:
			c.Connections = append(c.Connections, saved.ID)
		case errs.CodeOf(err) != errs.NotFound || !slices.Contains(old.Connections, name) || len(f.Connections) == 1:
			return old, c, s, err // one that was removed since is left out, but not the last: none means all
		}
	}
	switch c.Kind {
	case notify.Mail:
		c.Host, c.Port, c.Security, c.Unprotected, c.User, c.From, c.To = f.Host, f.Port, f.Security, f.Unprotected, strings.TrimSpace(f.User), strings.TrimSpace(f.From), addresses(f.To)
		s = notify.Secret{Password: either(in.Password, s.Password)}
	case notify.Webhook:
		c.Form, c.Chat = notify.Form(f.Form), strings.TrimSpace(f.Chat)
		if c.Form != old.Form { // what was for another service is not sent to this one
			s = notify.Secret{}
		}
		s = notify.Secret{URL: either(strings.TrimSpace(in.URL), s.URL), Token: either(strings.TrimSpace(in.Token), s.Token), Key: either(in.Key, s.Key)}
	case notify.Ping:
		s = notify.Secret{URL: either(strings.TrimSpace(in.URL), s.URL)}
	default:
		s = notify.Secret{}
	}
	if c.Language != "en" && c.Language != "pt-BR" {
		return old, c, s, errs.New(errs.Invalid, "cli.lang", errs.Args{"lang": c.Language})
	}
	return old, c, s, c.Check(s)
}

func addresses(all []string) (clean []string) {
	for _, a := range all {
		if a = strings.TrimSpace(a); a != "" {
			clean = append(clean, a)
		}
	}
	return clean
}

func either(now, before string) string {
	if now != "" {
		return now
	}
	return before
}

// Save keeps a channel. What could not be delivered is errs.Invalid, and nothing is kept.
func (n *Notices) Save(ctx context.Context, in ChannelInput) (ChannelView, error) {
	if err := n.Service.allowed(); err != nil {
		return ChannelView{}, err
	}
	old, c, s, err := n.read(ctx, in)
	if err != nil {
		return ChannelView{}, err
	}
	all, err := n.Book.Channels(ctx)
	if err != nil {
		return ChannelView{}, err
	}
	for _, other := range all { // before its secrets are kept
		if other.ID != c.ID && strings.EqualFold(other.Name, c.Name) {
			return ChannelView{}, errs.New(errs.Invalid, "notify.name_taken", errs.Args{"name": c.Name})
		}
	}
	if c.ID == "" {
		c.ID, c.Since = newID(), n.Service.Now()
	}
	if s == (notify.Secret{}) {
		err = n.Secrets.Delete(secretOf(c.ID))
	} else if raw, e := json.Marshal(s); e == nil { //nolint:gosec // for the store of secrets
		err = n.Secrets.Set(secretOf(c.ID), string(raw))
	}
	if err == nil {
		err = n.Book.Put(ctx, c)
	}
	if err != nil {
		return ChannelView{}, err
	}
	n.wakeUp()
	e := audit.Entry{What: audit.ChannelAdded, Subject: c.Name}
	if old.ID != "" {
		e.What, e.Names = audit.ChannelChanged, changed(old, c)
		for name, value := range map[string]string{"password": in.Password, "url": in.URL, "token": in.Token, "key": in.Key} {
			if value != "" {
				e.Names = append(e.Names, name)
			}
		}
		slices.Sort(e.Names)
	}
	return channelView(c, s), n.Service.note(ctx, e, nil)
}

// named is the channel of that name or ID, or errs.NotFound.
func (n *Notices) named(ctx context.Context, name string) (notify.Channel, error) {
	all, err := n.Book.Channels(ctx)
	for _, c := range all {
		if c.ID == name || strings.EqualFold(c.Name, strings.TrimSpace(name)) {
			return c, err
		}
	}
	if err == nil {
		err = errs.New(errs.NotFound, "notify.unknown", errs.Args{"name": name})
	}
	return notify.Channel{}, err
}

// Remove forgets a channel, its secrets and what waits for it.
func (n *Notices) Remove(ctx context.Context, name string) (ChannelView, error) {
	if err := n.Service.allowed(); err != nil {
		return ChannelView{}, err
	}
	c, err := n.named(ctx, name)
	if err != nil {
		return ChannelView{}, err
	}
	if err := n.Secrets.Delete(secretOf(c.ID)); err != nil && errs.CodeOf(err) != errs.NotFound {
		return ChannelView{}, err
	}
	if err := n.Book.Remove(ctx, c.ID); err != nil {
		return ChannelView{}, err
	}
	return channelView(c, notify.Secret{}), n.Service.note(ctx, audit.Entry{What: audit.ChannelRemoved, Subject: c.Name}, nil)
}

// Try sends a test as a door has the channel now, kept or not, and returns what the server
// answered, "" where it is none.
func (n *Notices) Try(ctx context.Context, in ChannelInput) (string, error) {
	if err := n.Service.allowed(); err != nil {
		return "", err
	}
	_, c, s, err := n.read(ctx, in)
	if err != nil {
		return "", err
	}
	if c.ID == "" {
		c.ID = "test"
	}
	return n.Courier.Try(ctx, c, s)
}

// TryKept is Try of a channel that is kept.
func (n *Notices) TryKept(ctx context.Context, name string) (string, error) {
	c, err := n.named(ctx, name)
	if err != nil {
		return "", err
	}
	return n.Try(ctx, ChannelInput{ChannelFields: channelView(c, notify.Secret{}).ChannelFields})
}

// Recent are the last notices, newest first.
func (n *Notices) Recent(ctx context.Context, limit int) ([]NoticeView, error) {
	views := []NoticeView{}
	channels, err := n.Book.Channels(ctx)
	if err != nil {
		return views, err
	}
	names := map[string]string{}
	for _, c := range channels {
		names[c.ID] = c.Name
	}
	all, err := n.Book.Recent(ctx, limit)
	for _, x := range all {
		views = append(views, noticeView(x, names[x.Channel]))
	}
	return views, err
}

func noticeView(x notify.Notice, channel string) NoticeView {
	v := NoticeView{ID: x.ID, ChannelID: x.Channel, Channel: channel, Event: string(x.Event), Subject: x.Subject.Name, What: x.What, At: millis(x.At), State: string(x.State), Attempts: x.Attempts, SentAt: millis(x.SentAt), Cause: x.Failure}
	if x.Failure != nil {
		v.Failure = job.FailureOf(x.Failure)
	}
	if x.State == notify.Waiting {
		v.DueAt = millis(x.Due)
	}
	return v
}

// Stuck are the channels that have failed and still have something to deliver, with the
// oldest notice of each.
func (n *Notices) Stuck(ctx context.Context) ([]NoticeView, error) {
	views := []NoticeView{}
	channels, err := n.Book.Channels(ctx)
	if err != nil || len(channels) == 0 {
		return views, err
	}
	all, err := n.Book.Unsent(ctx)
	for _, c := range channels {
		if i := slices.IndexFunc(all, func(x notify.Notice) bool { return x.Channel == c.ID }); i >= 0 {
			views = append(views, noticeView(all[i], c.Name))
		}
	}
	return views, err
}
