package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func (s *session) notifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "notify",
		Short: s.words.T("cli.notify", nil),
		Long:  s.words.T("cli.notify_long", nil),
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(s.notifyAdd(), s.notifyList(), s.notifyTest(), s.notifyRemove(), s.notifyExpect(), s.notifyRecent(), s.notifySend())
	for _, sub := range c.Commands() {
		sub.Args = wrapArgs(sub.Args)
	}
	return c
}

// notifier is a channel in the answers of the command line.
type notifier struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Kind        string   `json:"kind"`
	Form        string   `json:"form,omitempty"`
	To          string   `json:"to"` // addresses, or the host
	Events      []string `json:"events"`
	Connections []string `json:"connections"` // IDs; none: every database
	Language    string   `json:"language"`
	Last        *told    `json:"last,omitempty"`
}

// told is one notice.
type told struct {
	Channel  string     `json:"channel"`
	Event    string     `json:"event"`
	Database string     `json:"database"`
	At       time.Time  `json:"at"`
	State    string     `json:"state"`
	Attempts int        `json:"attempts"`
	SentAt   *time.Time `json:"sent_at,omitempty"`
	DueAt    *time.Time `json:"due_at,omitempty"`
	Failure  *whyFailed `json:"failure,omitempty"`
}

func (s *session) notifierOf(v service.ChannelView) notifier {
	o := notifier{ID: v.ID, Name: v.Name, Kind: v.Kind, Form: v.Form, To: v.Shown, Events: v.Events, Connections: v.Connections, Language: v.Language}
	if v.Last != nil {
		last := s.toldOf(*v.Last)
		o.Last = &last
	}
	return o
}

func (s *session) toldOf(v service.NoticeView) told {
	o := told{Channel: v.Channel, Event: v.Event, Database: v.Subject, At: time.UnixMilli(v.At), State: v.State, Attempts: v.Attempts, Failure: s.whyFailed(v.Cause)}
	if v.SentAt > 0 {
		at := time.UnixMilli(v.SentAt)
		o.SentAt = &at
	}
	if v.DueAt > 0 {
		at := time.UnixMilli(v.DueAt)
		o.DueAt = &at
	}
	return o
}

func (s *session) notifyAdd() *cobra.Command {
	var in service.ChannelInput
	c := &cobra.Command{
		Use:   "add NAME --kind KIND",
		Short: s.words.T("cli.notify_add", nil),
		Long:  s.words.T("cli.notify_add_long", nil),
		Example: "  cofre notify add boss --kind email --host smtp.example.com --security starttls --user backup --from cofre@example.com --to boss@example.com\n" +
			"  cofre notify add team --kind webhook --form slack\n  cofre notify add here --kind desktop --on failure,silence\n  cofre notify add checks --kind ping --on success,failure",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				in.Name = args[0]
				if in.Language == "" {
					in.Language = string(s.words.Language())
				}
				if err := s.notifySecrets(&in); err != nil {
					return err
				}
				v, err := sys.Notices.Save(c.Context(), in)
				if err != nil {
					return err
				}
				if s.json {
					return s.document(s.notifierOf(v))
				}
				s.say("cli.notify_added", map[string]any{"name": v.Name})
				return nil
			})
		},
	}
	f := c.Flags()
	f.StringVar(&in.Kind, "kind", "", s.words.T("cli.flag_notify_kind", nil))
	f.StringSliceVar(&in.Events, "on", []string{"failure", "anomaly", "silence", "room"}, s.words.T("cli.flag_notify_on", nil))
	f.StringArrayVar(&in.Connections, "connection", nil, s.words.T("cli.flag_notify_connection", nil))
	f.StringVar(&in.Language, "language", "", s.words.T("cli.flag_notify_language", nil))
	f.StringVar(&in.Host, "host", "", s.words.T("cli.flag_notify_host", nil))
	f.IntVar(&in.Port, "port", 0, s.words.T("cli.flag_notify_port", nil))
	f.StringVar(&in.Security, "security", "tls", s.words.T("cli.flag_notify_security", nil))
	f.BoolVar(&in.Unprotected, "unprotected", false, s.words.T("cli.flag_notify_unprotected", nil))
	f.StringVar(&in.User, "user", "", s.words.T("cli.flag_notify_user", nil))
	f.StringVar(&in.From, "from", "", s.words.T("cli.flag_notify_from", nil))
	f.StringSliceVar(&in.To, "to", nil, s.words.T("cli.flag_notify_to", nil))
	f.StringVar(&in.Form, "form", "json", s.words.T("cli.flag_notify_form", nil))
	f.StringVar(&in.Chat, "chat", "", s.words.T("cli.flag_notify_chat", nil))
	return c
}

