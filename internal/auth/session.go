package auth

import "sync"

// Session is who is logged in at the window. It is kept in memory only, so the
// end of the process ends it. Its zero value is ready: nobody is logged in.
type Session struct {
	mu          sync.Mutex
	user, stamp string
	locked      bool
}

// Start logs user in, in place of whoever was. Stamp is the account's of now.
func (s *Session) Start(user, stamp string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user, s.stamp, s.locked = user, stamp, false
}

// Current returns who is logged in; false where nobody is, or the window is locked.
func (s *Session) Current() (user string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locked {
		return "", false
	}
	return s.user, s.user != ""
}

// Stamp is the one that the session began with.
func (s *Session) Stamp() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stamp
}

// Lock keeps who is logged in from doing anything until they have logged in again.
// Where nobody is logged in there is nothing to lock.
func (s *Session) Lock() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locked = s.user != ""
}

// Locked returns who has locked the window; "" where it is not locked.
func (s *Session) Locked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.locked {
		return ""
	}
	return s.user
}

// End logs out. Twice is harmless.
func (s *Session) End() { s.Start("", "") }
