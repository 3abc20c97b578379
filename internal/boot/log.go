package boot

import (
	"io"

	"github.com/rs/zerolog"
	"gopkg.in/natefinch/lumberjack.v2"

	"cofre/internal/job"
)

// openLog opens the program's log: a line of JSON each, rotated at 5 MB, three
// old files kept, for this user's eyes alone (lumberjack makes them 0600).
func openLog(path string) (zerolog.Logger, func() error) {
	file := &lumberjack.Logger{Filename: path, MaxSize: 5, MaxBackups: 3}
	return zerolog.New(io.Writer(file)).With().Timestamp().Logger(), file.Close
}

// logJob writes down how a job began and ended. Names and numbers only: what was
// in the rows, and how the database was reached, is nobody's business.
func logJob(log zerolog.Logger, s job.Snapshot) {
	switch {
	case s.State == job.Running && s.Revision <= 1:
		log.Info().Str("module", "job").Str("job", s.ID).Str("kind", s.Kind).Str("target", s.Target).Msg("job started")
	case s.State == job.Running:
	default:
		level, failure := zerolog.InfoLevel, job.Failure{}
		if s.Error != nil && s.State == job.Failed {
			level, failure = zerolog.ErrorLevel, *s.Error
		}
		log.WithLevel(level).Str("module", "job").Str("job", s.ID).Str("kind", s.Kind).Str("target", s.Target).Str("state", string(s.State)).
			Int64("took_ms", s.EndedAt-s.StartedAt).Str("code", string(failure.Code)).Str("reason", failure.Reason).Str("detail", failure.Detail).Msg("job ended")
		for _, l := range s.Log {
			log.Debug().Str("module", "job").Str("job", s.ID).Str("step", l.Step).Str("line", l.Text).Msg("job log")
		}
	}
}
