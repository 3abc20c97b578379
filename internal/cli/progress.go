package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"cofre/internal/job"
	"cofre/internal/text"
)

// progress shows the running job: a bar on a terminal, a line of JSON each with
// --json, nothing otherwise.
type progress struct {
	w     io.Writer
	words *text.Printer
	json  bool
	bar   bool

	mu    sync.Mutex
	shown bool
	last  line
}

// line is the progress of --json.
type line struct {
	Step  string `json:"step"`
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
	Item  string `json:"item"`
}

func (s *session) newProgress() *progress {
	return &progress{w: s.err, words: s.words, json: s.json, bar: s.terminal && !s.json}
}

// show is called with each snapshot, in order.
func (p *progress) show(j job.Snapshot) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.json:
		p.tell(j)
	case p.bar:
		p.draw(j)
	}
}

func (p *progress) tell(j job.Snapshot) {
	if j.Step == "" || j.State != job.Running {
		return
	}
	if l := (line{j.Step, j.Done, j.Total, j.Item}); l != p.last {
		p.last = l
		_ = json.NewEncoder(p.w).Encode(l) // stderr is gone: there is nobody to tell
	}
}

func (p *progress) draw(j job.Snapshot) {
	if j.State != job.Running {
		p.clear()
		return
	}
	const width = 24
	full := max(0, min(width, int(j.Percent/100*width)))
	parts := []string{p.words.T("step."+j.Step, nil)}
	if j.Percent >= 0 {
		parts = append([]string{fmt.Sprintf("%s%s %3.0f %%", strings.Repeat("█", full), strings.Repeat("░", width-full), j.Percent)}, parts...)
	}
	if j.Rate > 0 {
		parts = append(parts, p.rate(j))
	}
	if j.LeftMS > 0 {
		parts = append(parts, p.words.Duration(time.Duration(j.LeftMS)*time.Millisecond))
	}
	if j.Item != "" {
		parts = append(parts, clean(j.Item))
	}
	line := []rune(strings.Join(parts, "  "))
	fmt.Fprintf(p.w, "\r\x1b[K%s", string(line[:min(len(line), 110)]))
	p.shown = true
}

// rate is how fast it goes: 4.9 MB/s, 12,400 rows/s.
func (p *progress) rate(j job.Snapshot) string {
	if j.Unit == "bytes" {
		return p.words.Size(int64(j.Rate)) + "/s"
	}
	return p.words.T("cli.rate_"+j.Unit, map[string]any{"n": int64(j.Rate)})
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// end leaves the terminal as it was.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}
