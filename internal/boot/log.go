package boot

import (
	"io"

	"github.com/rs/zerolog"
	"gopkg.in/natefinch/lumberjack.v2"

	"cofre/internal/errs"
	"cofre/internal/job"
)

// openLog opens the program's log: a line of JSON each, rotated at 5 MB, three
// old files kept, for this user's eyes alone (lumberjack makes them 0600).
func openLog(path string) (zerolog.Logger, func() error) {
	file := &lumberjack.Logger{Filename: path, MaxSize: 5, MaxBackups: 3}
	return zerolog.New(io.Writer(file)).With().Timestamp().Logger(), file.Close
}

// logJob writes down how a job began and ended: names, numbers and reasons, never
// a password. A failure brings the words of the program that failed, as the window
// shows them; those may quote a value that it stumbled over, which is one more
// reason why the log is for this user's eyes alone.
func logJob(log zerolog.Logger, s job.Snapshot, lines func() []job.LogLine) {
	about := func(e *zerolog.Event) *zerolog.Event {
		return e.Str("module", "job").Str("job", s.ID)
	}
	switch {
	case s.State == job.Running && s.Revision <= 1:
		about(log.Info()).Str("kind", s.Kind).Str("target", s.Target).Msg("job started")
	case s.State == job.Running:
	default:
		level := zerolog.InfoLevel
		if s.State == job.Failed {
			level = zerolog.ErrorLevel
		}
		e := about(log.WithLevel(level)).Str("kind", s.Kind).Str("target", s.Target).Str("state", string(s.State)).Int64("took_ms", s.EndedAt-s.StartedAt)
		if s.Error != nil && s.State == job.Failed {
			e.Object("failure", failure(*s.Error))
		}
		e.Msg("job ended")
		for _, l := range lines() {
			about(log.Debug()).Str("step", l.Step).Str("line", l.Text).Msg("job log")
		}
	}
}

// failure is logged with what caused it, down to the first cause.
type failure job.Failure

// MarshalZerologObject is how zerolog writes a failure.
func (f failure) MarshalZerologObject(e *zerolog.Event) {
	e.Str("code", string(f.Code)).Str("reason", f.Reason)
	if len(f.Args) > 0 {
		e.Interface("args", f.Args)
	}
	if f.Detail != "" {
		e.Str("detail", f.Detail)
	}
	if f.Cause != nil {
		e.Object("cause", failure(*f.Cause))
	}
}

// logError writes down an error that no job ended with.
func logError(log zerolog.Logger, module string, err error) {
	e := errs.Of(err)
	log.Error().Str("module", module).Str("code", string(e.Code)).Str("reason", e.Reason).Err(err).Msg("failed")
}
