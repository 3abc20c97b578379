package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cofre/internal/errs"
)

// post delivers m by HTTP. Only an answer of 2xx is a delivery.
func (s *Sender) post(ctx context.Context, c Channel, secret Secret, m Message) (string, error) {
	where, body, err := request(c, secret, m)
	if err != nil {
		return "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, where, bytes.NewReader(body))
	if err != nil {
		return "", errs.New(errs.Invalid, "notify.url", nil)
	}
	r.Header.Set("User-Agent", cmp.Or(s.Program, "cofre"))
	r.Header.Set("Content-Type", map[bool]string{true: "text/plain; charset=utf-8", false: "application/json"}[c.Kind == Ping])
	if c.Form == Ntfy && secret.Token != "" {
		r.Header.Set("Authorization", "Bearer "+secret.Token)
	}
	if c.Form == JSON && secret.Key != "" {
		sign(r.Header, secret.Key, body, m.Now)
	}
	a, err := s.client().Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // its text holds the URL
			err = u.Err
		}
		return "", broke(err, c, secret)
	}
	defer a.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(a.Body, 4<<10)) // what arrives of it is enough to tell
	return answered(a, shorten(string(said), secret), c)
}

// answered judges an answer by its status.
func answered(a *http.Response, said string, c Channel) (string, error) {
	words := a.Status
	if said != "–" {
		words += ": " + said
	}
	args := errs.Args{"host": c.Shown, "status": a.Status}
	switch {
	case a.StatusCode >= 200 && a.StatusCode < 300:
		return words, nil
	case a.StatusCode >= 300 && a.StatusCode < 400:
		to := "–"
		if u, err := a.Location(); err == nil {
			to = u.Host
		}
		return "", errs.New(errs.Denied, "notify.redirected", errs.Args{"host": c.Shown, "to": to})
	case a.StatusCode == http.StatusTooManyRequests, a.StatusCode == http.StatusRequestTimeout, a.StatusCode >= 500:
		e := errs.New(errs.Unavailable, "notify.http_later", args).With(said)
		if wait, ok := retryAfter(a.Header.Get("Retry-After"), a.Header.Get("Date")); ok {
			e.Args["retry_ms"] = wait.Milliseconds()
		}
		return "", e
	}
	return "", errs.New(errs.Denied, "notify.http_refused", args).With(said)
}

// retryAfter reads the header of that name: seconds, or a date, which is taken against
// the server's own clock.
func retryAfter(value, date string) (time.Duration, bool) {
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n >= 0 {
		return time.Duration(min(n, 7*24*3600)) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(date)
	return at.Sub(now), err == nil && at.After(now)
}

// sign proves to the receiver who sent it: HMAC-SHA256 over the time, a dot and the body.
func sign(h http.Header, key string, body []byte, now time.Time) {
	stamp := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%s.%s", stamp, body)
	h.Set("X-Cofre-Timestamp", stamp)
	h.Set("X-Cofre-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
}

// request is where m is sent to, and what.
func request(c Channel, s Secret, m Message) (where string, body []byte, err error) {
	if c.Kind == Ping {
		return ping(s.URL, m)
	}
	if c.Form == Telegram {
		base := strings.TrimSuffix(cmp.Or(s.URL, TelegramURL), "/")
		return encoded(base+"/bot"+s.Token+"/sendMessage", map[string]any{"chat_id": c.Chat, "text": cut(m.Title+"\n\n"+m.Text(), 4000), "disable_web_page_preview": true})
	}
	u, err := reachableURL(s.URL)
	if err != nil {
		return "", nil, err
	}
	switch c.Form {
	case Slack:
		// The three characters that Slack reads as markup; a name in them would ping people.
		plain := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
		return encoded(u.String(), map[string]any{"text": plain.Replace("*"+m.Title+"*") + "\n" + plain.Replace(cut(m.Text(), 3500))})
	case Discord:
		return encoded(u.String(), map[string]any{"username": "Cofre", "content": cut("**"+m.Title+"**\n"+m.Text(), 1900), "allowed_mentions": map[string]any{"parse": []string{}}})
	case Ntfy:
		dir, topic := "", strings.Trim(u.Path, "/")
		if at := strings.LastIndex(topic, "/"); at >= 0 {
			dir, topic = "/"+topic[:at], topic[at+1:]
		}
		u.Path = dir + "/"
		priority := 3
		if urgent(m.Event) {
			priority = 4
		}
		return encoded(u.String(), map[string]any{"topic": topic, "title": m.Title, "message": cut(m.Text(), 3500), "priority": priority})
	}
	cause := map[string]any(nil)
	if m.Cause != nil {
		cause = map[string]any{"code": m.Cause.Code, "reason": m.Cause.Reason}
	}
	return encoded(u.String(), map[string]any{"id": m.ID, "event": m.Event, "database": m.Subject.Name, "connection": m.Subject.Key, "what": m.What, "at": m.At.UTC().Format(time.RFC3339), "computer": m.Computer,
		"language": m.Language, "title": m.Title, "lines": m.Lines, "count": m.Count, "failure": cause})
}

// ping is a moment in the life of a job, for a service that misses it when it does not
// come. Its name goes before a query.
func ping(raw string, m Message) (string, []byte, error) {
	u, err := reachableURL(raw)
	if err != nil {
		return "", nil, err
	}
	switch m.Event {
	case Start:
		u = u.JoinPath("start")
	case Failure:
		u = u.JoinPath("fail")
	}
	return u.String(), []byte(m.Title + "\n" + m.Text() + "\n"), nil
}

func encoded(where string, v map[string]any) (string, []byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return where, bytes.TrimSpace(b.Bytes()), err
}
