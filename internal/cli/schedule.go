package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/service"
)

func (s *session) scheduleCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "schedule",
		Short: s.words.T("cli.schedule", nil),
		Long:  s.words.T("cli.schedule_long", nil),
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(s.scheduleAdd(), s.scheduleList(), s.scheduleNext(), s.scheduleRemove(), s.schedulePause(), s.scheduleWatch(), s.scheduleRun(), s.scheduleServe(), s.scheduleInstall(), s.scheduleUninstall())
	for _, sub := range c.Commands() {
		sub.Args = wrapArgs(sub.Args)
	}
	return c
}

// scheduled is a schedule in the answers of the command line.
type scheduled struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Connection string      `json:"connection"`
	Kind       string      `json:"kind"`
	When       string      `json:"when"`
	Zone       string      `json:"zone"`
	Paused     bool        `json:"paused"`
	Next       []time.Time `json:"next"`
	RetryAt    *time.Time  `json:"retry_at,omitempty"` // what failed is tried again, or what was missed is made up for
	Last       *ran        `json:"last,omitempty"`
}

// ran is one attempt of a schedule.
type ran struct {
	Schedule  string     `json:"schedule"`
	DueAt     time.Time  `json:"due_at"`
	Attempt   int        `json:"attempt"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Status    string     `json:"status"`
	BackupID  string     `json:"backup_id,omitempty"`
	Failure   *whyFailed `json:"failure,omitempty"`
}

func (s *session) scheduledOf(v service.ScheduleView) scheduled {
	o := scheduled{ID: v.ID, Name: v.Name, Connection: v.ConnectionName, Kind: v.Kind, When: v.When, Zone: v.Zone, Paused: v.Paused, Next: []time.Time{}}
	for _, at := range v.Next {
		o.Next = append(o.Next, localTime(at, v.Zone))
	}
	if v.RetryAt > 0 {
		at := localTime(v.RetryAt, v.Zone)
		o.RetryAt = &at
	}
	if v.Last != nil {
		r := s.ranOf(*v.Last)
		o.Last = &r
	}
	return o
}

func (s *session) ranOf(v service.RunView) ran {
	r := ran{Schedule: v.Schedule, DueAt: time.UnixMilli(v.DueAt), Attempt: v.Attempt, StartedAt: time.UnixMilli(v.StartedAt), Status: v.Status, BackupID: v.BackupID, Failure: s.whyFailed(v.Cause)}
	if v.EndedAt > 0 {
		at := time.UnixMilli(v.EndedAt)
		r.EndedAt = &at
	}
	return r
}

// momentForm says of which zone a clock is: a schedule has one of its own.
const momentForm = "2006-01-02 15:04 MST"

// localTime is a time by the clock of its schedule.
func localTime(ms int64, zone string) time.Time {
	at := time.UnixMilli(ms)
	if place, err := time.LoadLocation(zone); zone != "" && err == nil {
		return at.In(place)
	}
	return at
}

func (s *session) scheduleAdd() *cobra.Command {
	var in service.ScheduleInput
	c := &cobra.Command{
		Use:     "add NAME --when RULE",
		Short:   s.words.T("cli.schedule_add", nil),
		Long:    s.words.T("cli.schedule_add_long", nil),
		Example: "  cofre schedule add nightly --db app.sqlite3 --when \"daily 03:00\"\n  cofre schedule add practice --connection app --do rehearse --when \"monthly 1 04:00\" --zone America/Sao_Paulo\n  cofre schedule add often --connection app --when \"*/15 8-18 * * mon-fri\" --compress zstd",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				in.Name, in.Connection, in.URL = args[0], s.saved, s.db
				if s.db == "" && s.saved == "" {
					return errs.New(errs.Invalid, "cli.no_db", nil)
				}
				var err error
				if in.SSH, err = s.through(); err != nil {
					return err
				}
				v, err := sys.Scheduler.Add(c.Context(), in)
				if err != nil {
					return err
				}
				if s.json {
					return s.document(s.scheduledOf(v))
				}
				s.say("cli.schedule_added", map[string]any{"name": v.Name})
				s.sayNext(s.scheduledOf(v))
				s.say("cli.schedule_who", nil)
				return nil
			})
		},
	}
	s.databaseFlags(c)
	c.Flags().StringVar(&in.When, "when", "", s.words.T("cli.flag_when", nil))
	c.Flags().StringVar(&in.Kind, "do", "backup", s.words.T("cli.flag_do", nil))
	c.Flags().StringVar(&in.Zone, "zone", "", s.words.T("cli.flag_calendar_zone", nil))
	c.Flags().StringVar(&in.Compress, "compress", "", s.words.T("cli.flag_compress", nil))
	return c
}

func (s *session) scheduleList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: s.words.T("cli.schedule_list", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.schedules(c.Context(), "", func(all []scheduled) {
				w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
				for _, v := range all {
					next, last := s.words.T("cli.schedule_paused", nil), "–"
					if len(v.Next) > 0 {
						next = v.Next[0].Format(momentForm)
					}
					if v.Last != nil {
						last = s.words.T("schedule.status."+v.Last.Status, nil) + " " + s.words.Time(v.Last.StartedAt)
					}
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", clean(v.Name), s.words.T("schedule.kind."+v.Kind, nil), clean(v.Connection), strings.TrimSpace(v.When+" "+v.Zone), next, last)
				}
				_ = w.Flush()
			})
		},
	}
}

func (s *session) scheduleNext() *cobra.Command {
	return &cobra.Command{
		Use:   "next [NAME]",
		Short: s.words.T("cli.schedule_next", nil),
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name := strings.Join(args, "")
			return s.schedules(c.Context(), name, func(all []scheduled) {
				for _, v := range all {
					fmt.Fprintln(s.out, clean(v.Name))
					s.sayNext(v)
				}
			})
		},
	}
}

// schedules prints all schedules, or the one of that name.
func (s *session) schedules(ctx context.Context, name string, say func([]scheduled)) error {
	return s.with(ctx, func(sys *boot.System) error {
		all, err := sys.Scheduler.Schedules(ctx)
		if err == nil && name != "" {
			_, err = sys.Scheduler.Named(ctx, name)
		}
		if err != nil {
			return err
		}
		shown := []scheduled{}
		for _, v := range all {
			if name == "" || strings.EqualFold(v.Name, name) || v.ID == name {
				shown = append(shown, s.scheduledOf(v))
			}
		}
		if s.json {
			return s.document(map[string]any{"schedules": shown})
		}
		if len(shown) == 0 {
			s.say("cli.schedule_none", nil)
		}
		say(shown)
		return nil
	})
}

// sayNext prints the next moments of a schedule.
func (s *session) sayNext(v scheduled) {
	if v.Paused {
		s.say("cli.schedule_paused", nil)
	}
	if v.RetryAt != nil {
		s.indented("cli.schedule_again", map[string]any{"next": v.RetryAt.Format(momentForm)})
	}
	for _, at := range v.Next {
		s.indented("cli.schedule_at", map[string]any{"next": at.Format(momentForm)})
	}
}

func (s *session) scheduleRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: s.words.T("cli.schedule_remove", nil),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				gone, err := sys.Scheduler.Remove(c.Context(), args[0])
				if err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"id": gone.ID, "name": gone.Name, "removed": true})
				}
				s.say("cli.schedule_removed", map[string]any{"name": gone.Name})
				return nil
			})
		},
	}
}

func (s *session) schedulePause() *cobra.Command {
	var off bool
	c := &cobra.Command{
		Use:   "pause NAME",
		Short: s.words.T("cli.schedule_pause", nil),
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				if err := sys.Scheduler.Pause(c.Context(), args[0], !off); err != nil {
					return err
				}
				if s.json {
					return s.document(map[string]any{"name": args[0], "paused": !off})
				}
				s.say(map[bool]string{false: "cli.schedule_pause_done", true: "cli.schedule_pause_off"}[off], map[string]any{"name": args[0]})
				return nil
			})
		},
	}
	c.Flags().BoolVar(&off, "off", false, s.words.T("cli.flag_pause_off", nil))
	return c
}

func (s *session) scheduleRun() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: s.words.T("cli.schedule_run", nil),
		Long:  s.words.T("cli.schedule_run_long", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				runs, watched, failed := []ran{}, []noticed{}, error(nil)
				tell := func(n service.WatchNews) {
					watched = append(watched, s.sayNews(n))
					failed = errors.Join(failed, n.Err)
				}
				back := sys.Scheduler.BringBack(c.Context(), tell)
				views, err := sys.Scheduler.RunDue(c.Context())
				s.progressShow.endIf()
				for _, v := range views {
					runs = append(runs, s.ranOf(v))
					if v.Cause != nil {
						err = errors.Join(err, v.Cause)
					}
				}
				if !s.json {
					s.sayRuns(runs)
				}
				if e := sys.Notices.DeliverOwn(c.Context()); e != nil { // what waits for quiet would hold it up
					sys.Log("notify", e)
				}
				look := sys.Scheduler.CheckWatched(c.Context(), tell)
				s.progressShow.endIf()
				if e := lookAndDeliver(c.Context(), sys); e != nil { // the next one tries again
					sys.Log("notify", e)
				}
				err = errors.Join(err, failed, back)
				if err = errors.Join(err, look); s.json {
					err = errors.Join(err, s.document(map[string]any{"runs": runs, "watched": watched}))
				}
				return err
			})
		},
	}
}

func (s *session) scheduleServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: s.words.T("cli.schedule_serve", nil),
		Long:  s.words.T("cli.schedule_serve_long", nil),
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.with(c.Context(), func(sys *boot.System) error {
				sys.KeepNotices(c.Context())
				var one sync.Mutex // of the two that tell
				tell := func(n service.WatchNews) {
					one.Lock()
					defer one.Unlock()
					if news := s.sayNews(n); s.json {
						_ = s.document(news) // nobody reads: the schedules go on
					}
				}
				var watching sync.WaitGroup
				defer watching.Wait()
				watching.Go(func() {
					if err := sys.Scheduler.Watch(c.Context(), tell); err != nil {
						sys.Log("watch", err)
					}
				})
				if err := sys.Scheduler.BringBack(c.Context(), tell); err != nil && c.Context().Err() == nil {
					sys.Log("watch", err)
				}
				return sys.Scheduler.Serve(c.Context(), func(views []service.RunView, err error) {
					one.Lock()
					defer one.Unlock()
					s.progressShow.endIf()
					runs := []ran{}
					for _, v := range views {
						runs = append(runs, s.ranOf(v))
					}
					if s.json {
						for _, r := range runs {
							_ = s.document(r) // nobody reads: the schedules go on
						}
					} else {
						s.sayRuns(runs)
					}
					if err != nil {
						s.fail(err)
					}
				})
			})
		},
	}
}

// sayRuns prints a line a run, and why it failed.
func (s *session) sayRuns(runs []ran) {
	for _, r := range runs {
		s.say("cli.schedule_ran", map[string]any{"name": r.Schedule, "ended": s.words.T("schedule.status."+r.Status, nil), "due_at": r.DueAt, "attempt": r.Attempt})
		if r.Failure != nil {
			fmt.Fprintln(s.err, "  "+r.Failure.Message)
		}
	}
}
