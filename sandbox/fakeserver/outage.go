package fakeserver

import "time"

// Down takes the server off the network until [Server.Up]: dials are refused
// and all connections are reset, including those of active requests, which are
// executed but whose responses are lost. The state is kept.
//
// Your own server with [Server.Handler] still takes connections; the handler
// closes them without a response, and the ledger does not see the requests.
func (s *Server[Op]) Down() { s.goDown() }

// Up ends what [Server.Down] or [Server.Outage] began.
func (s *Server[Op]) Up() {
	s.mu.Lock()
	outage := s.outages
	s.mu.Unlock()
	s.comeBack(outage)
}

// Outage is Down now and Up after d, unless a later Down or Outage replaces it.
func (s *Server[Op]) Outage(d time.Duration) {
	outage := s.goDown()
	time.AfterFunc(d, func() { s.comeBack(outage) })
}

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

// cutOff reports whether the server has gone down since a call arrived, which
// breaks its connection.
func (s *Server[Op]) cutOff(c *Call) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outages != c.outages
}