// notifySecrets come from the environment, or are asked for on a terminal: never from the
// command's arguments, which other programs can read.
func (s *session) notifySecrets(in *service.ChannelInput) error {
	in.Password, in.URL, in.Token, in.Key = s.secrets.notifyPassword, s.secrets.notifyURL, s.secrets.notifyToken, s.secrets.notifyKey
	ask := func(into *string, question string) (err error) {
		if tty, ok := s.asks(); ok && *into == "" {
			*into, err = s.askSecret(tty, question)
		}
		return err
	}
	switch {
	case in.Kind == "email" && in.User != "":
		return ask(&in.Password, "cli.ask_notify_password")
	case in.Kind == "webhook" && in.Form == "telegram":
		return ask(&in.Token, "cli.ask_notify_token")
	case in.Kind == "webhook", in.Kind == "ping":
		return ask(&in.URL, "cli.ask_notify_url")
	}
	return nil
}

func (s *session) notifyList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: s.words.T("cli.notify_list", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				all, err := sys.Notices.Channels(c.Context())
				if err != nil {
					return err
				}
				expected, err := sys.Notices.Expectations(c.Context())
				if err != nil {
					return err
				}
				if s.json {
					shown := []notifier{}
					for _, v := range all {
						shown = append(shown, s.notifierOf(v))
					}
					return s.document(map[string]any{"channels": shown, "expected": expectedOf(expected)})
				}
				if len(all) == 0 {
					s.say("cli.notify_none", nil)
				}
				w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
				for _, v := range all {
					kind, last := s.words.T("notify.kind."+v.Kind, nil), "–"
					if v.Kind == "webhook" {
						kind = s.words.T("notify.form."+v.Form, nil)
					}
					if v.Last != nil {
						last = s.words.T("notify.state."+v.Last.State, nil) + " " + s.words.Time(time.UnixMilli(v.Last.At))
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", clean(v.Name), kind, clean(v.Shown), s.eventNames(v.Events), last)
				}
				_ = w.Flush()
				for _, e := range expected {
					switch {
					case e.Hours > 0:
						s.say("cli.notify_expects", map[string]any{"connection": e.Connection, "n": e.Hours})
					case e.Scheduled:
						s.say("cli.notify_expects_scheduled", map[string]any{"connection": e.Connection})
					default:
						s.say("cli.notify_expects_none", map[string]any{"connection": e.Connection})
					}
				}
				return nil
			})
		},
	}
}

func (s *session) eventNames(events []string) string {
	names := []string{}
	for _, e := range events {
		names = append(names, s.words.T("notify.event."+e, nil))
	}
	return strings.Join(names, ", ")
}

func expectedOf(all []service.Expectation) []map[string]any {
	shown := []map[string]any{}
	for _, e := range all {
		x := map[string]any{"connection": e.Connection, "hours": e.Hours, "scheduled": e.Scheduled}
		if e.SilentSince > 0 {
			x["silent_since"] = time.UnixMilli(e.SilentSince)
		}
		shown = append(shown, x)
	}
	return shown
}

