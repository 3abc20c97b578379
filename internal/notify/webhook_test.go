package notify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cofre/internal/errs"
	"cofre/internal/notify"
)

// receiver is a real HTTP server on loopback that writes down what it gets.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []string
	header http.Header
	answer func(http.ResponseWriter, *http.Request)
}

func receive(t *testing.T, answer func(http.ResponseWriter, *http.Request)) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	r.got = append(r.got, q.Method+" "+q.URL.RequestURI()+"\n"+string(body))
	r.header = q.Header
	r.mu.Unlock()
	if r.answer != nil {
		r.answer(w, q)
	}
}

func (r *receiver) received() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.got...)
}

var hostile = notify.Message{ID: "c1-7", Event: notify.Failure, Subject: notify.Subject{Key: "c", Name: "produção <!channel> @everyone"}, What: "backup", At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Count: 1,
	Language: "pt-BR", Computer: "host", Title: "produção <!channel> @everyone: Backup falhou", Lines: []string{"Não foi possível alcançar \"db\" & co."}, Foot: "Cofre em host", Cause: errs.New(errs.Unavailable, "postgres.unreachable", nil)}

func TestEachFormIsAsItsServiceReadsIt(t *testing.T) {
	r := receive(t, nil)
	for name, c := range map[string]struct {
		channel notify.Channel
		secret  notify.Secret
	}{
		"json":     {notify.Channel{Kind: notify.Webhook, Form: notify.JSON}, notify.Secret{URL: r.URL + "/hook?x=1", Key: "signing"}},
		"slack":    {notify.Channel{Kind: notify.Webhook, Form: notify.Slack}, notify.Secret{URL: r.URL + "/services/T0/B0/abcdefgh"}},
		"discord":  {notify.Channel{Kind: notify.Webhook, Form: notify.Discord}, notify.Secret{URL: r.URL + "/api/webhooks/1/token"}},
		"telegram": {notify.Channel{Kind: notify.Webhook, Form: notify.Telegram, Chat: "-100123"}, notify.Secret{URL: r.URL, Token: "123:abc"}},
		"ntfy":     {notify.Channel{Kind: notify.Webhook, Form: notify.Ntfy}, notify.Secret{URL: r.URL + "/backups", Token: "tk_1"}},
		"ping":     {notify.Channel{Kind: notify.Ping}, notify.Secret{URL: r.URL + "/ping/uuid"}},
	} {
		c.channel.Name, c.channel.Events = name, []notify.Event{notify.Failure}
		if err := c.channel.Check(c.secret); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		answer, err := (&notify.Sender{}).Send(t.Context(), c.channel, c.secret, hostile)
		if err != nil || answer != "200 OK" {
			t.Fatalf("%s: %q, %v", name, answer, err)
		}
		all := r.received()
		got := all[len(all)-1] + "\n"
		file := filepath.Join("testdata", name+".golden")
		if os.Getenv("COFRE_UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || got != strings.ReplaceAll(string(want), "\r\n", "\n") {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
		switch name {
		case "json":
			_, body, _ := strings.Cut(strings.TrimSuffix(got, "\n"), "\n")
			mac := hmac.New(sha256.New, []byte("signing"))
			fmt.Fprint(mac, r.header.Get("X-Cofre-Timestamp")+"."+body)
			if r.header.Get("X-Cofre-Signature") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
				t.Errorf("signature: %v", r.header)
			}
		case "ntfy":
			if r.header.Get("Authorization") != "Bearer tk_1" {
				t.Errorf("%v", r.header)
			}
		}
	}
}

func TestAPingNamesTheMomentOfTheJob(t *testing.T) {
	r := receive(t, nil)
	c, s := notify.Channel{Kind: notify.Ping}, notify.Secret{URL: r.URL + "/uuid?run=1"}
	for _, e := range []notify.Event{notify.Start, notify.Success, notify.Failure} {
		m := hostile
		m.Event = e
		if _, err := (&notify.Sender{}).Send(t.Context(), c, s, m); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"POST /uuid/start?run=1\n", "POST /uuid?run=1\n", "POST /uuid/fail?run=1\n"} {
		if got := r.received()[i]; !strings.HasPrefix(got, want) {
			t.Errorf("%q", got)
		}
	}
}

