package service

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// AboutView is what this Cofre is made of and works with.
type AboutView struct {
	Version string   `json:"version"`
	Go      string   `json:"go"`
	System  string   `json:"system"`
	SQLite  string   `json:"sqlite"`
	Tools   []string `json:"tools"` // client programs of PostgreSQL, with their places
}

// DiagnosisFile is a file of the diagnosis, as text.
type DiagnosisFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// About is what this Cofre is made of and works with.
func (d *Desk) About(ctx context.Context) (AboutView, error) {
	if d.Runs == nil {
		return AboutView{Version: d.Version, Tools: []string{}}, nil
	}
	return d.Runs(ctx)
}

// Diagnosis makes the files that help somebody else to find out what is wrong. They
// are built of what is known to be no secret, field by field: versions, kinds,
// switches, numbers, codes and times. No name, no path of a database, no address, no
// words of another program, no row.
func (d *Desk) Diagnosis(ctx context.Context) ([]DiagnosisFile, error) {
	about, err := d.About(ctx)
	if err != nil {
		return nil, err
	}
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 { // it has a person's name
		for i, tool := range about.Tools {
			about.Tools[i] = strings.ReplaceAll(tool, home, "~")
		}
	}
	settings, err := d.settings(ctx)
	if err != nil {
		return nil, err
	}
	connections, err := d.Connected.All(ctx)
	if err != nil {
		return nil, err
	}
	backups, err := d.Service.Archiver.Catalog.List(ctx, backup.Filter{Brief: true})
	if err != nil {
		return nil, err
	}
	schedules, err := d.Scheduler.Book.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	administrators, err := d.Administrators.All(ctx)
	if err != nil {
		return nil, err
	}
	log, left, err := d.plainLog()
	if err != nil {
		return nil, err
	}

	coded := 0
	for _, a := range administrators {
		if a.Recovery != "" {
			coded++
		}
	}
	kinds := []map[string]any{}
	for _, c := range connections {
		kinds = append(kinds, map[string]any{"kind": c.Kind, "tls": plain(c.TLS), "local": c.Host == "" || c.Host == "localhost" || c.Host == "127.0.0.1", "ssh": c.SSH.Host != "", "parameters": len(c.Params),
			"production": c.Production, "wait_seconds": c.WaitSeconds, "own_tools": c.ToolsDir != "", "around": c.Around.LockFile+c.Around.ReloadFile != "" || len(c.Around.Before)+len(c.Around.After) > 0, "active": c.Active})
	}
	counts := map[string]int{}
	for _, b := range backups {
		counts[string(b.Manifest.Kind)+" "+string(b.State)+" "+string(b.Manifest.Purpose)]++
	}
	plans := []map[string]any{}
	for _, s := range schedules {
		plans = append(plans, map[string]any{"kind": s.Kind, "when": s.When, "zone": s.Zone, "paused": s.Paused})
	}
	free, total, _ := d.Free(settings.Repository) // a drive that is away has none
	files := []DiagnosisFile{}
	for _, f := range []struct {
		name string
		of   any
	}{
		{"versions.json", about},
		{"settings.json", map[string]any{"language": settings.Language, "theme": settings.Theme, "text_scale": settings.TextScale, "lock_minutes": settings.LockMinutes, "demo": d.Service.Demo,
			"room_free": free, "room_total": total, "administrators": len(administrators), "with_recovery_code": coded}},
		{"connections.json", kinds},
		{"backups.json", counts},
		{"schedules.json", plans},
	} {
		text, err := json.MarshalIndent(f.of, "", "  ")
		if err != nil {
			return nil, err
		}
		files = append(files, DiagnosisFile{f.name, string(text) + "\n"})
	}
	if left > 0 {
		note, _ := json.Marshal(map[string]int{"lines_left_out": left})
		log += string(note) + "\n"
	}
	return append(files, DiagnosisFile{"log.jsonl", log}), nil
}

// diagnosisLog is how much of the end of the log is taken.
const diagnosisLog = 256 << 10

// plainLog is the end of the log with only those fields that Cofre fills with words of
// its own; left counts the lines that were none of its.
func (d *Desk) plainLog() (text string, left int, err error) {
	f, err := os.Open(d.LogFile)
	if os.IsNotExist(err) {
		return "", 0, nil
	}
	if err != nil {
		return "", 0, errs.New(errs.Unavailable, "diagnose.log", nil).Because(err)
	}
	defer f.Close()
	if size, err := f.Seek(0, io.SeekEnd); err == nil {
		_, _ = f.Seek(max(0, size-diagnosisLog), io.SeekStart)
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var read struct {
			Time    string `json:"time"`
			Level   string `json:"level"`
			Module  string `json:"module"`
			Message string `json:"message"`
			Kind    string `json:"kind,omitempty"`
			State   string `json:"state,omitempty"`
			Step    string `json:"step,omitempty"`
			Code    string `json:"code,omitempty"`
			Reason  string `json:"reason,omitempty"`
			TookMS  int64  `json:"took_ms,omitempty"`
			Failure *struct {
				Code   string `json:"code"`
				Reason string `json:"reason"`
			} `json:"failure,omitempty"`
		}
		if json.Unmarshal(lines.Bytes(), &read) != nil {
			left++
			continue
		}
		for _, s := range []*string{&read.Time, &read.Level, &read.Module, &read.Message, &read.Kind, &read.State, &read.Step, &read.Code, &read.Reason} {
			*s = plain(*s)
		}
		if read.Failure != nil {
			read.Failure.Code, read.Failure.Reason = plain(read.Failure.Code), plain(read.Failure.Reason)
		}
		if line, err := json.Marshal(read); err == nil {
			text += string(line) + "\n"
		}
	}
	return text, left, lines.Err()
}

// ownWord is how Cofre writes its codes, kinds and times; messages are a few such words.
var ownWord = regexp.MustCompile(`^[A-Za-z0-9_.:+-]{1,40}( [A-Za-z0-9_.:+-]{1,20}){0,6}$`)

// plain is s where it is written as Cofre writes its own words, else a sign that there was something.
func plain(s string) string {
	if s == "" || ownWord.MatchString(s) {
		return s
	}
	return "…"
}

// SaveDiagnosis writes files into one at path, as zip, in place of a file that is
// there, but never of one that Cofre needs.
func (d *Desk) SaveDiagnosis(ctx context.Context, path string, files []DiagnosisFile) error {
	if err := d.mayReplace(ctx, path); err != nil {
		return err
	}
	return writeWhole(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, f := range files {
			to, err := z.Create(f.Name)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(to, f.Text); err != nil {
				return err
			}
		}
		return z.Close()
	})
}
