package notify_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"cofre/internal/errs"
	"cofre/internal/notify"
)

var letter = notify.Message{ID: "c1-7", Event: notify.Failure, At: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Count: 1, Language: "pt-BR", Computer: "host",
	Title: "Produção: Backup falhou\r\nBcc: thief@example.com", Lines: []string{"Não foi possível <b>alcançar</b> o servidor."}, Foot: "Cofre em host"}

func box(s *mailServer, security string) notify.Channel {
	return notify.Channel{ID: "c1", Name: "mail", Kind: notify.Mail, Host: "127.0.0.1", Port: s.port, Security: security, From: "Cofre <cofre@example.com>", To: []string{"ana@example.com", "João <joao@example.com>"}}
}

func TestALetterArrivesOverEveryKindOfProtection(t *testing.T) {
	config, roots := certificate(t, "localhost")
	for security, s := range map[string]*mailServer{
		notify.TLS:      {implicit: true, login: "bob secret1"},
		notify.STARTTLS: {starttls: true, login: "bob secret1"},
		notify.Plain:    {},
	} {
		t.Run(security, func(t *testing.T) {
			s.t, s.tls = t, config
			s.start()
			c := box(s, security)
			if s.login != "" {
				c.User = "bob"
			}
			sender := &notify.Sender{Roots: roots, Timeout: 10 * time.Second}
			answer, err := sender.Send(t.Context(), c, notify.Secret{Password: "secret1"}, letter)
			if err != nil || !strings.Contains(answer, "queued as 4F1B") {
				t.Fatalf("%q, %v", answer, err)
			}
			if got := s.got(); len(got) != 1 {
				t.Fatalf("%d letters", len(got))
			} else {
				readLetter(t, got[0])
			}
			if heard := s.said(); !strings.Contains(heard, "RCPT TO:<ana@example.com>") || !strings.Contains(heard, "RCPT TO:<joao@example.com>") || strings.Contains(heard, "thief") {
				t.Error(heard)
			}
		})
	}
}

// readLetter reads a letter as a mail program does.
func readLetter(t *testing.T, raw string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Cofre: Produção: Backup falhou  Bcc: thief@example.com" || m.Header.Get("Bcc") != "" {
		t.Errorf("subject %q, %v; Bcc %q", subject, err, m.Header.Get("Bcc"))
	}
	if id := m.Header.Get("Message-ID"); id != "<cofre.c1-7@example.com>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%v", m.Header)
	}
	kind, of, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	parts := map[string]string{}
	for r := multipart.NewReader(m.Body, of["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		parts[strings.SplitN(p.Header.Get("Content-Type"), ";", 2)[0]] = string(text)
	}
	if !strings.Contains(parts["text/plain"], "Não foi possível <b>alcançar</b>") || !strings.Contains(parts["text/html"], "&lt;b&gt;alcançar") || strings.Contains(parts["text/html"], "<b>") {
		t.Errorf("%v", parts)
	}
}