func TestOnlyAnAnswerOfSuccessIsADelivery(t *testing.T) {
	status := func(code int, header ...string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, q *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			fmt.Fprintf(w, "no %s\nhere", q.URL.Path)
		}
	}
	elsewhere := receive(t, nil)
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		reason string
		code   errs.Code
		retry  int64
	}{
		"refused":    {status(403), "notify.http_refused", errs.Denied, 0},
		"gone":       {status(410), "notify.http_refused", errs.Denied, 0},
		"broken":     {status(500), "notify.http_later", errs.Unavailable, 0},
		"too many":   {status(429, "Retry-After", "120"), "notify.http_later", errs.Unavailable, 120_000},
		"until then": {status(503, "Date", "Sun, 22 Nov 2026 12:00:00 GMT", "Retry-After", "Sun, 22 Nov 2026 13:00:00 GMT"), "notify.http_later", errs.Unavailable, 3_600_000},
		"sent on":    {status(307, "Location", elsewhere.URL+"/x"), "notify.redirected", errs.Denied, 0},
		"moved":      {status(301, "Location", "/other"), "notify.redirected", errs.Denied, 0},
		"it hangs":   {func(_ http.ResponseWriter, q *http.Request) { <-q.Context().Done() }, "notify.timeout", errs.Unavailable, 0},
		"it hangs up": {func(w http.ResponseWriter, _ *http.Request) {
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		}, "notify.unreachable", errs.Unavailable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, c.answer)
			secret := notify.Secret{URL: r.URL + "/services/topsecret"}
			channel := notify.Channel{Name: "x", Kind: notify.Webhook, Form: notify.Slack, Events: notify.Events}
			if err := channel.Check(secret); err != nil {
				t.Fatal(err)
			}
			_, err := (&notify.Sender{Timeout: 2 * time.Second}).Send(t.Context(), channel, secret, hostile)
			e := errs.Of(err)
			if e == nil || e.Reason != c.reason || e.Code != c.code {
				t.Fatalf("%v", err)
			}
			if got, _ := e.Args["retry_ms"].(int64); got != c.retry {
				t.Errorf("again in %d ms", got)
			}
			if strings.Contains(err.Error(), "topsecret") {
				t.Errorf("the secret is told: %v", err)
			}
		})
	}
	t.Cleanup(func() {
		if len(elsewhere.received()) > 0 {
			t.Error("what was sent on arrived elsewhere")
		}
	})
}

func TestACertificateThatIsNotTrustedIsNamed(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Config.ErrorLog = nil
	defer s.Close()
	c := notify.Channel{Kind: notify.Webhook, Form: notify.JSON, Shown: "127.0.0.1"}
	if _, err := (&notify.Sender{}).Send(t.Context(), c, notify.Secret{URL: s.URL}, hostile); errs.Of(err) == nil || errs.Of(err).Reason != "notify.certificate" {
		t.Error(err)
	}
	c.Shown = "gone"
	if _, err := (&notify.Sender{}).Send(t.Context(), c, notify.Secret{URL: "http://127.0.0.1:1"}, hostile); errs.Of(err) == nil || errs.Of(err).Reason != "notify.unreachable" {
		t.Error(err)
	}
}

func TestWhatCouldNotBeDeliveredIsRefusedBeforeItIsKept(t *testing.T) {
	mail := notify.Channel{Name: "m", Kind: notify.Mail, Events: notify.Events, Host: "smtp.example.com", Security: notify.TLS, From: "a@example.com", To: []string{"b@example.com"}}
	hook := notify.Channel{Name: "h", Kind: notify.Webhook, Events: notify.Events, Form: notify.JSON}
	for reason, c := range map[string]struct {
		channel notify.Channel
		change  func(*notify.Channel)
		secret  notify.Secret
	}{
		"notify.name":        {mail, func(c *notify.Channel) { c.Name = "a\r\nBcc: x@example.com" }, notify.Secret{}},
		"notify.no_event":    {mail, func(c *notify.Channel) { c.Events = nil }, notify.Secret{}},
		"notify.event":       {mail, func(c *notify.Channel) { c.Events = []notify.Event{"birthday"} }, notify.Secret{}},
		"notify.kind":        {mail, func(c *notify.Channel) { c.Kind = "pigeon" }, notify.Secret{}},
		"notify.host":        {mail, func(c *notify.Channel) { c.Host = "" }, notify.Secret{}},
		"notify.security":    {mail, func(c *notify.Channel) { c.Security = "ssl3" }, notify.Secret{}},
		"notify.unprotected": {mail, func(c *notify.Channel) { c.Security = notify.Plain }, notify.Secret{}},
		"notify.to":          {mail, func(c *notify.Channel) { c.To = nil }, notify.Secret{}},
		"notify.address":     {mail, func(c *notify.Channel) { c.To = []string{"a@example.com\r\nRCPT TO:<x>"} }, notify.Secret{}},
		"notify.user":        {mail, func(c *notify.Channel) { c.User = "a\nb" }, notify.Secret{}},
		"notify.form":        {hook, func(c *notify.Channel) { c.Form = "icq" }, notify.Secret{URL: "https://example.com/"}},
		"notify.url":         {hook, func(*notify.Channel) {}, notify.Secret{URL: "ftp://example.com/"}},
		"notify.url_plain":   {hook, func(*notify.Channel) {}, notify.Secret{URL: "http://example.com/"}},
		"notify.topic":       {hook, func(c *notify.Channel) { c.Form = notify.Ntfy }, notify.Secret{URL: "https://ntfy.example.com/"}},
		"notify.chat":        {hook, func(c *notify.Channel) { c.Form = notify.Telegram }, notify.Secret{Token: "1:x"}},
		"notify.token":       {hook, func(c *notify.Channel) { c.Form, c.Chat = notify.Telegram, "1" }, notify.Secret{Token: "1:x/../y"}},
	} {
		x := c.channel
		c.change(&x)
		if err := x.Check(c.secret); errs.CodeOf(err) != errs.Invalid || errs.Of(err).Reason != reason {
			t.Errorf("%s: %v", reason, err)
		}
	}
	for _, c := range []notify.Channel{mail, {Name: "l", Kind: notify.Mail, Events: notify.Events, Host: "localhost", Security: notify.Plain, From: "a@example.com", To: []string{"b@example.com"}}, {Name: "d", Kind: notify.Desktop, Events: notify.Events}} {
		if err := c.Check(notify.Secret{}); err != nil {
			t.Error(err)
		}
	}
}
