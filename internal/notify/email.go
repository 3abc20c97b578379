package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"embed"
	"errors"
	"html/template"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"cofre/internal/errs"
)

//go:embed mail.html
var layouts embed.FS

var layout = template.Must(template.ParseFS(layouts, "mail.html"))

// mail sends m to the people of c, over a connection that is protected as c says or not
// at all.
func (s *Sender) mail(ctx context.Context, c Channel, secret Secret, m Message, limit time.Duration) (string, error) {
	letter, err := letter(c, m)
	if err != nil {
		return "", err
	}
	o := []mail.Option{mail.WithPort(c.Port), mail.WithTimeout(limit), mail.WithTLSConfig(s.config(c.Host)), mail.WithHELO("localhost"), mail.WithoutNoop(),
		mail.WithDialContextFunc(s.dial(ctx, c))}
	switch c.Security {
	case TLS: // dial has the protection; the library asks the connection for it only where it may use some
		o = append(o, mail.WithTLSPolicy(mail.TLSOpportunistic))
	case STARTTLS:
		o = append(o, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	}
	if c.User != "" {
		kind := mail.SMTPAuthAutoDiscover
		if c.Security == Plain { // Check has seen to it that this is meant
			kind = mail.SMTPAuthPlainNoEnc
		}
		o = append(o, mail.WithSMTPAuth(kind), mail.WithUsername(c.User), mail.WithPassword(secret.Password))
	}
	client, err := mail.NewClient(c.Host, o...)
	if err != nil {
		return "", err
	}
	err = client.DialAndSendWithContext(ctx, letter)
	switch {
	case letter.IsDelivered(): // how the two said goodbye is their own matter
		return letter.ServerResponse(), nil
	case ctx.Err() != nil:
		return "", ctx.Err()
	}
	return "", mailError(err, c, secret)
}

// dial connects, and ends the connection when ctx is done: the library, once it is
// connected, would wait.
func (s *Sender) dial(ctx context.Context, c Channel) mail.DialContextFunc {
	return func(within context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(within, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		if c.Security != TLS {
			return conn, nil
		}
		shielded := tls.Client(conn, s.config(c.Host))
		return shielded, shielded.HandshakeContext(within)
	}
}

// letter is m as an e-mail, as text and as HTML.
func letter(c Channel, m Message) (*mail.Msg, error) {
	l := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := l.From(c.From); err != nil {
		return nil, errs.New(errs.Invalid, "notify.address", errs.Args{"address": c.From}).Because(err)
	}
	for _, to := range c.To {
		if err := l.AddTo(to); err != nil {
			return nil, errs.New(errs.Invalid, "notify.address", errs.Args{"address": to}).Because(err)
		}
	}
	_, domain, _ := strings.Cut(l.GetFromString()[0], "@")
	l.Subject(oneLine("Cofre: " + m.Title))
	l.SetMessageIDWithValue("cofre." + m.ID + "@" + strings.Trim(domain, "> "))
	l.SetDateWithValue(m.At)
	l.SetGenHeader("Auto-Submitted", "auto-generated")
	l.SetGenHeader("Content-Language", m.Language)
	l.SetGenHeader("X-Cofre-Event", string(m.Event))
	if urgent(m.Event) {
		l.SetImportance(mail.ImportanceHigh)
	}
	l.SetBodyString(mail.TypeTextPlain, m.Title+"\n\n"+m.Text()+"\n")
	var page bytes.Buffer
	if err := layout.Execute(&page, struct {
		Message
		Urgent bool
	}{m, urgent(m.Event)}); err != nil {
		return nil, err
	}
	l.AddAlternativeString(mail.TypeTextHTML, page.String())
	return l, nil
}

// mailError names what a mail server refused, with its own words.
func mailError(err error, c Channel, s Secret) error {
	args := errs.Args{"host": net.JoinHostPort(c.Host, strconv.Itoa(c.Port))}
	var sent *mail.SendError
	var said *textproto.Error
	words := err.Error()
	code := 0
	switch {
	case errors.As(err, &said):
		code, words = said.Code, said.Error()
	case errors.As(err, &sent) && sent.ErrorCode() != 0:
		code = sent.ErrorCode()
	}
	switch {
	case strings.Contains(words, "STARTTLS mode set to"):
		return errs.New(errs.Denied, "notify.no_starttls", args)
	case strings.Contains(words, "SMTP AUTH"), strings.Contains(words, "SMTP Auth"):
		return errs.New(errs.Denied, "notify.no_login", args).With(shorten(words, s))
	case code == 535 || code == 534 || code == 530 || code == 538:
		return errs.New(errs.Denied, "notify.login", args).With(shorten(words, s))
	case code >= 500:
		return errs.New(errs.Denied, "notify.refused", args).With(shorten(words, s))
	case code >= 400:
		return errs.New(errs.Unavailable, "notify.later", args).With(shorten(words, s))
	}
	return broke(err, c, s)
}