func TestWhatAMailServerRefusesIsNamedWithItsOwnWords(t *testing.T) {
	config, roots := certificate(t, "localhost")
	other, _ := certificate(t, "elsewhere.example.com")
	for name, c := range map[string]struct {
		server   *mailServer
		security string
		reason   string
		code     errs.Code
		words    string
	}{
		"the greeting":              {&mailServer{say: map[string]string{"greeting": "554 no service"}}, notify.Plain, "notify.refused", errs.Denied, "no service"},
		"it closes at once":         {&mailServer{say: map[string]string{"greeting": ""}}, notify.Plain, "notify.unreachable", errs.Unavailable, ""},
		"the sender":                {&mailServer{say: map[string]string{"MAIL": "550 5.1.8 who are you"}}, notify.Plain, "notify.refused", errs.Denied, "who are you"},
		"a receiver":                {&mailServer{say: map[string]string{"RCPT": "550 5.1.1 nobody here"}}, notify.Plain, "notify.refused", errs.Denied, "nobody here"},
		"greylisting":               {&mailServer{say: map[string]string{"RCPT": "451 4.7.1 come back later"}}, notify.Plain, "notify.later", errs.Unavailable, "come back later"},
		"the data":                  {&mailServer{say: map[string]string{"DATA": "452 4.3.1 full"}}, notify.Plain, "notify.later", errs.Unavailable, "full"},
		"the letter":                {&mailServer{say: map[string]string{".": "552 5.3.4 too large"}}, notify.Plain, "notify.refused", errs.Denied, "too large"},
		"it closes after the data":  {&mailServer{say: map[string]string{".": ""}}, notify.Plain, "notify.unreachable", errs.Unavailable, ""},
		"it hangs at the greeting":  {&mailServer{say: map[string]string{"greeting": "hang"}}, notify.Plain, "notify.timeout", errs.Unavailable, ""},
		"it hangs in the middle":    {&mailServer{say: map[string]string{"RCPT": "hang"}}, notify.Plain, "notify.timeout", errs.Unavailable, ""},
		"it hangs at the handshake": {&mailServer{say: map[string]string{"greeting": "hang"}}, notify.TLS, "notify.timeout", errs.Unavailable, ""},
		"no STARTTLS":               {&mailServer{}, notify.STARTTLS, "notify.no_starttls", errs.Denied, ""},
		"no TLS where it was said":  {&mailServer{}, notify.TLS, "notify.tls", errs.Unavailable, ""},
		"another's certificate":     {&mailServer{tls: other, implicit: true}, notify.TLS, "notify.certificate", errs.Denied, ""},
		"the password":              {&mailServer{implicit: true, login: "bob other"}, notify.TLS, "notify.login", errs.Denied, "wrong user or password"},
		"no way to sign in":         {&mailServer{implicit: true}, notify.TLS, "notify.no_login", errs.Denied, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := c.server
			s.t = t
			if s.tls == nil {
				s.tls = config
			}
			s.start()
			to := box(s, c.security)
			if c.security == notify.TLS {
				to.User = "bob"
			}
			sender := &notify.Sender{Roots: roots, Timeout: 2 * time.Second}
			began := time.Now()
			_, err := sender.Send(t.Context(), to, notify.Secret{Password: "secret1"}, letter)
			e := errs.Of(err)
			if e == nil || e.Reason != c.reason || e.Code != c.code || !strings.Contains(e.Detail, c.words) {
				t.Errorf("%v (%v)", err, e)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if len(s.got()) > 0 || strings.Contains(err.Error(), "secret1") {
				t.Errorf("%v; letters: %d", err, len(s.got()))
			}
		})
	}
}

func TestALetterThatWasTakenIsDeliveredHoweverTheServerSaysGoodbye(t *testing.T) {
	for _, goodbye := range []string{"", "500 what"} {
		s := (&mailServer{t: t, say: map[string]string{"QUIT": goodbye, "RSET": goodbye}}).start()
		if _, err := (&notify.Sender{Timeout: 5 * time.Second}).Send(t.Context(), box(s, notify.Plain), notify.Secret{}, letter); err != nil || len(s.got()) != 1 {
			t.Errorf("%q: %v, %d letters", goodbye, err, len(s.got()))
		}
	}
}

func TestADeliveryEndsWithItsContext(t *testing.T) {
	s := (&mailServer{t: t, say: map[string]string{"DATA": "hang"}}).start()
	ctx, stop := context.WithCancel(t.Context())
	context.AfterFunc(ctx, func() {})
	go func() {
		for !strings.Contains(s.said(), "DATA") && ctx.Err() == nil {
			<-time.After(time.Millisecond)
		}
		stop()
	}()
	if _, err := (&notify.Sender{Timeout: time.Minute}).Send(ctx, box(s, notify.Plain), notify.Secret{}, letter); errs.CodeOf(err) != errs.Cancelled {
		t.Error(err)
	}
}
