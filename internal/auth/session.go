package auth

import "sync"

// Session is who is logged in at the window. It is kept in memory only, so the
// end of the process ends it. Its zero value is ready: nobody is logged in.
type Session struct {
	mu   sync.Mutex
	user string
}

// Start logs user in, in place of whoever was.
func (s *Session) Start(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user = user
}

// Current returns who is logged in; false where nobody is.
func (s *Session) Current() (user string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.user, s.user != ""
}

// End logs out. Twice is harmless.
func (s *Session) End() { s.Start("") }
