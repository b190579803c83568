package fakeserver

import "time"

// Down takes the server off the network until [Server.Up]: dials are refused and all connections are reset, those of
// requests in work as well. Such a request is executed all the same, and its answer is lost. The server forgets
// nothing.
//
// A server of your own that uses [Server.Handler] still takes connections; the handler closes them without an answer,
// and the ledger does not see the requests.
func (s *Server[Op]) Down() { s.goDown() }

// Up ends what [Server.Down] or [Server.Outage] began.
func (s *Server[Op]) Up() {
	s.mu.Lock()
	outage := s.outages
	s.mu.Unlock()
	s.comeBack(outage)
}

// Outage is Down now and Up after d, unless a later Down or Outage takes its place.
func (s *Server[Op]) Outage(d time.Duration) {
	outage := s.goDown()
	time.AfterFunc(d, func() { s.comeBack(outage) })
}

// goDown returns the number of this outage.
func (s *Server[Op]) goDown() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = true
	s.outages++
	s.listener.SetDown(true)
	for _, conn := range s.listener.Conns() {
		conn.Reset()
	}
	return s.outages
}

// comeBack ends an outage unless another one has begun.
func (s *Server[Op]) comeBack(outage int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outages == outage {
		s.down = false
		s.listener.SetDown(false)
	}
}

// cutOff reports whether the server has gone down since a call arrived, and its connection with it.
func (s *Server[Op]) cutOff(c *Call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outages != c.outages
}
