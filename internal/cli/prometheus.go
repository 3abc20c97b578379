package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/service"
)

// metric is one line of a family for each database; false where it has none.
type metric struct {
	name, help string
	value      func(standing) (float64, bool)
}

// metrics are what other programs are told. Times are there as moments, from which an
// age is counted when it is read, and as ages for who can't.
var metrics = []metric{
	{"cofre_status", "How the database is protected: 0 protected, 1 attention, 2 at risk.", func(a standing) (float64, bool) {
		return map[string]float64{"protected": 0, "attention": 1, "risk": 2}[a.Status], true
	}},
	{"cofre_backups", "Backups of it that are there.", func(a standing) (float64, bool) { return float64(a.Backups), true }},
	{"cofre_backups_bytes", "Bytes of all its backups.", func(a standing) (float64, bool) { return float64(a.Bytes), true }},
	{"cofre_last_good_timestamp_seconds", "When its last good backup was made.", momentOf(lastGood)},
	{"cofre_last_good_age_seconds", "How old that was when this was written.", ageOf(lastGood)},
	{"cofre_last_good_bytes", "Bytes of its last good backup.", number(func(b stood) float64 { return float64(b.Bytes) })},
	{"cofre_last_good_rows", "Rows in its last good backup.", number(func(b stood) float64 { return float64(b.Rows) })},
	{"cofre_last_proven_timestamp_seconds", "When its last proven backup was made.", momentOf(lastProven)},
	{"cofre_last_proven_age_seconds", "How old that was when this was written.", ageOf(lastProven)},
	{"cofre_silent_since_timestamp_seconds", "Since when a good backup of it is overdue.", func(a standing) (float64, bool) {
		if a.Silent == nil {
			return 0, false
		}
		return seconds(*a.Silent), true
	}},
	{"cofre_last_run_timestamp_seconds", "When the last backup that was tried ended.", func(a standing) (float64, bool) {
		if a.LastRun == nil {
			return 0, false
		}
		return seconds(a.LastRun.At), true
	}},
	{"cofre_last_run_success", "Whether it succeeded.", func(a standing) (float64, bool) {
		if a.LastRun == nil {
			return 0, false
		}
		return map[bool]float64{true: 1}[a.LastRun.Ending == "succeeded"], true
	}},
}

func lastGood(a standing) *stood   { return a.LastGood }
func lastProven(a standing) *stood { return a.LastProven }

func momentOf(of func(standing) *stood) func(standing) (float64, bool) {
	return func(a standing) (float64, bool) {
		if b := of(a); b != nil {
			return seconds(b.CreatedAt), true
		}
		return 0, false
	}
}

func ageOf(of func(standing) *stood) func(standing) (float64, bool) {
	return func(a standing) (float64, bool) {
		if b := of(a); b != nil {
			return float64(b.AgeSeconds), true
		}
		return 0, false
	}
}

func number(of func(stood) float64) func(standing) (float64, bool) {
	return func(a standing) (float64, bool) {
		if a.LastGood == nil {
			return 0, false
		}
		return of(*a.LastGood), true
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// plain is a number without an exponent, which people read, too.
func plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// writeMetrics prints them in Prometheus's text format.
func writeMetrics(to io.Writer, all []standing, stuck []service.NoticeView, now time.Time) {
	label := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	for _, m := range metrics {
		head := fmt.Sprintf("# HELP %s %s\n# TYPE %s gauge\n", m.name, m.help, m.name)
		for _, a := range all {
			if value, ok := m.value(a); ok {
				fmt.Fprintf(to, "%s%s{database=\"%s\",place=\"%s\"} %s\n", head, m.name, label.Replace(a.Database), label.Replace(a.Place), plain(value))
				head = ""
			}
		}
	}
	fmt.Fprint(to, "# HELP cofre_undelivered_since_timestamp_seconds Since when notices of a channel can't be delivered.\n# TYPE cofre_undelivered_since_timestamp_seconds gauge\n")
	for _, v := range stuck {
		fmt.Fprintf(to, "cofre_undelivered_since_timestamp_seconds{channel=\"%s\"} %s\n", label.Replace(v.Channel), plain(float64(v.At)/1000))
	}
	fmt.Fprintf(to, "# HELP cofre_written_timestamp_seconds When this was written.\n# TYPE cofre_written_timestamp_seconds gauge\ncofre_written_timestamp_seconds %s\n", plain(seconds(now)))
}

// metrics writes them to a file, which is whole at every moment and may be read by all:
// the program that collects it is another user's. "-" is stdout.
func (s *session) metrics(file string, all []standing, stuck []service.NoticeView, now time.Time) error {
	var text bytes.Buffer
	writeMetrics(&text, all, stuck, now)
	if file == "-" {
		_, err := s.out.Write(text.Bytes())
		return err
	}
	err := replaceReadable(file, text.Bytes())
	return archive.FileError(err, file)
}

func replaceReadable(file string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".cofre-metrics-") // no name that is collected
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	defer f.Close()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