func (s *session) notifyTest() *cobra.Command {
	return &cobra.Command{
		Use:   "test NAME",
		Short: s.words.T("cli.notify_test", nil),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				answer, err := sys.Notices.TryKept(c.Context(), args[0])
				if err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"name": args[0], "sent": true, "answer": answer})
				}
				s.say("cli.notify_sent", nil)
				if answer != "" {
					s.say("cli.notify_answer", map[string]any{"answer": answer})
				}
				return nil
			})
		},
	}
}

func (s *session) notifyRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: s.words.T("cli.notify_remove", nil),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				gone, err := sys.Notices.Remove(c.Context(), args[0])
				if err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"id": gone.ID, "name": gone.Name, "removed": true})
				}
				s.say("cli.notify_removed", map[string]any{"name": gone.Name})
				return nil
			})
		},
	}
}

func (s *session) notifyExpect() *cobra.Command {
	var hours int
	c := &cobra.Command{
		Use:     "expect --connection NAME --every HOURS",
		Short:   s.words.T("cli.notify_expect", nil),
		Long:    s.words.T("cli.notify_expect_long", nil),
		Example: "  cofre notify expect --connection app --every 24\n  cofre notify expect --connection app --every 0",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				if s.saved == "" || !c.Flags().Changed("every") {
					return errs.New(errs.Invalid, "notify.expect", nil)
				}
				if err := sys.Notices.Expect(c.Context(), s.saved, hours); err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"connection": s.saved, "hours": hours})
				}
				s.say("cli.notify_expect_done", nil)
				return nil
			})
		},
	}
	c.Flags().StringVar(&s.saved, "connection", "", s.words.T("cli.flag_connection", nil))
	c.Flags().IntVar(&hours, "every", 0, s.words.T("cli.flag_notify_every", nil))
	return c
}

func (s *session) notifyRecent() *cobra.Command {
	var limit int
	c := &cobra.Command{
		Use:   "recent",
		Short: s.words.T("cli.notify_recent", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error { return s.recentNotices(c.Context(), sys, limit) })
		},
	}
	c.Flags().IntVar(&limit, "limit", 20, s.words.T("cli.flag_notify_limit", nil))
	return c
}

func (s *session) notifySend() *cobra.Command {
	return &cobra.Command{
		Use:   "send",
		Short: s.words.T("cli.notify_send", nil),
		Long:  s.words.T("cli.notify_send_long", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				if err := lookAndDeliver(c.Context(), sys); err != nil {
					return err
				}
				return s.recentNotices(c.Context(), sys, 20)
			})
		},
	}
}

// lookAndDeliver is what a process does about notices that runs now and then.
func lookAndDeliver(ctx context.Context, sys *boot.System) error {
	if err := sys.Notices.Look(ctx); err != nil {
		return err
	}
	return sys.Notices.Deliver(ctx, 2*time.Minute)
}

// recentNotices prints the last notices, the newest first.
func (s *session) recentNotices(ctx context.Context, sys *boot.System, limit int) error {
	all, err := sys.Notices.Recent(ctx, max(1, limit))
	if err != nil {
		return err
	}
	shown := []told{}
	for _, v := range all {
		shown = append(shown, s.toldOf(v))
	}
	if s.json {
		return s.document(map[string]any{"notices": shown})
	}
	if s.quiet {
		return nil
	}
	if len(shown) == 0 {
		s.say("cli.notify_recent_none", nil)
	}
	for _, t := range shown {
		fmt.Fprintf(s.out, "%s  %s  %s  %s: %s\n", s.words.Time(t.At), clean(t.Channel), s.words.T("notify.event."+t.Event, nil), clean(t.Database), s.words.T("notify.state."+t.State, nil))
		if t.Failure != nil && t.State != "sent" {
			fmt.Fprintln(s.out, "  "+t.Failure.Message)
		}
	}
	return nil
}
