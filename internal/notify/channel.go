package notify

import (
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"cofre/internal/errs"
)

// Kind of a channel.
type Kind string

// The kinds.
const (
	Mail    Kind = "email"
	Desktop Kind = "desktop"
	Webhook Kind = "webhook"
	Ping    Kind = "ping"
)

// Kinds are all of them.
var Kinds = []Kind{Mail, Desktop, Webhook, Ping}

// Form is what a webhook is sent.
type Form string

// The forms.
const (
	JSON     Form = "json"
	Slack    Form = "slack"
	Discord  Form = "discord"
	Telegram Form = "telegram"
	Ntfy     Form = "ntfy"
)

// Forms are all of them.
var Forms = []Form{JSON, Slack, Discord, Telegram, Ntfy}

// How the way to a mail server is protected.
const (
	TLS      = "tls"      // from the first byte on, usually port 465
	STARTTLS = "starttls" // after a greeting, and never without, usually port 587
	Plain    = "none"
)

// Channel is a way to tell. It holds no secret: those are in Secret.
type Channel struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Kind        Kind      `json:"kind"`
	Events      []Event   `json:"events"`
	Connections []string  `json:"connections,omitempty"` // IDs; none: every database
	Language    string    `json:"language"`
	Since       time.Time `json:"since"`

	// Of an e-mail.
	Host        string   `json:"host,omitempty"`
	Port        int      `json:"port,omitempty"` // 0: the usual one
	Security    string   `json:"security,omitempty"`
	Unprotected bool     `json:"unprotected,omitempty"` // Plain is meant, also to another computer
	User        string   `json:"user,omitempty"`
	From        string   `json:"from,omitempty"`
	To          []string `json:"to,omitempty"`

	// Of a webhook, or a ping.
	Form  Form   `json:"form,omitempty"`
	Chat  string `json:"chat,omitempty"`  // of Telegram
	Shown string `json:"shown,omitempty"` // the host of the URL: the rest of it is secret
}

// Secret is what nobody else may read of a channel.
type Secret struct {
	Password string `json:"password,omitempty"` // of the mail server
	URL      string `json:"url,omitempty"`      // of a webhook or ping; of Telegram only where it is not Telegram's own
	Token    string `json:"token,omitempty"`    // of Telegram's bot, or for ntfy
	Key      string `json:"key,omitempty"`      // that a JSON webhook is signed with
}

// TelegramURL is where bots are reached.
const TelegramURL = "https://api.telegram.org"

// Check refuses what could not be delivered, and sets what follows from the rest: the
// port, what is shown of the URL.
func (c *Channel) Check(s Secret) error {
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" || len(c.Name) > 100 || broken(c.Name) {
		return errs.New(errs.Invalid, "notify.name", nil)
	}
	for _, e := range c.Events {
		if !slices.Contains(Events, e) {
			return errs.New(errs.Invalid, "notify.event", errs.Args{"event": string(e)})
		}
	}
	if len(c.Events) == 0 {
		return errs.New(errs.Invalid, "notify.no_event", nil)
	}
	switch c.Kind {
	case Mail:
		return c.checkMail()
	case Desktop:
		return nil
	case Webhook:
		return c.checkWebhook(s)
	case Ping:
		u, err := reachableURL(s.URL)
		if err == nil {
			c.Shown = u.Host
		}
		return err
	}
	return errs.New(errs.Invalid, "notify.kind", errs.Args{"kind": string(c.Kind)})
}

func (c *Channel) checkMail() error {
	c.Host = strings.TrimSpace(c.Host)
	if c.Host == "" || broken(c.Host) || strings.ContainsAny(c.Host, " /@") {
		return errs.New(errs.Invalid, "notify.host", errs.Args{"host": c.Host})
	}
	usual, known := map[string]int{TLS: 465, STARTTLS: 587, Plain: 25}[c.Security]
	if !known {
		return errs.New(errs.Invalid, "notify.security", errs.Args{"security": c.Security})
	}
	if c.Security == Plain && !c.Unprotected && !loopback(c.Host) {
		return errs.New(errs.Invalid, "notify.unprotected", errs.Args{"host": c.Host})
	}
	if c.Port == 0 {
		c.Port = usual
	}
	if c.Port < 1 || c.Port > 65535 {
		return errs.New(errs.Invalid, "connection.port", nil)
	}
	if broken(c.User) {
		return errs.New(errs.Invalid, "notify.user", nil)
	}
	if len(c.To) == 0 {
		return errs.New(errs.Invalid, "notify.to", nil)
	}
	for _, a := range append([]string{c.From}, c.To...) {
		if _, err := mail.ParseAddress(a); err != nil || broken(a) {
			return errs.New(errs.Invalid, "notify.address", errs.Args{"address": a})
		}
	}
	return nil
}

func (c *Channel) checkWebhook(s Secret) error {
	if !slices.Contains(Forms, c.Form) {
		return errs.New(errs.Invalid, "notify.form", errs.Args{"form": string(c.Form)})
	}
	if c.Form == Telegram {
		if s.Token == "" || strings.ContainsAny(s.Token, "/?# ") || broken(s.Token) {
			return errs.New(errs.Invalid, "notify.token", nil)
		}
		if c.Chat == "" || broken(c.Chat) {
			return errs.New(errs.Invalid, "notify.chat", nil)
		}
		if s.URL == "" {
			s.URL = TelegramURL
		}
	}
	u, err := reachableURL(s.URL)
	if err != nil {
		return err
	}
	if c.Form == Ntfy && strings.Trim(u.Path, "/") == "" {
		return errs.New(errs.Invalid, "notify.topic", nil)
	}
	if broken(s.Token) {
		return errs.New(errs.Invalid, "notify.token", nil)
	}
	c.Shown = u.Host
	return nil
}

// reachableURL is a URL over TLS, or to this computer. What is wrong with it is not
// repeated: it may hold a secret.
func reachableURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || broken(s) {
		return nil, errs.New(errs.Invalid, "notify.url", nil)
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, errs.New(errs.Invalid, "notify.url_plain", errs.Args{"host": u.Host})
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// broken says whether s could begin another header, or another line.
func broken(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
