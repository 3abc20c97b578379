package main

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// stepClock reads what Cofre writes to stderr with --json, a line of progress
// each, and notes how long each step ran. What is no progress goes to rest.
type stepClock struct {
	rest  io.Writer
	part  []byte
	step  string
	since time.Time
	took  map[string]time.Duration
}

func (s *stepClock) Write(p []byte) (int, error) {
	s.part = append(s.part, p...)
	for {
		line, after, whole := bytes.Cut(s.part, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		s.part = after
		var at struct {
			Step string `json:"step"`
		}
		if json.Unmarshal(line, &at) == nil && at.Step != "" {
			s.enter(at.Step)
		} else if _, err := s.rest.Write(append(line, '\n')); err != nil {
			return 0, err
		}
	}
}

func (s *stepClock) enter(step string) {
	now := time.Now()
	if s.took == nil {
		s.took = map[string]time.Duration{}
	}
	if s.step != "" {
		s.took[s.step] += now.Sub(s.since)
	}
	s.step, s.since = step, now
}

// end returns the time of each step.
func (s *stepClock) end() map[string]time.Duration {
	if s.step != "" {
		s.enter("")
	}
	return s.took
}
